// The memory that the page takes in a Chromium of its own, spoken to over a pipe and of nothing but what is done here: a
// driver that looks into the page, as Playwright does, makes it hold some 20 MB more, and elements that it would let go of.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const PATIENCE = 120_000;

/**
 * Memory of the page's process, its worker's included, in MB: before the first film; with it; the most while one of 9 megapixels
 * is read; after many films, which are listed on the page; and when they are removed. Nulls where there is no /proc. What
 * Chromium maps of its own program is not counted: all its processes share it.
 */
export async function memory(address, { command, flags, film, large, many }) {
  if (!existsSync("/proc/self/status")) return { ready: null, after_1: null, peak: null, after_200: null, cleared: null };
  const profile = mkdtempSync(join(tmpdir(), "lungfield-memory-"));
  const browser = spawn(command, [...flags, "--remote-debugging-pipe", `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  try {
    const page = await visit(speaker(browser), address);
    const ready = await page.settled();
    await page.choose(film.path);
    const after_1 = await page.settled();
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, page.held())), 10);
    await page.choose(large.path);
    clearInterval(watch);
    for (let i = 2; i < many; i += 1) await page.choose(film.path);
    const after_200 = await page.settled();
    await page.evaluate(`document.querySelector("[data-testid=clear]").click()`);
    return { ready, after_1, peak, after_200, cleared: await page.settled() };
  } finally {
    browser.kill();
    await once(browser, "exit");
    // The browser's other processes may still be writing: this waits and tries again, which rmSync does not.
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A page that is ready and has everything in the service worker. */
async function visit(say, address) {
  const { targetInfos } = await say("Target.getTargets");
  const { targetId } = targetInfos.find(({ type }) => type === "page");
  const { sessionId } = await say("Target.attachToTarget", { targetId, flatten: true });
  const evaluate = async (expression) => (await say("Runtime.evaluate", { expression }, sessionId)).result;
  const until = async (condition) => {
    const end = Date.now() + PATIENCE;
    while (!(await evaluate(condition)).value) {
      if (Date.now() > end) throw new Error(`the page never came to this: ${condition}`);
      await pause(30);
    }
  };
  await say("Page.navigate", { url: address }, sessionId);
  await until(`document.documentElement.dataset.state === "offline-ready"`);
  const { processInfo } = await say("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  const held = () => Math.max(...renderers.map(own));
  let films = 0;
  return {
    evaluate,
    held,
    /** Adds a film, and waits until it has its answer. */
    async choose(path) {
      const { objectId } = await evaluate(`document.querySelector("input[type=file]")`);
      await say("DOM.setFileInputFiles", { files: [path], objectId }, sessionId);
      await say("Runtime.releaseObject", { objectId }, sessionId);
      films += 1;
      const row = (status) => `document.querySelectorAll("[data-testid=film-row]${status}").length`;
      await until(`${row("")} === ${films} && ${row("[data-status=waiting]")} + ${row("[data-status=reading]")} === 0`);
    },
    /** Memory held when what nothing holds any more is gone. A worker that has read many films is replaced after two seconds of rest. */
    async settled() {
      for (const rest of [4000, 1000]) {
        await say("HeapProfiler.collectGarbage", {}, sessionId);
        await pause(rest);
      }
      return held();
    },
  };
}

/** Says something to a browser over its pipe, and gives what it answers. */
function speaker(browser) {
  const { 3: to, 4: from } = browser.stdio;
  const waiting = new Map();
  browser.once("exit", () => waiting.forEach(({ reject }) => reject(new Error("the browser has ended"))));
  let said = "";
  from.setEncoding("utf8").on("data", (piece) => {
    const messages = (said + piece).split("\0");
    said = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      const { resolve, reject } = waiting.get(id) ?? {};
      waiting.delete(id);
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
    }
  });
  let last = 0;
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
}

/** Memory of its own that a process holds now, in MB. */
function own(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kB = (line) => Number(status.match(new RegExp(`${line}:\\s+(\\d+)`))?.[1] ?? 0);
    return Math.round((kB("RssAnon") + kB("RssShmem")) / 100) / 10;
  } catch {
    return 0;
  }
}
