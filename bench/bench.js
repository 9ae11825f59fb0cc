// `node bench.js [--json] [--runs N]`: Lungfield beside its peers in one headless Chromium, and in Firefox where there is one.
// `node bench.js --open`: the engines in whatever browser opens the address that it says. See docs/performance.md.

import { existsSync, readFileSync, readdirSync, statSync, writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

import { chromiumFlags } from "../tests/e2e/support/files.js";
import { BROWSERS, missing } from "../tests/e2e/support/other-browsers.js";
import { measure } from "./support/engines.js";
import { memory } from "./support/memory.js";
import { native } from "./support/native.js";
import { root, serve } from "./support/server.js";
import { table } from "./support/table.js";
import { undriven } from "./support/undriven.js";
import { firstAnswer, longTasks, readiness, serveBuilt, throughput } from "./support/visit.js";

const { values: options } = parseArgs({
  options: { json: { type: "boolean" }, runs: { type: "string", default: "50" }, open: { type: "boolean" } },
});
const counts = { loads: 5, runs: Number(options.runs) };

const film = { name: "NORMAL2-IM-1427-0001.jpeg", path: join(root, "www/films/NORMAL2-IM-1427-0001.jpeg") };

if (options.open) {
  const say = (address) => (console.error(`Open ${address} in a browser of this machine.`), () => {});
  console.log(JSON.stringify(await elsewhere(say), null, 1));
  process.exit();
}

const command = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath: command, args: chromiumFlags });
const [files, built] = await Promise.all([serve(), serveBuilt()]);
try {
  const page = await browser.newPage();
  await page.goto(files.address);
  const { engines, ratios, stages_ms } = compared(await measure((work, given) => page.evaluate(work, given), counts));
  const ways = [];
  const answers = [];
  for (let round = 0; round < 5; round += 1) {
    ways.push(await readiness(browser, built.address));
    answers.push(await firstAnswer(browser, built.address, film));
  }
  await page.close();
  const memory_mb = await memory(built.address, { command, flags: chromiumFlags, film, large: await enlarged(browser), many: 200 });
  const tasks = [];
  for (let round = 0; round < 3; round += 1) tasks.push(await longTasks(browser, built.address, { count: 50 }));
  const rates = { 1: [], 2: [], 4: [] };
  for (let round = 0; round < 3; round += 1) {
    for (const workers of Object.keys(rates)) rates[workers].push(await throughput(browser, built.address, { workers: Number(workers), count: 150 }));
  }
  const films_per_second = Object.fromEntries(Object.entries(rates).map(([workers, rates]) => [workers, quantile(rates, 0.5)]));
  const result = {
    engines,
    ratios,
    stages_ms,
    drop_to_answer_ms: quantile(answers, 0.5),
    ready_ms: { cold: quantile(ways.map((way) => way.cold), 0.5), cached: quantile(ways.map((way) => way.cached), 0.5) },
    bytes_brotli: weights(),
    memory_mb,
    long_tasks: { count: quantile(tasks.map((all) => all.length), 0.5), longest_ms: round2(Math.max(0, ...tasks.flat())) },
    films_per_second,
    native: native(),
    firefox: missing("Firefox") ? null : await elsewhere(BROWSERS.Firefox),
  };
  console.log(options.json ? JSON.stringify(result) : table(result));
} finally {
  await browser.close();
  files.stop();
  built.stop();
}

/** What a page measured of each engine, ours over the best other, and the stages of our whole readings. */
function compared(measured) {
  const medians = (rounds) => Object.fromEntries(Object.keys(rounds[0]).map((key) => [key, quantile(rounds.map((round) => round[key]), 0.5)]));
  const engines = Object.fromEntries(
    Object.entries(measured).map(([name, { load, first, runs }]) => {
      const [infer_ms, infer_p95_ms] = [0.5, 0.95].map((at) => quantile(runs.map(({ infer }) => infer), at));
      const parts_ms = medians(runs.map(({ ms }) => ms));
      return [name, { infer_ms, infer_p95_ms, parts_ms, first_infer_ms: quantile(first, 0.5), load_ms: quantile(load, 0.5) }];
    }),
  );
  const { lungfield, ...peers } = engines;
  const ratio = (of) => round2(of(lungfield) / Math.min(...Object.values(peers).map(of)));
  const ratios = {
    infer: ratio((engine) => engine.infer_ms),
    first_infer: ratio((engine) => engine.first_infer_ms),
    ready: ratio((engine) => engine.load_ms + engine.first_infer_ms),
  };
  return { engines, ratios, stages_ms: medians(measured.lungfield.runs.map(({ stages }) => stages)) };
}

/** The engines in another browser, that `open` opens. */
async function elsewhere(open) {
  let browser;
  const run = async (work, given) => {
    const said = await undriven(open, work, given);
    browser = said.browser;
    return said.result;
  };
  const measured = await measure(run, counts);
  return { browser, ...compared(measured) };
}

/** A number between the sorted values; two digits are more than a clock in a browser has. */
function quantile(values, at) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = at * (sorted.length - 1);
  const low = sorted[Math.floor(place)];
  return round2(low + (sorted[Math.ceil(place)] - low) * (place % 1));
}

function round2(value) {
  return Math.round(value * 100) / 100;
}

/** Bytes that a visitor downloads, by part; of the worker's two builds Chromium takes the one with relaxed SIMD. */
function weights() {
  const parts = { worker: /^(start-)?worker(?!_bg)/, model: /^model-(?!.*\.onnx$)/, page: /^(start-|app|.*\.css$)/ };
  const sum = { page: 0, worker: 0, model: 0 };
  const folder = join(root, "dist/assets");
  const names = readdirSync(folder, { recursive: true }).filter((name) => !name.endsWith(".br") && statSync(join(folder, name)).isFile());
  for (const name of names) {
    const part = Object.keys(parts).find((part) => parts[part].test(name));
    const path = join(folder, name);
    if (part) sum[part] += statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
  }
  return sum;
}

/** The film enlarged to 9 megapixels, as the browser does it. */
async function enlarged(browser) {
  const page = await browser.newPage();
  const data = await page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes]));
    const scale = Math.sqrt(9e6 / (picture.width * picture.height));
    const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
    const back = new Uint8Array(await blob.arrayBuffer());
    return btoa(Array.from(back, (byte) => String.fromCharCode(byte)).join(""));
  }, readFileSync(film.path).toString("base64"));
  await page.close();
  const path = join(mkdtempSync(join(tmpdir(), "lungfield-bench-")), "large.jpeg");
  writeFileSync(path, Buffer.from(data, "base64"));
  return { name: "large.jpeg", path };
}
