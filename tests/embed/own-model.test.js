// A hospital's own model and thresholds in the element: it says what it says in the command, as its hospital's, and nothing where it may not.

import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { violations } from "../e2e/support/axe.js";
import { commandReadings, fixturePath, manifest, normal, pneumonia, words } from "../e2e/support/files.js";
import { filesOf, portal, read } from "./support/portal.js";

const archive = fixturePath("own/mobilenet.zip");
const title = words.own.answer.replace("{site}", "a made-up hospital");
const adult = fixturePath("dicom/adult.dcm");

/** Sets an element's model: a file at this path. */
async function open(page, path) {
  const files = await filesOf(page, [path]);
  await page.evaluate(([archive]) => (document.getElementById("reader").ownModel = archive), files);
}

/** What has been told by an event of this name, once it has been told so often. */
async function heard(page, name, times = 1) {
  const handle = await page.waitForFunction(([name, times]) => {
    const told = self.heard.filter((event) => event.name === name);
    return told.length >= times && told.map(({ detail }) => detail);
  }, [name, times]);
  return handle.jsonValue();
}

const own = (page) => page.locator("lungfield-reader .own");

portal("a hospital's own model reads beside Lungfield's, and says what it says in the command", { body: '<main><h1>Portal</h1><lungfield-reader id="reader"></lungfield-reader></main>' }, async ({ page, server, out }) => {
  const paths = [pneumonia, normal];
  const expected = commandReadings(paths, "--model", archive);
  const [alone] = await read(page, [pneumonia]);
  // The address of an archive of the portal's own.
  cpSync(archive, join(out, "site.zip"));
  await page.evaluate(() => document.getElementById("reader").setAttribute("own-model", "site.zip"));
  const [{ facts }] = await heard(page, "own-model");
  assert.deepEqual([facts.model.site, facts.model.measured], ["a made-up hospital", false]);
  // The film that is there is read by it, and so is the next one.
  await heard(page, "own-reading");
  const [beside] = await read(page, [normal]);
  const told = await heard(page, "own-reading", 2);
  told.forEach(({ reading }, i) => {
    assert.equal(reading.schema, "lungfield.own-reading/1");
    assert.deepEqual(reading.findings.map((found) => found.class), expected[i].findings.map((found) => found.class));
    reading.findings.forEach((found, nth) => {
      const { probability, heatmap } = expected[i].findings[nth];
      assert.ok(Math.abs(found.probability - probability) < 1e-3, `${found.class}: ${found.probability}, ${probability}`);
      assert.equal(found.heatmap.values.length, heatmap.values.length);
      const largest = Math.max(...heatmap.values);
      heatmap.values.forEach((value, cell) => assert.ok(Math.abs(found.heatmap.values[cell] - value) <= 1e-3 * largest, `cell ${cell}`));
    });
  });
  // Lungfield's own answer is as it was.
  const [again] = await read(page, [pneumonia]);
  assert.equal(again.probability, alone.probability);
  assert.equal(beside.status, "read");
  await heard(page, "own-reading", 3);
  assert.equal(await own(page).getByRole("heading").textContent(), title);
  assert.ok((await own(page).textContent()).includes("mobilenet"), "its name");
  // Its places are drawn when they are asked for, and go with the switch.
  const before = await page.evaluate(() => document.getElementById("reader").shadowRoot.querySelector(".heat").hidden);
  assert.ok(before, "drawn unasked");
  const place = own(page).getByRole("switch").first();
  await place.click();
  await page.waitForFunction(() => !document.getElementById("reader").shadowRoot.querySelector(".heat").hidden);
  assert.equal(await own(page).getByRole("switch").first().getAttribute("aria-checked"), "true");
  assert.deepEqual(await violations(page), []);
  const [download] = await Promise.all([page.waitForEvent("download"), own(page).getByText(words.own.save).click()]);
  const saved = JSON.parse(readFileSync(await download.path()));
  assert.deepEqual([saved.schema, saved.model.notice], ["lungfield.own-reading/1", "Model of a made-up hospital, not measured by Lungfield"]);
  // Once all has come nothing is requested.
  const came = server.requests.length;
  await read(page, [normal]);
  await heard(page, "own-reading", 4);
  assert.deepEqual(server.requests.slice(came), []);
  // Set no longer, it is gone.
  await page.evaluate(() => (document.getElementById("reader").ownModel = null));
  await own(page).waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.getElementById("reader").ownReading), null);
});

