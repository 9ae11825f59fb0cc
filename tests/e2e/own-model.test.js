// A model of the user's own: opened and tried on the device, its answer told as its hospital's, kept on request, refused with a reason.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { commandReadings, demoPath, fixturePath, pneumonia, words } from "./support/files.js";
import { drop, dropFiles, fileAt, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

const texts = words.own;
const film = demoPath("person1946_bacteria_4874.jpeg");
const archive = (name) => fixturePath(`own/${name}.zip`);
const title = texts.answer.replace("{site}", "a made-up hospital");

async function open(page, name) {
  await page.getByText(texts.title, { exact: true }).click();
  await page.getByTestId("own-file").setInputFiles(archive(name));
  await page.getByTestId("own-open").waitFor();
}

/** What is said of each class, once it is. */
async function findings(page) {
  await page.getByTestId("own-finding").first().waitFor();
  return page.getByTestId("own-finding").evaluateAll((rows) => rows.map(({ dataset }) => [dataset.class, Number(dataset.probability)]));
}

visit("a model of one's own says what it says in the command, as its hospital's, with its places", {}, async ({ page }) => {
  await open(page, "mobilenet");
  const known = await page.getByTestId("own-open").textContent();
  assert.ok(known.includes("a made-up hospital"), known);
  await drop(page, [film, pneumonia]);
  const read = await rows(page, 2);
  for (const [row, path] of [film, pneumonia].entries()) {
    await page.getByTestId("film-row").nth(row).getByRole("button").first().click();
    await page.locator("h1").getByText(path.split("/").at(-1)).waitFor();
    const found = await findings(page);
    const [expected] = commandReadings([path], "--model", archive("mobilenet"));
    assert.equal(expected.schema, "lungfield.own-reading/1");
    assert.deepEqual(found.map(([name]) => name), expected.findings.map((finding) => finding.class));
    found.forEach(([, probability], nth) => assert.ok(Math.abs(probability - expected.findings[nth].probability) < 1e-3));
  }
  // Lungfield's own answers are as they were, and it is plain whose the other one is.
  assert.deepEqual(await rows(page, 2), read);
  assert.equal(await page.getByTestId("own-answer").getByRole("heading").textContent(), title);

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("own-save").click()]);
  const { model } = JSON.parse(readFileSync(await download.path()));
  assert.deepEqual([model.measured, model.notice], [false, "Model of a made-up hospital, not measured by Lungfield"]);

  await page.getByTestId("own-where").first().click();
  await page.locator("canvas.heat, [data-testid=heat-canvas]").first().waitFor();
  const { weak, no_place: none, places } = words.heat;
  const evidence = await page.getByTestId("own-evidence").textContent();
  assert.ok([weak, none, places].includes(evidence), evidence);
  await page.getByTestId("own-close").click();
  await page.getByTestId("own-answer").waitFor({ state: "detached" });
});

visit("it is kept on request, opens itself then, and goes without a trace", { state: "offline-ready" }, async ({ page, context }) => {
  page.on("dialog", (dialog) => dialog.accept());
  await open(page, "resnet");
  assert.ok(!(await page.evaluate(() => caches.has("lungfield-own-model"))), "kept unasked");
  await page.getByTestId("own-keep").click();
  await page.getByTestId("own-kept").waitFor();
  await page.reload();
  await drop(page, [film]);
  await rows(page, 1);
  const found = await findings(page);
  assert.ok(found.length > 0);
  await page.getByText(texts.title, { exact: true }).click();
  await page.getByTestId("own-forget").click();
  await page.getByTestId("own-kept").waitFor({ state: "detached" });
  assert.ok(!(await page.evaluate(() => caches.has("lungfield-own-model"))));
  await page.reload();
  await drop(page, [film]);
  await rows(page, 1);
  assert.equal(await page.getByTestId("own-answer").count(), 0);
});

visit("dropped among films it is no film, and a broken one is refused while films are read", {}, async ({ page }) => {
  await drop(page, [archive("resnet"), film]);
  await rows(page, 1);
  await findings(page);
  const broken = { name: "broken.zip", data: readFileSync(archive("resnet")).subarray(0, 5000).toString("base64") };
  await page.getByText(texts.title, { exact: true }).click();
  await page.getByTestId("own-file").setInputFiles({ name: broken.name, mimeType: "application/zip", buffer: Buffer.from(broken.data, "base64") });
  const refused = page.getByTestId("own-refused");
  await refused.waitFor();
  assert.ok((await refused.textContent()).startsWith(texts.refused), await refused.textContent());
  await page.getByTestId("own-answer").waitFor({ state: "detached" });
  await dropFiles(page, [fileAt(pneumonia)]);
  await rows(page, 2);
});

visit("what says first what she sees is shown no model's answer before", {}, async ({ page }) => {
  await open(page, "mobilenet");
  await page.getByTestId("read-first-switch").click();
  await drop(page, [film]);
  await page.getByTestId("read-first").waitFor();
  await rows(page, 1);
  assert.equal(await page.getByTestId("own-answer").count(), 0);
  await page.getByTestId("saw-skip").click();
  await findings(page);
});
