// One film: dropped, answered, explained.

import assert from "node:assert/strict";

import { commandReadings, local, manifest, normal, pneumonia, spread, words } from "./support/files.js";
import { drop, rows, unfold } from "./support/films.js";
import { colouredShare, difference, pixels } from "./support/pixels.js";
import { visit } from "./support/visit.js";

/** The film on the page with all that lies over it. */
const film = (page) => page.getByTestId("film-canvas");

visit("a dropped film has an outcome and a probability, and lies undisturbed", {}, async ({ page }) => {
  await drop(page, [pneumonia]);
  const [row] = await rows(page, 1);
  const [expected] = commandReadings([pneumonia]);
  assert.equal(row.status, "read");
  assert.equal(row.outcome, expected.outcome);
  assert.equal(await page.getByTestId("outcome").textContent(), words.outcomes[expected.outcome].name);
  const percent = (await page.getByTestId("probability").textContent()).match(/[\d.]+/)[0];
  assert.ok(Math.abs(percent / 100 - expected.probability) <= 0.01, `${percent} % for ${expected.probability}`);

  assert.equal(await colouredShare(film(page)), 0, "something lies over the film that nobody asked for");
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

/** Switches something on or off, and gives the film as it looks then. */
async function switched(page, id, on) {
  const toggle = page.getByTestId(id);
  assert.equal(await toggle.getAttribute("aria-checked"), String(!on));
  await toggle.click();
  assert.equal(await toggle.getAttribute("aria-checked"), String(on));
  return pixels(film(page));
}

visit("where the model looked is drawn when it is asked for, and its strongest places alone", {}, async ({ page }) => {
  await drop(page, [local]);
  await rows(page, 1);
  const bare = await pixels(film(page));
  const drawn = await switched(page, "heat-toggle", true);
  assert.ok((await page.getByTestId("evidence").innerText()).includes(words.heat.places));
  const share = await colouredShare(film(page));
  assert.ok(share > 0.01 && share < 0.3, `${share} of the film is coloured`);
  assert.ok(difference(drawn, bare) > 0);
  await switched(page, "heat-toggle", false);
  assert.equal(await colouredShare(film(page)), 0);
});

visit("where most of the lungs look alike, the film stays bare and it is said", {}, async ({ page }) => {
  await drop(page, [spread]);
  await rows(page, 1);
  await page.getByTestId("heat-toggle").click();
  assert.ok((await page.getByTestId("evidence").innerText()).includes(words.heat.no_place));
  assert.equal(await colouredShare(film(page)), 0);
});

visit("a finger on the film shows it alone", {}, async ({ page }) => {
  await drop(page, [local]);
  await rows(page, 1);
  await switched(page, "heat-toggle", true);
  await film(page).hover({ position: { x: 5, y: 5 } });
  await page.mouse.down();
  assert.equal(await colouredShare(film(page)), 0);
  await page.mouse.up();
  await page.getByTestId("heat-canvas").waitFor();
  assert.ok((await colouredShare(film(page))) > 0.01);
});

visit("what speaks against pneumonia comes with what speaks for it, and only when asked for", {}, async ({ page }) => {
  await drop(page, [normal]);
  await rows(page, 1);
  const found = page.getByTestId("evidence");
  await page.getByTestId("heat-toggle").click();
  assert.ok((await found.innerText()).includes(words.heat.pneumonia) && !(await found.innerText()).includes(words.heat.normal));
  await page.getByText(words.heat.more).click();
  await switched(page, "against-toggle", true);
  for (const text of [words.heat.pneumonia, words.heat.normal]) assert.ok((await found.innerText()).includes(text), text);
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
