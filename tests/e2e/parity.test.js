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

visit("all demo films in one go: the list's order, the command's outcomes and probabilities", {}, async ({ page }) => {
  const worst = await compare(page, demoFilms.map((film) => demoPath(film.file)));
  console.log(`largest difference of probability: ${worst.toExponential(1)}`);
});

visit("every encoding of a film is read as the command reads it", {}, async ({ page }) => {
  await compare(page, fixtures.filter((fixture) => fixture.status === "read" && !fixture.gate).map((fixture) => fixturePath(fixture.file)));
});
