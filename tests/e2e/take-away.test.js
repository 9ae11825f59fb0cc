// What is taken away of an answer: as text, on paper, shared, saved; for one film and for all.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { demoPath, fixturePath, normal, pneumonia, words } from "./support/files.js";
import { dicomFilm } from "./support/dicom.js";
import { drop, dropFiles, fileAt, rows, showAnyway } from "./support/films.js";
import { visit } from "./support/visit.js";

const texts = words.take;
const film = demoPath("person1946_bacteria_4874.jpeg");
/** What a file of each format begins with. */
const BEGINNINGS = { pdf: "%PDF-1.7", png: "\x89PNG", "dicom-sc": "", "dicom-sr": "", "fhir-r4": "{", "fhir-r5": "{", json: "{" };

async function open(page) {
  await page.getByText(texts.title).click();
  await page.getByText(texts.systems).click();
}

/** Has a format made, and gives the file that is saved: its name and its bytes. */
async function saved(page, format) {
  await page.locator(`[data-testid=take][data-format="${format}"]`).click();
  const save = page.getByTestId("save");
  await save.waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

visit("a film's answer is saved in every format, with the patient in DICOM alone", { state: "offline-ready" }, async ({ page, context }) => {
  await context.setOffline(true);
  await dropFiles(page, [await dicomFilm(page, fileAt(film))]);
  const [{ outcome, probability }] = await rows(page, 1);
  await open(page);
  for (const [format, beginning] of Object.entries(BEGINNINGS)) {
    const { name, bytes } = await saved(page, format);
    assert.ok(name.startsWith("film."), name);
    assert.equal(bytes.subarray(0, beginning.length).toString("latin1"), beginning, format);
    const isDicom = format.startsWith("dicom");
    if (isDicom) assert.equal(bytes.subarray(128, 132).toString("latin1"), "DICM", format);
    assert.equal(bytes.includes("ROE^RICHARD"), isDicom, `${format}: whose film it is`);
    if (format === "json") {
      const reading = JSON.parse(bytes);
      assert.deepEqual([reading.schema, reading.outcome], ["lungfield.reading/1", outcome]);
      assert.ok(Math.abs(reading.probability - probability) < 1e-9);
    }
    if (format.startsWith("fhir")) assert.equal(JSON.parse(bytes).resourceType, "Bundle");
  }
});

visit("a sheet is in the page's language and carries the prevalence", {}, async ({ page }) => {
  await drop(page, [film]);
  await rows(page, 1);
  await open(page);
  const english = await saved(page, "png");
  await page.getByText(words.prevalence.title).click();
  await page.getByLabel(words.prevalence.label).fill("5");
  assert.equal(await page.getByTestId("save").count(), 0, "what was made says something else now");
  assert.equal(JSON.parse((await saved(page, "json")).bytes).restated.prevalence, 0.05);
  await page.getByTestId("language").selectOption("hi");
  assert.notDeepEqual((await saved(page, "png")).bytes, english.bytes);
});

visit("all films, the refused ones too, are one table, and one text", { permissions: ["clipboard-read", "clipboard-write"] }, async ({ page }) => {
  const paths = [film, normal, fixturePath("bad/truncated-50.jpeg")];
  await drop(page, paths);
  const found = await rows(page, paths.length);
  const { name, bytes } = await saved(page, "csv");
  assert.equal(name, "readings.csv");
  const [head, ...lines] = bytes.toString().trim().split("\n").map((line) => line.split(","));
  const [status, outcome] = ["status", "outcome"].map((column) => head.indexOf(column));
  assert.deepEqual(
    lines.map((cells) => [cells[0], cells[status], cells[outcome] || undefined]),
    found.map((row) => [row.name, row.status, row.outcome]),
  );
  await page.locator(".films").getByTestId("copy").click();
  await page.getByText(texts.copied, { exact: true }).waitFor();
  const copied = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
  assert.deepEqual(copied.slice(0, -1).map((line) => line.split(":")[0]), found.map((row) => row.name));
  assert.ok(copied[0].includes(words.outcomes.likely.name) && copied[2].includes(words.reasons.truncated.what), copied.join());
  assert.equal(copied.at(-1), words.start.statement);
});

visit("what is held back is on no sheet, and marked once it is asked for", { permissions: ["clipboard-read", "clipboard-write"] }, async ({ page }) => {
  await drop(page, [fixturePath("dicom/adult.dcm")]);
  await rows(page, 1);
  await open(page);
  const copied = async () => {
    await page.getByTestId("take-away").getByTestId("copy").click();
    await page.getByText(texts.copied, { exact: true }).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const before = await copied();
  const names = Object.values(words.outcomes).map((outcome) => outcome.name);
  assert.ok(names.every((name) => !before.includes(name)), before);
  assert.ok(before.includes(words.start.statement), before);
  const held = await saved(page, "png");
  await showAnyway(page);
  const after = await copied();
  assert.ok(names.some((name) => after.includes(name)) && after.includes(await page.getByTestId("caveat").innerText()), after);
  assert.notDeepEqual((await saved(page, "png")).bytes, held.bytes);
});

/** A device whose apps take files of these types, and refuse to in the end if `refuses`. */
function withApps(context, types, { refuses = false, standalone = false } = {}) {
  return context.addInitScript(({ types, refuses, standalone }) => {
    window.shared = [];
    navigator.canShare = ({ files }) => files.every((file) => types.includes(file.type));
    navigator.share = async ({ files, text }) => {
      if (!navigator.userActivation.isActive) throw new DOMException("", "NotAllowedError");
      if (refuses) throw new DOMException("", "DataError");
      window.shared.push(text ?? files.map((file) => file.name).join());
    };
    if (standalone) Object.defineProperty(navigator, "standalone", { value: true });
  }, { types, refuses, standalone });
}

/** Hands a film's PDF to another app. */
async function sharePdf(page) {
  await page.reload();
  await drop(page, [film]);
  await rows(page, 1);
  await open(page);
  await page.locator("[data-testid=take][data-format=pdf]").click();
  await page.getByRole("button", { name: texts.share, exact: true }).click();
}

for (const [what, standalone] of [["a phone's browser", false], ["an app on an iPhone", true]]) {
  visit(`in ${what} what other apps take is shared, and all else saved`, {}, async ({ page, context }) => {
    await withApps(context, ["application/pdf"], { standalone });
    await sharePdf(page);
    assert.equal(await page.getByTestId("save").count(), standalone ? 0 : 1);
    await page.getByText(texts.text).click();
    const shared = await page.evaluate(() => window.shared);
    assert.equal(shared[0], "person1946_bacteria_4874.pdf");
    assert.ok(shared[1].includes(words.outcomes.likely.name), shared[1]);
    await saved(page, "dicom-sr");
    assert.equal(await page.getByRole("button", { name: texts.share, exact: true }).count(), 0);
  });
}

visit("where sharing fails that is said, and the file can be saved", {}, async ({ page, context }) => {
  await withApps(context, ["application/pdf"], { refuses: true, standalone: true });
  await sharePdf(page);
  await page.getByText(texts.unshared).waitFor();
  assert.equal(await page.getByTestId("save").count(), 1);
});

visit("what cannot be had is said, and had on another try", { serviceWorkers: "block", mayComplain: true }, async ({ page, context }) => {
  await drop(page, [pneumonia]);
  await rows(page, 1);
  await open(page);
  await context.route("**/exporter_bg-*.wasm", (route) => route.abort());
  await page.locator("[data-testid=take][data-format=pdf]").click();
  await page.getByText(texts.absent).waitFor();
  await context.unroute("**/exporter_bg-*.wasm");
  assert.equal((await saved(page, "pdf")).bytes.subarray(0, 5).toString(), "%PDF-");
});
