// The answer where pneumonia is rarer or more common: what Bayes' rule makes of it, with the keyboard.

import assert from "node:assert/strict";

import { manifest, normal, pneumonia, words } from "./support/files.js";
import { drop, rows, show, showAnyway } from "./support/films.js";
import { visit } from "./support/visit.js";

const balanced = manifest.operating_points.find((point) => point.name === "balanced");

/** The number that an element stands for. */
const value = async (page, id) => Number(await page.getByTestId(id).getAttribute("data-value"));

/** The share of right ones among those that are called. */
const worth = (right, wrong) => right / (right + wrong);

visit("the probability and the model's calls are restated for the prevalence typed, for every film", {}, async ({ page }) => {
  await drop(page, [pneumonia, normal]);
  await rows(page, 2);
  await showAnyway(page);
  const found = await rows(page, 2);
  await show(page, 0);

  await page.getByText(words.prevalence.title).focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.getByTestId("restated").count(), 0, "before anything was typed");
  await page.keyboard.press("Tab");
  const input = page.getByLabel(words.prevalence.label);
  assert.ok(await input.evaluate((input) => input === document.activeElement), "Tab does not reach the input");
  await page.keyboard.type("5");

  const { sensitivity, specificity } = balanced;
  for (const [index, { probability }] of found.entries()) {
    await show(page, index);
    assert.equal(await input.inputValue(), "5");
    const expected = worth(probability * 0.05, (1 - probability) * 0.95);
    assert.ok(Math.abs((await value(page, "restated")) - expected) < 1e-9);
    const positive = worth(sensitivity.value * 0.05, (1 - specificity.value) * 0.95);
    assert.ok(Math.abs((await value(page, "positive")) - positive) < 1e-9);
    const negative = worth(specificity.value * 0.95, (1 - sensitivity.value) * 0.05);
    assert.ok(Math.abs((await value(page, "negative")) - negative) < 1e-9);
  }
  assert.deepEqual(await rows(page, 2), found, "the answers themselves have changed");

  await input.fill("150");
  assert.equal(await page.getByTestId("restated").count(), 0, "150 % is no prevalence");
  assert.equal(await input.inputValue(), "150", "what was typed was taken away");
  await input.fill("");
  assert.equal(await page.getByTestId("restated").count(), 0);
});