portal("nothing of it is shown before the user has said what she sees, nor where its gate holds back", {}, async ({ page }) => {
  await open(page, fixturePath("own/gated.zip"));
  await heard(page, "own-model");
  await page.evaluate(() => (document.getElementById("reader").readFirst = true));
  await read(page, [pneumonia]);
  await page.waitForTimeout(1000);
  assert.ok(await own(page).isHidden());
  await page.evaluate(() => document.getElementById("reader").reveal());
  await heard(page, "own-reading");
  await own(page).waitFor();
  await page.evaluate(() => (document.getElementById("reader").readFirst = false));
  // An adult's film: held back by Lungfield's gate, which this model goes through.
  await read(page, [adult]);
  await page.waitForTimeout(1000);
  assert.ok(await own(page).isHidden());
  await page.evaluate(() => document.getElementById("reader").reveal());
  await own(page).waitFor();
});

portal("a model that is chosen or dropped is opened, and a film beside it is read", { body: '<lungfield-reader id="reader" pick></lungfield-reader>' }, async ({ page }) => {
  await read(page, [normal]);
  await page.locator("lungfield-reader input[type=file]").setInputFiles(archive);
  await heard(page, "own-reading");
  // It is no film: the one that is shown stays.
  assert.equal(await page.evaluate(() => document.getElementById("reader").reading.file), normal.split("/").at(-1));
});

portal("a model that is refused is told with its reason, and films are read on", { mayComplain: true }, async ({ page }) => {
  const files = await filesOf(page, [normal]);
  await page.evaluate(([file]) => (document.getElementById("reader").ownModel = file), files);
  const [{ kind, message }] = await heard(page, "error");
  assert.equal(kind, "own-model");
  assert.ok(message.length > 0);
  await own(page).getByText(words.own.refused).waitFor();
  const [reading] = await read(page, [pneumonia]);
  assert.equal(reading.outcome, "likely");
  // Not of this page's origin, or not there.
  await page.evaluate(() => (document.getElementById("reader").ownModel = "https://example.org/site.zip"));
  assert.equal((await heard(page, "error", 2))[1].kind, "origin");
  await page.evaluate(() => (document.getElementById("reader").ownModel = "none.zip"));
  assert.match((await heard(page, "error", 3))[2].message, /404/);
});

portal("a site's own thresholds hold, and void ones are told", { mayComplain: true }, async ({ page, out }) => {
  const site = { schema: "lungfield.site/1", model_sha256: manifest.sha256, operating_point: 0.5, unlikely_below: 0.0001, likely_from: 0.9999, error_level: 0.05, films: { normal: 40, pneumonia: 40, date: "2026-11-30" } };
  const file = join(out, "site.json");
  writeFileSync(file, JSON.stringify(site));
  const set = (site) => page.evaluate((site) => (document.getElementById("reader").site = site), site);
  await set(site);
  const [expected] = commandReadings([pneumonia], "--site", file);
  const [reading] = await read(page, [pneumonia]);
  assert.equal(expected.outcome, "uncertain");
  assert.deepEqual([reading.outcome, reading.thresholds], [expected.outcome, expected.thresholds]);
  await set({ ...site, model_sha256: "0".repeat(64) });
  const [plain] = await read(page, [pneumonia]);
  assert.deepEqual([plain.outcome, plain.thresholds.site], ["likely", undefined]);
  assert.equal((await heard(page, "error"))[0].kind, "site");
});

/** Lets the worker with the model stop at films of one name, as a trap in it does. */
const trapped = (path, body) =>
  /\/worker-own/.test(path) ? `${body}\nconst real = self.onmessage; self.onmessage = (e) => e.data.ask === "read-own" ? setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }) : real(e);` : body;

portal("a model that stops while it reads is used no longer, and Lungfield's answer stands", { change: trapped, mayComplain: true }, async ({ page }) => {
  await open(page, archive);
  await heard(page, "own-model");
  const [reading] = await read(page, [pneumonia]);
  assert.equal((await heard(page, "error"))[0].kind, "own-model-stopped");
  await own(page).getByText(words.own.stopped, { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.getElementById("reader").reading.probability), reading.probability);
  assert.equal((await read(page, [normal]))[0].status, "read");
});
