// What the element takes: `npm run measure`, after `cargo xtask package` and with LUNGFIELD_PACKAGE set to its archive.

import { brotliCompressSync, constants } from "node:zlib";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { PATIENCE, launch } from "../e2e/support/browser.js";
import { normal } from "../e2e/support/files.js";
import { folder, install, installed } from "./support/builds.js";
import { host } from "./support/host.js";

install(process.env.LUNGFIELD_PACKAGE);
const browser = await launch();

/** A portal with so many elements, all reading the same film. */
async function portal(count) {
  const out = folder();
  cpSync(join(installed, "dist"), join(out, "lungfield"), { recursive: true });
  cpSync(normal, join(out, "film.jpeg"));
  const elements = '<lungfield-reader src="film.jpeg"></lungfield-reader>'.repeat(count);
  writeFileSync(join(out, "portal.js"), 'self.read = 0; addEventListener("lungfield-reading", () => (self.read += 1)); addEventListener("lungfield-ready", () => (self.ready ??= performance.now())); import("./lungfield/define.js");');
  writeFileSync(join(out, "empty.html"), "<!doctype html><meta charset=utf-8><title>empty</title>");
  writeFileSync(join(out, "index.html"), `<!doctype html><meta charset="utf-8"><title>portal</title>${elements}<script type="module" src="portal.js"></script>`);
  const server = await host(out, { coep: true });
  const page = await browser.newPage();
  await page.goto(`${server.address}empty.html`);
  const empty = await memory();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(server.address);
  await page.waitForFunction((count) => self.read === count, count);
  const seen = await page.evaluate(() => ({ ready: Math.round(self.ready), all: Math.round(performance.now()) }));
  // What is garbage by then is not counted.
  await (await page.context().newCDPSession(page)).send("HeapProfiler.collectGarbage");
  await page.waitForTimeout(2000);
  const taken = (await memory()) - empty;
  const sent = server.requests
    .filter((path) => path.startsWith("/lungfield/"))
    .reduce((sum, path) => sum + brotliCompressSync(readFileSync(join(out, path)), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length, 0);
  await page.close();
  server.stop();
  return { elements: count, "sent kB": Math.round(sent / 1000), "ready after ms": seen.ready, "all read after ms": seen.all, "memory MB": Math.round(taken / 1000) };
}

/** The memory of all pages' processes in kB, pages that several share by halves, as Linux counts it. */
async function memory() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const of = (/** @type {number} */ id) => Number(readFileSync(`/proc/${id}/smaps_rollup`, "utf8").match(/^Pss:\s+(\d+)/m)[1]);
  return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { id }) => sum + of(id), 0);
}

const rows = [];
for (const count of [1, 1, 4, 20]) rows.push(await portal(count));
// The first visit of a browser is none that is measured.
console.table(rows.slice(1));
await browser.close();
