// The built worker against the command over many films: every outcome, probability and heatmap.
//
// The films are variations of the demo films; LUNGFIELD_FILMS names a folder to take others from, such as the films of a
// held-out fold.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

import { commandReadings, demoFilms, demoPath } from "./support/files.js";
import { variations } from "./support/variations.js";
import { visit } from "./support/visit.js";

const VARIATIONS = 32;
// The native engine and the wasm engine multiply in different orders.
const PROBABILITY = 1e-3;
const CORRELATION = 0.999;
/** A worker that says nothing for so long says nothing any more. */
const SILENT_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), "lungfield-films-"));
after(() => rmSync(folder, { recursive: true }));
let films;

/** The films and what the command says of them: made by the first test, for both. */
async function withReadings(browser) {
  const given = process.env.LUNGFIELD_FILMS;
  const paths = given
    ? readdirSync(given).sort().map((file) => join(given, file))
    : await variations(browser, demoFilms.map((film) => demoPath(film.file)), VARIATIONS, folder);
  return { paths, expected: commandReadings(paths) };
}

// The worker's two builds, of which Chromium takes the one with relaxed SIMD.
for (const relaxedSimd of [true, false]) {
  const build = relaxedSimd ? "with relaxed SIMD" : "without relaxed SIMD";
  visit(`over many films the worker's outcomes, probabilities and heatmaps are the command's, ${build}`, { relaxedSimd }, async ({ page, context }) => {
    films ??= await withReadings(context.browser());
    const { paths, expected } = films;
    const found = await workerReadings(page, paths);
    assert.equal(found.length, expected.length);
    let probability = 0;
    let correlation = 1;
    for (const [i, reading] of found.entries()) {
      const { status, outcome, reason, warnings } = expected[i];
      const answer = (of) => [of.status, of.outcome, of.reason?.kind, of.warnings.map((warning) => warning.kind)];
      assert.deepEqual(answer(reading), answer({ status, outcome, reason, warnings }), paths[i]);
      if (status !== "read") continue;
      probability = Math.max(probability, Math.abs(reading.probability - expected[i].probability));
      correlation = Math.min(correlation, correlated(reading.heatmap.values, expected[i].heatmap.values));
    }
    const read = expected.filter((reading) => reading.status === "read").length;
    console.log(`${build}, ${paths.length} films, ${read} read: probabilities differ by ${probability.toExponential(1)} at most,`);
    console.log(`heatmaps correlate by ${correlation.toFixed(6)} at least`);
    assert.ok(read >= 0.9 * paths.length, `only ${read} of ${paths.length} films were read`);
    assert.ok(probability <= PROBABILITY, `a probability differs by ${probability}`);
    assert.ok(correlation >= CORRELATION, `a heatmap correlates by ${correlation}`);
  });
}

/** The readings of workers of their own, one for each core, spoken to as the page speaks to its own. */
async function workerReadings(page, paths) {
  await page.evaluate(() => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.id = "many-films";
    document.body.append(input);
  });
  await page.locator("#many-films").setInputFiles(paths);
  return page.evaluate(async (silent) => {
    const address = (name) => new URL(document.querySelector(`meta[name="lungfield:${name}"]`).content, location.href).href;
    const files = [...document.getElementById("many-films").files];
    const readings = [];
    let begun = 0;
    const readSome = () => new Promise((resolve, reject) => {
      const worker = new Worker(address("worker"));
      const say = (message, attachment) => worker.postMessage([JSON.stringify(message), attachment]);
      let silence;
      const heard = (what) => {
        clearTimeout(silence);
        silence = setTimeout(() => reject(new Error(`a worker said nothing for ${silent / 1000} s after ${what}; ${begun} films begun`)), silent);
      };
      heard("its start");
      const next = () => {
        const film = begun++;
        if (film < files.length) return say({ read: { film, name: files[film].name, location: "file", by_hand: {}, visible: true } }, files[film]);
        clearTimeout(silence);
        worker.terminate();
        resolve();
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data: [json] }) => {
        const message = JSON.parse(json);
        heard(json.slice(0, 80));
        if (message.started) say({ load: { manifest: address("model") } });
        if (message["not-ready"]) reject(new Error(json));
        if (message.ready) next();
        if (message.read) {
          readings[message.read.film] = message.read.reading;
          next();
        }
      };
    });
    await Promise.all(Array.from({ length: Math.min(navigator.hardwareConcurrency, 4) }, readSome));
    return readings;
  }, SILENT_MS);
}

/** Pearson's correlation of two maps; two maps without heat are alike. */
function correlated(a, b) {
  const centred = (values) => values.map((value) => value - values.reduce((sum, each) => sum + each, 0) / values.length);
  const [x, y] = [centred(a), centred(b)];
  const product = (p, q) => p.reduce((sum, value, i) => sum + value * q[i], 0);
  const scale = Math.sqrt(product(x, x) * product(y, y));
  return scale === 0 ? Number(product(x, x) === product(y, y)) : product(x, y) / scale;
}
