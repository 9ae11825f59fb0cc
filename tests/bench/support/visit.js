// The built page as a visitor has it: how soon it is ready, how soon it answers, how much memory it takes.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { root } from "./server.js";

const PATIENCE = 120_000;

/** The server of `cargo xtask serve`, with compression and headers. */
export async function serveBuilt() {
  const xtask = process.env.LUNGFIELD_XTASK ?? join(root, "target/debug/xtask");
  const child = spawn(xtask, ["serve", "--no-build", "--port", "0"], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  const [greeting] = await once(createInterface({ input: child.stdout }), "line");
  return { address: greeting.match(/http:\S+/)[0], stop: () => child.kill() };
}

/** Milliseconds from navigation until films can be read: the first time, and with everything in the service worker. */
export async function readiness(browser, address) {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    const note = () => {
      const { state } = document.documentElement?.dataset ?? {};
      if (state === "ready" || state === "offline-ready") window.readyAt ??= performance.now();
    };
    new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true });
  });
  const page = await context.newPage();
  const open = async (go) => {
    await go();
    await page.waitForFunction(() => window.readyAt, undefined, { timeout: PATIENCE });
    return page.evaluate(() => window.readyAt);
  };
  const cold = await open(() => page.goto(address));
  await page.waitForFunction(() => document.documentElement.dataset.state === "offline-ready", undefined, { timeout: PATIENCE });
  const cached = await open(() => page.reload());
  await context.close();
  return { cold, cached };
}

/** Milliseconds from the drop of a film until its heatmap is painted, and the memory of the page's process in MB. */
export async function answers(browser, address, { film, large, many }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction(() => document.documentElement.dataset.state === "offline-ready", undefined, { timeout: PATIENCE });
  const drop = (path, name) => page.evaluate(dropAndWait, { data: readFileSync(path).toString("base64"), name });
  const heatmap = await drop(film.path, film.name);
  await drop(large.path, large.name);
  const peak = memory("VmHWM");
  for (let i = 2; i < many; i += 1) await drop(film.path, `${i}-${film.name}`);
  const after = memory("VmRSS");
  await context.close();
  return { heatmap, peak, after };
}

/** Runs in the page: drops a film and waits until it is done with it, and for an answered one until its heat is painted. */
async function dropAndWait({ data, name }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name));
  const count = () => document.querySelectorAll("[data-testid=film-row]").length;
  const before = count();
  const done = () => {
    const rows = [...document.querySelectorAll("[data-testid=film-row]")];
    const busy = rows.some((row) => ["waiting", "reading"].includes(row.dataset.status));
    return rows.length > before && !busy && (rows.some((row) => row.dataset.status !== "read") || document.querySelector("[data-testid=heat-canvas]"));
  };
  const start = performance.now();
  const target = document.querySelector("[data-testid=drop]");
  for (const type of ["dragenter", "dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
  while (!done()) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}

/** A line of /proc for the largest of Chromium's renderers, in MB; null where there is no /proc. */
function memory(line) {
  if (!existsSync("/proc/self/status")) return null;
  const pids = execFileSync("pgrep", ["-f", "type=renderer"], { encoding: "utf8" }).trim().split("\n");
  const of = (pid) => {
    try {
      return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`${line}:\\s+(\\d+)`))?.[1] ?? 0) / 1000;
    } catch {
      return 0;
    }
  };
  return Math.max(...pids.map(of));
}
