// One film: dropped, answered, explained.

import assert from "node:assert/strict";

import { commandReadings, manifest, normal, pneumonia, words } from "./support/files.js";
import { drop, rows, unfold } from "./support/films.js";
import { colouredShare, difference, pixels } from "./support/pixels.js";
import { visit } from "./support/visit.js";

/** The heat canvas in numbers: how many pixels it has and how many distinct opacities above nothing. */
function heatOf(page) {
  return page.getByTestId("heat-canvas").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const opacities = data.filter((_, i) => i % 4 === 3);
    return { pixels: opacities.length, painted: opacities.filter(Boolean).length, levels: new Set(opacities).size };
  });
}

/** The film on the page with all that lies over it. */
const film = (page) => page.getByTestId("film-canvas");

visit("a dropped film has an outcome, a probability and a heatmap", {}, async ({ page }) => {
  await drop(page, [pneumonia]);
  const [row] = await rows(page, 1);
  const [expected] = commandReadings([pneumonia]);
  assert.equal(row.status, "read");
  assert.equal(row.outcome, expected.outcome);
  assert.equal(await page.getByTestId("outcome").textContent(), words.outcomes[expected.outcome].name);
  const percent = (await page.getByTestId("probability").textContent()).match(/[\d.]+/)[0];
  assert.ok(Math.abs(percent / 100 - expected.probability) <= 0.01, `${percent} % for ${expected.probability}`);

  const heat = await heatOf(page);
  assert.ok(heat.painted > 0.01 * heat.pixels, `only ${heat.painted} of ${heat.pixels} pixels are painted`);
  assert.ok(heat.levels > 10, `the heatmap has only ${heat.levels} levels`);
  assert.ok((await colouredShare(film(page))) > 0.01, "no colour over the film");
});

visit("the model is named with its version and its whole hash", {}, async ({ page }) => {
  await drop(page, [normal]);
  await rows(page, 1);
  const name = await page.getByTestId("model-name").textContent();
  assert.equal(await page.getByTestId("model-hash").count(), 0, "made before anybody asked");
  for (const part of [manifest.name, manifest.version, manifest.sha256.slice(0, 8)]) assert.ok(name.includes(part), name);
  await page.getByTestId("model-name").click();
  assert.equal(await page.getByTestId("model-hash").textContent(), manifest.sha256);
});

visit("the heatmap can be switched off and on again", {}, async ({ page }) => {
  await drop(page, [pneumonia]);
  await rows(page, 1);
  const toggle = page.getByTestId("heat-toggle");
  const heated = await pixels(film(page));
  assert.equal(await toggle.getAttribute("aria-checked"), "true");
  await toggle.click();
  assert.equal(await toggle.getAttribute("aria-checked"), "false");
  assert.equal(await colouredShare(film(page)), 0);
  await toggle.click();
  assert.equal(difference(await pixels(film(page)), heated), 0);
});

visit("the heatmap's opacity can be set", {}, async ({ page }) => {
  await drop(page, [pneumonia]);
  await rows(page, 1);
  const at = async (percent) => {
    await page.getByTestId("heat-opacity").fill(String(percent));
    return pixels(film(page));
  };
  const [faint, half, full] = [await at(10), await at(50), await at(100)];
  await page.getByTestId("heat-toggle").click();
  const bare = await pixels(film(page));
  const strengths = [faint, half, full].map((shot) => difference(shot, bare));
  assert.ok(0 < strengths[0] && 2 * strengths[0] < strengths[1] && 1.5 * strengths[1] < strengths[2], String(strengths));
});

visit("a finger on the film shows it alone", {}, async ({ page }) => {
  await drop(page, [pneumonia]);
  await rows(page, 1);
  await film(page).hover();
  await page.mouse.down();
  assert.equal(await colouredShare(film(page)), 0);
  await page.mouse.up();
  assert.ok((await colouredShare(film(page))) > 0.01);
});

visit("the evidence for and against pneumonia are different maps", {}, async ({ page }) => {
  await drop(page, [pneumonia]);
  await rows(page, 1);
  const choose = async (text) => {
    await page.getByText(text, { exact: true }).click();
    return pixels(film(page));
  };
  const [on, against] = [await choose(words.heat.pneumonia), await choose(words.heat.normal)];
  assert.ok(difference(on, against) > 0.1);
});

visit("a demo film is one tap away", {}, async ({ page }) => {
  await page.locator('[data-testid=demo][data-file="NORMAL2-IM-1427-0001.jpeg"]').click();
  const [row] = await rows(page, 1);
  assert.deepEqual([row.name, row.status], ["NORMAL2-IM-1427-0001.jpeg", "read"]);
});

visit("what is said of the model names its films, their number and the interval", {}, async ({ page }) => {
  await drop(page, [normal]);
  await rows(page, 1);
  await unfold(page);
  const text = await page.locator("body").innerText();
  const { films: named, measures, point_names: points } = words.model;
  for (const { films, metrics } of manifest.measured) {
    assert.ok(text.includes(named.groups[films.group]), `no ${films.group}`);
    assert.ok(!films.split || text.includes(named.splits[films.split]), `no ${films.split}`);
    assert.ok(text.includes(films.count.toLocaleString("en")), `no count ${films.count}`);
    for (const [metric, { value, low }] of Object.entries(metrics)) {
      assert.ok(text.includes(measures[metric]), `no ${metric}`);
      const percent = value.toLocaleString("en", { style: "percent", maximumFractionDigits: 1 });
      assert.ok(low === undefined || metric === "auroc" || text.includes(percent), `no ${percent} of ${metric}`);
    }
  }
  for (const { name } of manifest.operating_points) assert.ok(text.includes(points[name]), `no operating point "${name}"`);
});

visit("a film that was removed is gone, and the page starts afresh", {}, async ({ page }) => {
  await drop(page, [pneumonia, normal]);
  await rows(page, 2);
  await page.getByTestId("remove").click();
  const [row] = await rows(page, 1);
  assert.equal(row.name, "NORMAL2-IM-1427-0001.jpeg");
  await page.getByTestId("clear").click();
  assert.equal(await page.getByTestId("film-row").count(), 0);
  assert.ok(await page.getByText(words.start.title).isVisible());
});
