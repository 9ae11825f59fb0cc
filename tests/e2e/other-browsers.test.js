// The page in the other browsers' engines: what Firefox and what Safari and every browser on an iPhone are made of.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PATIENCE } from "./support/browser.js";
import { commandReadings, dicomFixtures, fixturePath, fixtures, local, normal } from "./support/files.js";
import { BROWSERS, missing } from "./support/other-browsers.js";
import { serve } from "./support/server.js";
import { undriven } from "./support/undriven.js";

// Files of every kind: pictures, DICOM in each transfer syntax, and what is neither.
const others = [...fixtures, ...dicomFixtures].map(({ file }) => file);

let server, expected, expectedOfOthers;
before(async () => {
  server = await serve();
  expected = commandReadings([local, normal]);
  expectedOfOthers = commandReadings(others.map(fixturePath));
});
after(() => server.stop());

for (const [name, open] of Object.entries(BROWSERS)) {
  test(`${name} answers as the command does, takes every kind of file, and goes on without a network`, { timeout: 3 * PATIENCE, skip: missing(name) }, async () => {
    const paths = { local, normal, ...Object.fromEntries(others.map((file) => [file, fixturePath(file)])) };
    const seen = await undriven(open, server.address, paths, visit, { films: ["local", "normal"], others });
    for (const answers of [seen.answers, seen.unplugged]) {
      for (const [i, { outcome, probability }] of answers.entries()) {
        assert.equal(outcome, expected[i].outcome);
        assert.ok(Math.abs(probability - expected[i].probability) <= 1e-3, `${probability} for ${expected[i].probability}`);
      }
    }
    const statuses = (found) => found.map(({ status }, i) => `${others[i]} ${status}`);
    assert.deepEqual(statuses(seen.others), statuses(expectedOfOthers));
    assert.ok(seen.heat > 0.01, `${seen.heat} of the heatmap has heat`);
    assert.deepEqual(seen.complaints, []);
  });
}

/** Runs in the browser. */
async function visit({ arrived, drop, heat, reload, complaints }, { films, others }) {
  const answers = await drop(films);
  const seen = { answers, heat: await heat(), others: await drop(others) };
  await arrived("offline-ready");
  await fetch("/tests/unplug", { method: "POST" });
  await reload();
  return { ...seen, unplugged: await drop(films), complaints };
}
