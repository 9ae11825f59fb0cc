// Films that come together, in archives and folders: each is a row with its own outcome or reason, as with the command.

import assert from "node:assert/strict";
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { arrived } from "./support/browser.js";
import { cases, commandReadings, fixturePath, normal, words } from "./support/files.js";
import { drop, dropFromDesktop, rows, show, showAnyway } from "./support/films.js";
import { visit } from "./support/visit.js";

// The native engine and the wasm engine multiply in different orders.
const TOLERANCE = 1e-3;
const HELD_BACK = ["adult-film", "uninterpretable", "unlike-training-films"];

const paths = cases.map(({ case: file }) => fixturePath(file));
const archives = paths.filter((path) => statSync(path).isFile());
const folders = paths.filter((path) => statSync(path).isDirectory());

/** Waits for the films of these cases and compares each row with what the command says. */
async function asTheCommandSays(page, paths) {
  const expected = commandReadings(paths);
  const found = await rows(page, expected.length);
  const beside = `${fixturePath("cases")}/`;
  assert.deepEqual(
    found.map(({ name, status, heldBack }) => [name, status, heldBack]),
    expected.map(({ file, status, warnings }) => [
      file.replace(beside, ""), status, warnings.some(({ kind }) => HELD_BACK.includes(kind)),
    ]),
  );
  await showAnyway(page);
  for (const [index, { outcome, probability }] of (await rows(page, expected.length)).entries()) {
    const { file, outcome: told, probability: exactly } = expected[index];
    assert.equal(outcome, told ?? undefined, file);
    if (told) assert.ok(Math.abs(probability - exactly) <= TOLERANCE, `${file}: ${probability}, ${exactly}`);
  }
  for (const [index, { file, reason }] of expected.entries()) {
    if (!reason) continue;
    await show(page, index);
    const message = await page.getByTestId("error").innerText();
    for (const text of [words.reasons[reason.kind].what, words.reasons[reason.kind].do]) {
      assert.ok(message.includes(text), `${file}: no "${text}" in "${message}"`);
    }
  }
}

visit("the films of every archive are rows as with the command, and nothing is requested", {}, async ({ page, context, requests }) => {
  // Several workers, none of which has opened all of the archives.
  await context.addInitScript(() => Object.defineProperty(navigator, "hardwareConcurrency", { get: () => 3 }));
  await page.reload();
  await arrived(page, "offline-ready");
  const loaded = new Set(requests.map((request) => request.url()));
  await drop(page, archives);
  await asTheCommandSays(page, archives);
  const added = requests.map((request) => request.url()).filter((url) => !loaded.has(url));
  assert.deepEqual(added, [], "requested for the first time after load");
});

visit("folders are dropped, and of those with a DICOMDIR the films that it lists are read", {}, async ({ page, said }) => {
  await dropFromDesktop(page, folders);
  await asTheCommandSays(page, folders);
  assert.doesNotMatch(await page.content() + said.join(), /Secret/, "a patient of the directory is named");
});

visit("a folder and films are dropped in one go, in their order", {}, async ({ page }) => {
  const [folder, archive] = [fixturePath("cases/named"), fixturePath("cases/twice.zip")];
  await dropFromDesktop(page, [normal, folder, archive]);
  const names = (await rows(page, 5)).map(({ name }) => name);
  assert.deepEqual(names, [
    "NORMAL2-IM-1427-0001.jpeg", "named/DICOMDIR", "named/film.dcm", "twice.zip/film", "twice.zip/film",
  ]);
});

visit("an empty folder is a row that says so, beside the films that came with it", {}, async ({ page }) => {
  const empty = mkdtempSync(join(tmpdir(), "lungfield-empty-"));
  await dropFromDesktop(page, [empty, normal]);
  const found = await rows(page, 2);
  assert.deepEqual(found.map(({ name, status }) => [name, status]), [[basename(empty), "failed"], [basename(normal), "read"]]);
  await show(page, 0);
  const message = await page.getByTestId("error").innerText();
  assert.ok(message.includes(words.reasons.empty.what), message);
});

visit("a folder is chosen in the browser's own dialogue", {}, async ({ page }) => {
  const opened = page.waitForEvent("filechooser");
  await page.getByText(words.add.folder).click();
  await (await opened).setFiles(fixturePath("cases/disc"));
  await asTheCommandSays(page, [fixturePath("cases/disc")]);
});

visit("an archive that is removed while it waits brings no films", {}, async ({ page }) => {
  await drop(page, [fixturePath("cases/films.zip"), fixturePath("cases/twice.zip")]);
  await page.getByTestId("clear").click();
  await page.getByTestId("drop").waitFor();
  await drop(page, [normal]);
  assert.deepEqual((await rows(page, 1)).map(({ name, status }) => [name, status]), [["NORMAL2-IM-1427-0001.jpeg", "read"]]);
});

visit("a film of an archive that was let go of is unpacked once more when it is shown", {}, async ({ page }) => {
  await drop(page, Array(9).fill(fixturePath("cases/names.zip")));
  await rows(page, 36);
  await show(page, 35);
  await show(page, 1);
  await page.getByTestId("film-canvas").waitFor();
});
