// The page's numbers are the command's: one reader, two machines it runs on.

import assert from "node:assert/strict";

import { commandReadings, demoFilms, demoPath, fixturePath, fixtures } from "./support/files.js";
import { drop, rows, showAnyway } from "./support/films.js";
import { visit } from "./support/visit.js";

// The native engine and the wasm engine multiply in different orders.
const TOLERANCE = 1e-3;

/** Drops all files at once and compares every row with the command's reading. */
async function compare(page, paths) {
  const expected = commandReadings(paths);
  await drop(page, paths);
  await rows(page, paths.length);
  await showAnyway(page);
  const found = await rows(page, paths.length);
  assert.deepEqual(
    found.map(({ name, status, outcome }) => ({ name, status, outcome })),
    expected.map(({ file, status, outcome }) => ({ name: file.split("/").at(-1), status, outcome })),
  );
  const differences = found.map((row, i) => Math.abs(row.probability - expected[i].probability));
  const worst = differences.indexOf(Math.max(...differences));
  assert.ok(differences[worst] <= TOLERANCE, `${found[worst].name}: ${found[worst].probability}, ${expected[worst].probability}`);
  return differences[worst];
}

// The worker's two builds, of which Chromium takes the one with relaxed SIMD.
for (const relaxedSimd of [true, false]) {
  const build = relaxedSimd ? "with relaxed SIMD" : "without relaxed SIMD";

  visit(`all demo films in one go, ${build}: the list's order, the command's outcomes and probabilities`, { relaxedSimd }, async ({ page, requests }) => {
    const worst = await compare(page, demoFilms.map((film) => demoPath(film.file)));
    console.log(`largest difference of probability ${build}: ${worst.toExponential(1)}`);
    const builds = requests.map((request) => request.url().match(/worker_(bg|relaxed)-/)?.[1]).filter(Boolean);
    assert.deepEqual(new Set(builds), new Set([relaxedSimd ? "relaxed" : "bg"]));
  });

  visit(`every encoding of a film is read as the command reads it, ${build}`, { relaxedSimd }, async ({ page }) => {
    await compare(page, fixtures.filter((fixture) => fixture.status === "read" && !fixture.gate).map((fixture) => fixturePath(fixture.file)));
  });
}
