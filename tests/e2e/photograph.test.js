// A photograph of a film is called one, its film is squared, and its corners can be put right by hand and by keyboard.

import assert from "node:assert/strict";

import { violations } from "./support/axe.js";
import { commandReadings, fixturePath, pneumonia, words } from "./support/files.js";
import { drop, rows, showAnyway } from "./support/films.js";
import { visit } from "./support/visit.js";

const photograph = fixturePath("photograph.jpeg");

/** Where the four handles are, in shares of the picture. */
const places = (page) =>
  page.getByTestId("corner").evaluateAll((all) =>
    all.map((handle) => ["cx", "cy"].map((name) => Number.parseFloat(handle.getAttribute(name)) / 100)),
  );

const unfoldCorners = (page) => page.getByTestId("corners").evaluate((details) => (details.open = true));

visit("a photograph shows where its film was found, and answers as the command does", {}, async ({ page }) => {
  await drop(page, [photograph]);
  await rows(page, 1);
  await showAnyway(page);
  const [row] = await rows(page, 1);
  const [reading] = commandReadings([photograph]);
  assert.equal(row.status, "read");
  assert.ok(Math.abs(row.probability - reading.probability) < 1e-3, `${row.probability}, not ${reading.probability}`);
  assert.ok((await page.getByText(words.warnings.photograph).count()) > 0);
  await unfoldCorners(page);
  const found = await places(page);
  for (const [i, corner] of reading.photograph.corners.entries()) {
    for (const axis of [0, 1]) assert.ok(Math.abs(found[i][axis] - corner[axis]) < 0.002, `corner ${i}`);
  }
  assert.deepEqual(await violations(page), []);
});

visit("a corner follows the arrow keys and the finger, and the film is read again there", {}, async ({ page }) => {
  await drop(page, [photograph]);
  await rows(page, 1);
  await unfoldCorners(page);
  const before = await places(page);
  const handle = page.getByTestId("corner").first();
  await handle.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("ArrowDown");
  let [first] = await places(page);
  assert.ok(Math.abs(first[0] - before[0][0] - 0.05) < 1e-3 && Math.abs(first[1] - before[0][1] - 0.005) < 1e-3, String(first));

  const box = await handle.boundingBox();
  assert.ok(box.width >= 44 && box.height >= 44, "the handle is too small for a finger");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 30, box.y + box.height / 2 + 20, { steps: 4 });
  await page.mouse.up();
  const [dragged] = await places(page);
  assert.ok(dragged[0] > first[0] && dragged[1] > first[1], String(dragged));

  const canvas = page.getByTestId("film-canvas");
  const size = () => canvas.evaluate(({ width, height }) => `${width} x ${height}`);
  const was = await size();
  await page.getByTestId("use-corners").click();
  await page.waitForFunction(
    ([was, user]) => {
      const canvas = document.querySelector("[data-testid=film-canvas]");
      const told = document.querySelector("[data-testid=corners]").textContent;
      return canvas && `${canvas.width} x ${canvas.height}` !== was && told.includes(user);
    },
    [was, words.photograph.user],
  );
  const kept = await places(page);
  assert.ok(Math.abs(kept[0][0] - dragged[0]) < 1e-3, "the corner went back");
});

visit("the rectangle around the lungs follows the arrow keys, and the film is read by the lungs in it, or by those that are found", {}, async ({ page }) => {
  await drop(page, [pneumonia]);
  await rows(page, 1);
  await showAnyway(page);
  const text = (words) => page.getByText(words.warnings["lungs-by-hand"]);
  assert.equal(await text(words).count(), 0);
  await page.getByTestId("lung-editor").locator("summary").click();
  const corners = page.getByTestId("lung-corner");
  const [reading] = commandReadings([pneumonia]);
  const left = async () => Number.parseFloat(await corners.first().getAttribute("cx")) / 100;
  const found = await left();
  assert.ok(Math.abs(found - reading.lungs.rectangle.left) < 0.002, `${found}, not ${reading.lungs.rectangle.left}`);
  assert.deepEqual(await violations(page), []);
  await corners.first().focus();
  await page.keyboard.press("Shift+ArrowRight");
  const set = await left();
  assert.ok(Math.abs(set - found - 0.05) < 1e-3, `${found} to ${set}`);
  assert.equal(await page.getByTestId("find-lungs").count(), 0);
  await page.getByTestId("use-rectangle").click();
  await page.getByTestId("find-lungs").waitFor();
  await text(words).first().waitFor({ state: "attached" });
  assert.ok(Math.abs((await left()) - set) < 1e-3, "the corner went back");
  const [again] = commandReadings([pneumonia], "--lungs", [set, ...["top", "right", "bottom"].map((side) => reading.lungs.rectangle[side])].join());
  const [row] = await rows(page, 1);
  assert.ok(Math.abs(row.probability - again.probability) < 2e-3, `${row.probability}, not ${again.probability}`);
  await page.getByTestId("find-lungs").click();
  await page.getByTestId("find-lungs").waitFor({ state: "detached" });
  assert.equal(await text(words).count(), 0);
});

visit("corners that no film lies between cannot be used", { viewport: { width: 320, height: 640 } }, async ({ page }) => {
  await drop(page, [photograph]);
  await rows(page, 1);
  await unfoldCorners(page);
  await page.getByTestId("corner").first().focus();
  for (let i = 0; i < 20; i += 1) await page.keyboard.press("Shift+ArrowRight");
  assert.ok(await page.getByTestId("use-corners").isDisabled());
  assert.ok((await page.getByTestId("corners").innerText()).includes(words.photograph.bad));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page scrolls sideways");
});

visit("a film's own file has no corners, and says how good it is", {}, async ({ page }) => {
  await drop(page, [pneumonia]);
  await rows(page, 1);
  await showAnyway(page);
  assert.equal(await page.getByTestId("corners").count(), 0);
  const [reading] = commandReadings([pneumonia]);
  const quality = await page.getByTestId("quality").textContent();
  assert.ok(quality.includes(words.quality.grades[reading.quality.grade]), quality);
  for (const { kind, grade } of reading.quality.findings) {
    assert.equal(quality.includes(words.quality.flaws[kind]), grade !== "adequate", kind);
  }
});
