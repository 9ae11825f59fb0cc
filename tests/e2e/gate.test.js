// What lies before an answer: a picture that is no chest film gets none, a film that lies otherwise is put right.

import assert from "node:assert/strict";

import { violations } from "./support/axe.js";
import { film, seaside } from "./support/drawing.js";
import { normal, pneumonia, words } from "./support/files.js";
import { dropFiles, rows, show, showAnyway, unfold } from "./support/films.js";
import { announced, listen } from "./support/listening.js";
import { colouredShare } from "./support/pixels.js";
import { visit } from "./support/visit.js";

// A film that was put right has the pixels of the one that was upright.
const TOLERANCE = 1e-4;

visit("a picture that is no chest film is refused with a reason, can be looked at, and has no way round", {}, async ({ page }) => {
  await listen(page);
  await dropFiles(page, [await seaside(page)]);
  const [row] = await rows(page, 1);
  assert.deepEqual([row.status, row.outcome, row.heldBack], ["refused", undefined, false]);

  const message = await page.getByTestId("error").innerText();
  const { what, do: advice } = words.reasons["not-a-chest-film"];
  for (const text of [words.failure.refused, what, advice]) assert.ok(message.includes(text), `no "${text}" in "${message}"`);
  assert.ok((await announced(page)).at(-1).includes(what));

  const canvas = page.getByTestId("film-canvas");
  const { width, height } = await canvas.evaluate(({ width, height }) => ({ width, height }));
  assert.deepEqual([width, height], [1024, 768]);
  assert.equal(await colouredShare(canvas), 0, "there is heat over the picture");

  await unfold(page);
  for (const id of ["outcome", "probability", "heat-toggle", "ask", "held-back", "prevalence"]) {
    assert.equal(await page.getByTestId(id).count(), 0, id);
  }
  assert.equal(await page.getByRole("main").getByText(words.withheld.show).count(), 0);
  assert.deepEqual(await violations(page), []);
});

for (const [name, path] of Object.entries({ "with pneumonia": pneumonia, "without pneumonia": normal })) {
  visit(`a film ${name} has one answer, whichever way it lies`, {}, async ({ page }) => {
    const ways = [{}, { upsideDown: true }, { inverted: true }, { upsideDown: true, inverted: true }];
    const files = [];
    for (const way of ways) files.push(await film(page, path, way));
    await dropFiles(page, files);
    await rows(page, ways.length);
    await showAnyway(page);
    const found = await rows(page, ways.length);
    const [upright] = found;
    assert.equal(upright.status, "read");
    for (const [index, { upsideDown = false, inverted = false }] of ways.entries()) {
      const { name, status, outcome, probability } = found[index];
      assert.deepEqual([status, outcome], ["read", upright.outcome], name);
      assert.ok(Math.abs(probability - upright.probability) <= TOLERANCE, `${name}: ${probability}, ${upright.probability}`);
      await show(page, index);
      const result = page.getByRole("region", { name: words.result.about });
      assert.equal(await result.getByText(words.warnings.turned).count(), Number(upsideDown), `${name}: turned`);
      assert.equal(await result.getByText(words.warnings.inverted).count(), Number(inverted), `${name}: inverted`);
    }
  });
}

visit("what gets no answer is said with its numbers", {}, async ({ page }) => {
  await dropFiles(page, [await film(page, normal)]);
  await rows(page, 1);
  await unfold(page);
  const facts = await page.getByTestId("gate-facts").innerText();
  assert.ok(facts.includes(words.model.compared));
  assert.ok(facts.includes(words.model.measures.refused));
  const card = page.getByTestId("model-card");
  assert.deepEqual(
    [await card.getAttribute("href"), await card.getAttribute("target"), await card.getAttribute("rel")],
    ["model-card.html", "_blank", "noopener"],
  );
});
