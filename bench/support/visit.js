// The built page as a visitor has it: how soon it is ready, how soon it answers, how many films it reads.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { root } from "./server.js";

const PATIENCE = 120_000;

/** The server of `cargo xtask serve`, with compression and headers. */
export async function serveBuilt() {
  const xtask = process.env.LUNGFIELD_XTASK ?? join(root, "target/xtask/xtask");
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

/** Milliseconds from the drop of a visit's first film until it is answered and drawn. */
export async function firstAnswer(browser, address, { path, name }) {
  return visit(browser, address, {}, (page) => page.evaluate(dropAndWait, { data: readFileSync(path).toString("base64"), name }));
}

/** The tasks of the page's thread that took 50 ms or more while `count` demo films were read, each in milliseconds. */
export async function longTasks(browser, address, { count }) {
  return visit(browser, address, {}, async (page) => {
    await page.evaluate(() => {
      window.tasks = [];
      new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((task) => task.duration))).observe({ type: "longtask" });
    });
    await choose(page, demoFilms(count));
    return page.evaluate(() => window.tasks);
  });
}

/** Films a second of a folder of `count` demo films, with at most so many workers. */
export async function throughput(browser, address, { workers, count }) {
  return visit(browser, address, { workers }, async (page) => {
    // The other workers are there, and what runs often is compiled well.
    await choose(page, demoFilms(24));
    const start = performance.now();
    await choose(page, demoFilms(count));
    return (1000 * count) / (performance.now() - start);
  });
}

/** The paths of so many demo films, all of them in turn. */
function demoFilms(count) {
  const folder = join(root, "www/films");
  const films = JSON.parse(readFileSync(join(folder, "films.json"), "utf8")).map(({ file }) => join(folder, file));
  return Array.from({ length: count }, (_, i) => films[i % films.length]);
}

/** A page that is ready and has everything in the service worker, on a device of so many cores. */
async function visit(browser, address, { workers }, stay) {
  const context = await browser.newContext();
  if (workers) await context.addInitScript((cores) => Object.defineProperty(navigator, "hardwareConcurrency", { value: cores }), workers);
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction(() => document.documentElement.dataset.state === "offline-ready", undefined, { timeout: PATIENCE });
  const result = await stay(page);
  await context.close();
  return result;
}

/** Chooses files, and waits until every film has its answer. */
async function choose(page, paths) {
  const rows = page.getByTestId("film-row");
  const wanted = (await rows.count()) + paths.length;
  await page.locator("input[type=file]").first().setInputFiles(paths);
  const done = (wanted) => {
    const rows = [...document.querySelectorAll("[data-testid=film-row]")];
    return rows.length === wanted && !rows.some((row) => ["waiting", "reading"].includes(row.dataset.status));
  };
  await page.waitForFunction(done, wanted, { timeout: PATIENCE });
}

/** Runs in the page: drops a film and waits until it is done with it, and for an answered one until it is drawn. */
async function dropAndWait({ data, name }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name));
  const count = () => document.querySelectorAll("[data-testid=film-row]").length;
  const before = count();
  const done = () => {
    const rows = [...document.querySelectorAll("[data-testid=film-row]")];
    const busy = rows.some((row) => ["waiting", "reading"].includes(row.dataset.status));
    return rows.length > before && !busy && (rows.some((row) => row.dataset.status !== "read") || isDrawn());
  };
  // A film is drawn from the top, in pieces.
  const isDrawn = () => {
    const canvas = document.querySelector("[data-testid=film-canvas]");
    return canvas?.height && canvas.getContext("2d").getImageData(0, canvas.height - 1, canvas.width, 1).data.some((value) => value > 0);
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
