// Read first: the clinician says what she sees before she is shown an answer.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { violations } from "./support/axe.js";
import { PHONE } from "./support/browser.js";
import { normal, pneumonia, words } from "./support/files.js";
import { drop, rows, show, unfold } from "./support/films.js";
import { announced, listen } from "./support/listening.js";
import { visit } from "./support/visit.js";

const texts = words.first;

visit("until she has said what she sees nothing of an answer is on the page", {}, async ({ page }) => {
  await page.getByTestId("read-first-switch").click();
  await listen(page);
  await drop(page, [pneumonia]);
  await rows(page, 1);
  await page.getByTestId("read-first").waitFor();
  await unfold(page);
  for (const id of ["outcome", "probability", "heat-toggle", "prevalence", "take", "model-name", "quality"]) {
    assert.equal(await page.getByTestId(id).count(), 0, id);
  }
  const html = await page.getByRole("main").evaluate((main) => main.outerHTML);
  for (const { name } of Object.values(words.outcomes)) assert.ok(!html.includes(name), name);
  assert.ok(!html.includes("data-outcome") && !html.includes("data-probability"));
  const said = await announced(page);
  assert.ok(said.at(-1).includes(texts.title), said.at(-1));
  assert.deepEqual(await violations(page), []);
  for (const viewport of [PHONE, { width: 320, height: 640 }]) {
    await page.setViewportSize(viewport);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${viewport.width} pixels`);
    const [film, form] = await Promise.all(["film-canvas", "read-first"].map((id) => page.getByTestId(id).boundingBox()));
    assert.ok(film.y < form.y && film.y < 200, `at ${viewport.width} pixels she sees the film first: ${film.y}, ${form.y}`);
  }
});

visit("what she saw stands with the answer, is counted, and is taken away with it", {}, async ({ page }) => {
  await page.getByTestId("read-first-switch").click();
  await drop(page, [pneumonia, normal]);
  await rows(page, 2);
  const answer = page.getByTestId("saw");
  assert.ok(await answer.isDisabled(), "nothing has been said yet");
  // By keys alone.
  await page.getByTestId("saw-consolidation").focus();
  await page.keyboard.press("Space");
  await page.getByTestId("saw-suboptimal").check();
  await page.keyboard.press("Enter");
  const first = await page.getByTestId("seen-first").innerText();
  assert.ok(first.includes(texts.consolidation) && first.includes(words.quality.grades.suboptimal), first);
  assert.equal((await rows(page, 2))[0].outcome, "likely");

  await show(page, 1);
  await page.getByTestId("saw-effusion").check();
  await page.getByTestId("saw-none").check();
  assert.ok(!(await page.getByTestId("saw-effusion").isChecked()), "none of these, and one of them");
  await answer.click();
  await page.getByTestId("outcome").waitFor();
  const [, { outcome }] = await rows(page, 2);
  const both = outcome === "uncertain" ? 1 : 2;
  const agreed = outcome === "likely" ? 1 : both;
  const counted = texts.agreed.replace("{agreed}", agreed).replace("{count}", both);
  assert.equal(await page.getByTestId("agreed").textContent(), counted);

  await page.getByText(words.take.title).click();
  await page.getByText(words.take.systems).click();
  await page.locator('[data-testid=take][data-format="json"]').click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save").first().click()]);
  const reading = JSON.parse(readFileSync(await download.path()));
  assert.deepEqual(reading.seen_first, { quality: "adequate", consolidation: false, other_infiltrate: false, effusion: false });
});

visit("an answer is shown without saying where she asks for that, and at once where the switch is off", {}, async ({ page }) => {
  await page.getByTestId("read-first-switch").click();
  await drop(page, [pneumonia]);
  await rows(page, 1);
  await page.getByTestId("saw-skip").click();
  await page.getByTestId("outcome").waitFor();
  assert.equal(await page.getByTestId("seen-first").count(), 0);
  await page.getByTestId("read-first-switch").click();
  await drop(page, [normal]);
  await rows(page, 2);
  await page.getByTestId("outcome").waitFor();
});
