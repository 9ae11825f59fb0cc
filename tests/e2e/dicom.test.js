// DICOM films on the page: what their header says is heard, and what cannot be read is named.

import assert from "node:assert/strict";

import { commandReadings, dicomFixtures, fixturePath, words } from "./support/files.js";
import { drop, rows, showAnyway } from "./support/films.js";
import { visit } from "./support/visit.js";

// The native engine and the wasm engine multiply in different orders.
const TOLERANCE = 1e-3;
// Warnings with which an answer is shown only when it is asked for. The films are small: most have one.
const HELD_BACK = ["adult-film", "uninterpretable", "unlike-training-films"];

visit("every DICOM file has the end that it has with the command, and the same probability", {}, async ({ page }) => {
  // The page reads the first frame.
  const paths = dicomFixtures.filter(({ frame }) => !frame).map(({ file }) => fixturePath(file));
  const expected = commandReadings(paths);
  await drop(page, paths);
  const found = await rows(page, paths.length);
  for (const [index, { file, status, warnings }] of expected.entries()) {
    const held = warnings.some(({ kind }) => HELD_BACK.includes(kind));
    assert.deepEqual([found[index].status, found[index].heldBack], [status, held], file);
  }
  await showAnyway(page);
  const shown = await rows(page, paths.length);
  for (const [index, { file, status, outcome, probability }] of expected.entries()) {
    const row = shown[index];
    assert.equal(row.outcome, outcome ?? undefined, file);
    if (status === "read") assert.ok(Math.abs(row.probability - probability) <= TOLERANCE, `${file}: ${row.probability}, ${probability}`);
  }
  const answered = shown.filter(({ outcome }) => outcome).length;
  assert.ok(answered > 50, `only ${answered} have an answer to compare`);
});

visit("an adult's film is held back, with the age that the file says", {}, async ({ page }) => {
  await drop(page, [fixturePath("dicom/adult.dcm")]);
  const [row] = await rows(page, 1);
  assert.deepEqual([row.status, row.heldBack, row.outcome], ["read", true, undefined]);
  const card = await page.getByTestId("held-back").innerText();
  assert.ok(card.includes(words.warnings["adult-film"].replace("{age}", "43 years")), card);
});

for (const [what, file, kind, named] of [
  ["a lateral film", "dicom/view-lateral.dcm", "not-a-chest-film", "LL"],
  ["a film of another part", "dicom/body-part-hand.dcm", "not-a-chest-film", "HAND"],
  ["a transfer syntax that is not read", "dicom/jpeg-xl.dcm", "unsupported-transfer-syntax", "JPEG XL"],
]) {
  visit(`${what} is refused, and the reason can be read`, {}, async ({ page }) => {
    await drop(page, [fixturePath(file)]);
    assert.equal((await rows(page, 1))[0].status, "refused");
    const error = page.getByTestId("error");
    await error.getByText(words.failure.detail).click();
    const message = await error.innerText();
    for (const text of [words.failure.refused, words.reasons[kind].what, words.reasons[kind].do, named]) {
      assert.ok(message.includes(text), `no "${text}" in "${message}"`);
    }
  });
}
