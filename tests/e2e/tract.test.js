// The page with tract: asked for, it runs the shipped network, and says what the page without it and the command say.

import assert from "node:assert/strict";

import { arrived } from "./support/browser.js";
import { commandReadings, demoFilms, demoPath, manifest, pneumonia, words } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

/** Of a probability, and of a heatmap's values in parts of its full scale. */
const TOLERANCE = 1e-3;
/** The files that come where tract is asked for. */
const OF_TRACT = /assets\/(.*tract[-_]|.*\.onnx$)/;

/** From now on the page keeps what its workers say of films, by their names. */
function overhear(page) {
  return page.addInitScript(() => {
    self.readings = {};
    self.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data: [json] }) => {
          const { read } = JSON.parse(json);
          if (read) readings[read.reading.file] = read.reading;
        });
      }
    };
  });
}

/** The largest difference of the probabilities and of the heatmaps' values. The rest is the same. */
function compare(found, expected) {
  const name = (reading) => reading.file.split("/").at(-1);
  const plain = (reading) => [name(reading), reading.outcome, reading.heatmap.class, reading.heatmap.rows, reading.heatmap.columns];
  assert.deepEqual(found.map(plain), expected.map(plain));
  const differences = found.flatMap((reading, nth) => {
    const scale = manifest.heatmap.full_scale[reading.heatmap.class];
    const [own, other] = [reading, expected[nth]].map(({ heatmap }) => heatmap.values.flat());
    return [Math.abs(reading.probability - expected[nth].probability), ...own.map((value, cell) => Math.abs(value - other[cell]) / scale)];
  });
  return Math.max(...differences);
}

visit("page with tract, page and command say the same of all demo films; tract comes only where it is asked for", { state: "offline-ready" }, async ({ page, server, requests }) => {
  const paths = demoFilms.map(({ file }) => demoPath(file));
  const read = async () => {
    await drop(page, paths);
    await rows(page, paths.length);
    return page.evaluate((names) => names.map((name) => readings[name]), demoFilms.map(({ file }) => file));
  };
  const ofTract = () => requests.map((request) => request.url()).filter((url) => OF_TRACT.test(url));
  await overhear(page);
  await page.reload();
  await arrived(page, "ready");
  const own = await read();
  const kept = await page.evaluate(async () => (await (await caches.match("kept.json")).json()).map(({ url }) => url));
  assert.deepEqual(kept.filter((url) => OF_TRACT.test(url)), [], "kept unasked");
  assert.deepEqual(ofTract(), [], "requested unasked");

  page.on("dialog", (dialog) => dialog.accept());
  await page.goto(`${server.address}?engine=tract`);
  await arrived(page, "ready");
  const tract = await read();
  assert.equal(new Set(ofTract()).size, 4, "start script, script, code and ONNX file");
  assert.notDeepEqual(tract.map(({ logit }) => logit), own.map(({ logit }) => logit), "other kernels round otherwise");
  const command = commandReadings(paths, "--engine", "tract");
  const [toPage, toCommand] = [compare(tract, own), compare(tract, command)];
  console.log(`largest difference of page with tract: to page ${toPage.toExponential(1)}, to command with tract ${toCommand.toExponential(1)}`);
  assert.ok(toPage <= TOLERANCE && toCommand <= TOLERANCE, `${toPage}, ${toCommand}`);
});

visit("a switch under the model's facts has tract read the films again, and our own kernels after that", {}, async ({ page }) => {
  await overhear(page);
  await page.reload();
  await arrived(page, "ready");
  await drop(page, [pneumonia]);
  const logits = [];
  for (const on of ["false", "true", "false"]) {
    const [row] = await rows(page, 1);
    assert.equal(row.status, "read");
    const toggle = page.getByRole("switch", { name: words.model.tract });
    assert.equal(await toggle.getAttribute("aria-checked"), on);
    logits.push(await page.evaluate(() => Object.values(readings)[0].logit));
    await toggle.click();
  }
  assert.equal(logits[0], logits[2]);
  assert.notEqual(logits[0], logits[1]);
  assert.ok(Math.abs(logits[0] - logits[1]) < 1e-2, `${logits}`);
});
