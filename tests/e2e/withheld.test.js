// An answer that is likely to be wrong is held back until somebody asks for it, and is marked from then on.

import assert from "node:assert/strict";

import { arrived } from "./support/browser.js";
import { violations } from "./support/axe.js";
import { manifest, normal, pneumonia, words } from "./support/files.js";
import { drop, rows, show, unfold } from "./support/films.js";
import { announced, listen } from "./support/listening.js";
import { colouredShare } from "./support/pixels.js";
import { visit } from "./support/visit.js";

// Without a service worker the manifest is fetched on every load.
const OTHER_MANIFEST = { serviceWorkers: "block", mayComplain: true };

/** Loads the page again with a model to which every film is unlike those that it knows. */
async function wary(page, context) {
  const gate = { ...manifest.gate, unlike_from: 1e-6 };
  await context.route(/manifest[^/]*\.json$/, (route) => route.fulfill({ json: { ...manifest, gate } }));
  await page.reload();
  await arrived(page, "ready");
}

/** Everything that the page says of the films and of one of them, hidden parts and attributes included. */
const told = (page) => page.getByRole("main").evaluate((main) => main.outerHTML);

visit("an answer that is held back is nowhere on the page until it is asked for", OTHER_MANIFEST, async ({ page, context }) => {
  await wary(page, context);
  await listen(page);
  await drop(page, [pneumonia]);
  const [held] = await rows(page, 1);
  assert.deepEqual([held.status, held.heldBack, held.outcome, held.probability], ["read", true, undefined, NaN]);
  await unfold(page);
  const card = await page.getByTestId("held-back").innerText();
  assert.match(card, /Distance from the films that it knows: [\d.]+; the limit is [\d.]+/);
  assert.ok(card.includes(words.withheld.name) && card.includes(words.warnings["unlike-training-films"]), card);
  for (const id of ["outcome", "probability", "heat-canvas", "heat-toggle", "prevalence", "caveat"]) {
    assert.equal(await page.getByTestId(id).count(), 0, id);
  }
  const html = await told(page);
  for (const { name } of Object.values(words.outcomes)) assert.ok(!html.includes(name), name);
  assert.ok(!html.includes("data-outcome") && !html.includes("data-probability"));
  assert.equal(await colouredShare(page.getByTestId("film-canvas")), 0, "there is heat over the film");
  assert.deepEqual(await violations(page), []);
  const said = await announced(page);
  assert.ok(said.at(-1).includes(words.withheld.name), said.at(-1));
  for (const { name } of Object.values(words.outcomes)) assert.ok(!said.some((text) => text.includes(name)), name);
});

visit("once asked for, an answer is shown, announced and marked for good", OTHER_MANIFEST, async ({ page, context }) => {
  await wary(page, context);
  await listen(page);
  await drop(page, [pneumonia]);
  await rows(page, 1);
  await page.getByTestId("ask").focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("outcome").waitFor();

  const [row] = await rows(page, 1);
  assert.equal(row.heldBack, false);
  assert.equal(await page.getByTestId("outcome").textContent(), words.outcomes[row.outcome].name);
  assert.equal(await page.getByTestId("caveat").textContent(), words.withheld.shown);
  assert.equal(await page.getByTestId("probability").count(), 0, "a probability that does not hold for the film");
  assert.doesNotMatch(await page.getByTestId("film-row").innerText(), /%/);
  assert.ok((await page.getByTestId("film-row").innerText()).includes(words.withheld.unlike));
  assert.ok(await page.getByTestId("heat-toggle").isVisible());
  // What was measured of the model was measured on other films.
  await unfold(page);
  const answer = await page.getByRole("main").innerText();
  assert.ok(answer.includes(words.result.out_of_population), answer);
  assert.ok(!answer.includes(words.model.points) && !answer.includes(words.model.measures.sensitivity), answer);
  const said = (await announced(page)).at(-1);
  assert.ok(said.includes(words.outcomes[row.outcome].name) && said.includes(words.withheld.shown), said);
  const focus = await page.evaluate(() => document.activeElement.ariaLabel);
  assert.equal(focus, words.result.title, "the keyboard's place is lost");
  assert.deepEqual(await violations(page), []);

  // Another film has to be asked for by itself; this one stays as it is.
  await drop(page, [normal]);
  const [first, second] = await rows(page, 2);
  assert.deepEqual([first.outcome, second.heldBack, second.outcome], [row.outcome, true, undefined]);
  assert.equal(await page.getByTestId("held-back").count(), 1);
  await show(page, 0);
  assert.equal(await page.getByTestId("caveat").textContent(), words.withheld.shown);
});
