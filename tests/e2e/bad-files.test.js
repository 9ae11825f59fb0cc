// Files that are no film have a message that says what is wrong and what to do, and nothing else suffers.

import assert from "node:assert/strict";

import { PATIENCE } from "./support/browser.js";
import { fixturePath, fixtures, normal, words } from "./support/files.js";
import { drop, rows, show } from "./support/films.js";
import { visit } from "./support/visit.js";

const bad = fixtures.filter((fixture) => fixture.status !== "read");

/** Checks the message of the film that is shown. */
async function hasMessage(page, { file, status, kind, names }) {
  const message = await page.getByTestId("error").innerText();
  const expected = [words.failure[status], words.reasons[kind].what, words.reasons[kind].do];
  for (const text of expected) assert.ok(message.includes(text), `${file}: no "${text}" in "${message}"`);
  if (names) {
    const detail = await page.getByTestId("error").textContent();
    assert.ok(detail.includes(names), `${file}: no "${names}" in "${detail}"`);
  }
}

visit("every bad file in one go has its message, and the film after them is read", {}, async ({ page }) => {
  const workers = page.workers().length;
  await drop(page, [...bad.map((fixture) => fixturePath(fixture.file)), normal]);
  const found = await rows(page, bad.length + 1);
  assert.deepEqual(
    found.map(({ name, status }) => [name, status]),
    [...bad.map(({ file, status }) => [file.split("/").at(-1), status]), ["NORMAL2-IM-1427-0001.jpeg", "read"]],
  );
  for (const [index, fixture] of bad.entries()) {
    await show(page, index);
    await hasMessage(page, fixture);
  }
  assert.equal(page.workers().length, workers, "the worker was replaced or lost");
});

visit("a film is read after each bad file alone", {}, async ({ page }) => {
  for (const file of ["bad/empty.jpeg", "bad/truncated-50.jpeg", "bad/damaged-middle.jpeg", "bad/film.dcm"]) {
    await drop(page, [fixturePath(file)]);
    await rows(page, 1);
    await hasMessage(page, bad.find((fixture) => fixture.file === file));
    await drop(page, [normal]);
    const [, film] = await rows(page, 2);
    assert.equal(film.status, "read", `the film after ${file}`);
    await page.getByTestId("clear").click();
  }
});

visit("a bomb is refused before it costs anything", {}, async ({ page }) => {
  const bombs = bad.filter((fixture) => fixture.kind === "too-large");
  assert.ok(bombs.length >= 3);
  const start = Date.now();
  await drop(page, bombs.map((fixture) => fixturePath(fixture.file)));
  await rows(page, bombs.length);
  // Decoding one would take gigabytes; the refusal reads a header.
  assert.ok(Date.now() - start < PATIENCE / 10, `${Date.now() - start} ms`);
  await drop(page, [normal]);
  assert.equal((await rows(page, bombs.length + 1)).at(-1).status, "read");
});
