// The film in the element is looked at as on the page: enlarged to its own pixels, windowed on all its values, measured, seen alone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { View, WHOLE } from "../../packages/reader/src/view.js";
import { violations } from "../e2e/support/axe.js";
import { PHONE } from "../e2e/support/browser.js";
import { dicomFilm } from "../e2e/support/dicom.js";
import { local, normal, words } from "../e2e/support/files.js";
import { fileAt } from "../e2e/support/films.js";
import { pixels } from "../e2e/support/pixels.js";
import { portal, read } from "./support/portal.js";

const text = words.viewer;
const body = '<main><h1>Portal</h1><lungfield-reader id="reader" tools="zoom window invert rotate measure"></lungfield-reader></main>';
const near = (a, b, slack = 1e-6) => assert.ok(Math.abs(a - b) <= slack, `${a}, not ${b}`);
const button = (page, name) => page.getByRole("button", { name, exact: true });
const output = (page) => page.locator("lungfield-reader output.measured");
const detail = (page) => page.locator("lungfield-reader canvas.detail");

/** How the film lies on its stage, once that is drawn. */
const lie = (page) =>
  page.locator("lungfield-reader .sheet").evaluate(async (sheet) => {
    for (let frames = 0; frames < 2; frames += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
    const { a, b, e, f } = new DOMMatrix(getComputedStyle(sheet).transform);
    return { scale: Math.hypot(a, b), turn: Math.round((Math.atan2(b, a) * 180) / Math.PI), x: e, y: f };
  });

/** The mean grey of the stage, once it has settled. */
async function brightness(page) {
  await page.waitForTimeout(500);
  const { rgba } = await pixels(page.locator("lungfield-reader .frame"));
  return rgba.reduce((sum, value, i) => sum + (i % 4 === 3 ? 0 : value), 0) / (rgba.length * 0.75);
}

/** Has a DICOM film of 12 bits read, three times as large as its picture. */
async function openedDicom(page) {
  const { name, data, width } = await dicomFilm(page, fileAt(normal), 3);
  await page.evaluate(
    ([name, data]) => document.getElementById("reader").read(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name)),
    [name, data],
  );
  return width;
}

// The places of src/ui/state/view.rs: its own tests have the same.
test("places on the stage and on the film are the page's", () => {
  const view = new View();
  view.resize([400, 400], 2);
  view.show([1000, 500]);
  assert.deepEqual(view.toStage([0, 0]), [-200, -100]);
  assert.equal(view.magnification(), 0.8);
  assert.equal(view.transform(), "translate(0.00px, 0.00px) rotate(0deg) scale(1.00000)");
  assert.equal(view.wantedDetail(800), null);
  assert.deepEqual(view.wantedDetail(500), { part: { left: 0, top: 0, right: 1, bottom: 1 }, most: [800, 400] });
  assert.deepEqual(view.laid({ left: 0.5, top: 0.5, right: 1, bottom: 0.75 }), { left: 200, top: 200, width: 200, height: 50 });
  view.enlarge(2, [50, 20]);
  view.move([-9, 4]);
  const at = [30, -40];
  const place = view.toFilm(at);
  view.enlarge(1.7, at);
  view.toFilm(at).forEach((share, axis) => near(share, place[axis]));
  view.enlarge(1e6);
  assert.equal(view.magnification(), 8);
  view.move([1e6, -1e6]);
  view.toFilm([-200, 200]).forEach((share, axis) => near(share, axis));
  view.reset();
  view.turn(1);
  assert.deepEqual(view.toStage([0, 0]), [100, -200]);
  view.turn(-2);
  assert.deepEqual([view.turns, view.toStage([0, 0])], [3, [-100, 200]]);
  view.turn(1);
  view.fitOrCloser([0, 0]);
  assert.equal(view.zoom, 2);
  view.window = { centre: 0.3, width: 0.2 };
  view.changeWindow([0.5, -0.5]);
  near(view.window.centre, 0.4);
  near(view.window.width, 0.1);
  view.reset();
  assert.deepEqual([view.zoom, view.turns, view.window], [1, 0, WHOLE]);
});

portal("a film is enlarged to its own pixels, moved and turned, by mouse, wheel and keys", { body }, async ({ page }) => {
  await openedDicom(page);
  await detail(page).waitFor({ state: "hidden" });
  const probability = await page.evaluate(() => document.getElementById("reader").reading.probability);
  await button(page, text.own_pixels).click();
  await detail(page).waitFor();
  const [size, shown] = [await detail(page).evaluate(({ width, height }) => [width, height]), await detail(page).boundingBox()];
  near(size[0], shown.width, 2);
  near(size[1], shown.height, 2);
  assert.equal(await page.locator("lungfield-reader output").first().innerText(), "100%");
  const { x, y, width, height } = await page.locator("lungfield-reader .frame").boundingBox();
  const before = await lie(page);
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + 30, y + height / 2 + 20, { steps: 4 });
  await page.mouse.up();
  const after = await lie(page);
  near(after.x - before.x, 30, 1);
  near(after.y - before.y, 20, 1);
  await button(page, text.move_left).click();
  near((await lie(page)).x - after.x, 40, 1);
  await button(page, text.fit).click();
  assert.deepEqual(await lie(page), { scale: 1, turn: 0, x: 0, y: 0 });
  await detail(page).waitFor({ state: "hidden" });
  // The wheel is the page's until the film has the focus.
  await page.evaluate(() => document.activeElement.blur());
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.wheel(0, -200);
  assert.equal((await lie(page)).scale, 1);
  await page.locator("lungfield-reader .frame").focus();
  await page.mouse.wheel(0, -200);
  await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.getElementById("reader").shadowRoot.querySelector(".sheet")).transform).a > 1.5);
  await page.keyboard.press("=");
  await page.keyboard.press("r");
  assert.equal((await lie(page)).turn, 90);
  await page.keyboard.press(" ");
  assert.deepEqual(await lie(page), { scale: 1, turn: 0, x: 0, y: 0 });
  await page.mouse.dblclick(x + width / 2, y + height / 2);
  assert.ok((await lie(page)).scale > 1);
  assert.equal(await page.evaluate(() => document.getElementById("reader").reading.probability), probability);
});

portal("brightness and contrast are those of all the film's values, by steps, drags and names", { body }, async ({ page }) => {
  await openedDicom(page);
  const bare = await brightness(page);
  await button(page, text.tone).click();
  await button(page, text.brighter).click();
  await button(page, text.brighter).click();
  assert.ok((await brightness(page)) > bare + 3);
  // The window of the file has less than two thirds of its values.
  await button(page, text.preset_all).click();
  const all = await brightness(page);
  assert.ok(all < bare - 15, `${all}, ${bare}`);
  assert.equal(await button(page, text.preset_all).getAttribute("aria-pressed"), "true");
  await button(page, "BONE").click();
  assert.ok((await brightness(page)) < all);
  await button(page, text.preset_whole).click();
  near(await brightness(page), bare, 1);
  const { x, y, width, height } = await page.locator("lungfield-reader .frame").boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2, y + height / 2 - 60, { steps: 4 });
  await page.mouse.up();
  assert.ok((await brightness(page)) > bare + 3, "up is brighter");
  await button(page, text.reset).click();
  near(await brightness(page), bare, 1);
  await button(page, text.invert).click();
  assert.ok(Math.abs((await brightness(page)) - bare) > 5);
});

portal("a length is told at the detector where nobody has calibrated it, and a ratio once it is placed", { body }, async ({ page }) => {
  const width = await openedDicom(page);
  await button(page, text.length).click();
  await page.waitForFunction(() => /at the detector/.test(document.getElementById("reader").shadowRoot.querySelector("output.measured").textContent));
  const millimetres = async () => Number.parseFloat((await output(page).innerText()).match(/^[\d.]+/)[0]);
  const first = await millimetres();
  near(first, 0.3 * width * 0.2, 12);
  const handles = page.getByRole("slider");
  await handles.nth(1).focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await page.waitForFunction((first) => Number.parseFloat(document.getElementById("reader").shadowRoot.querySelector("output.measured").textContent) < first, first);
  const at = await handles.nth(1).boundingBox();
  await page.mouse.move(at.x + 22, at.y + 22);
  await page.mouse.down();
  await page.mouse.move(at.x + 92, at.y + 22, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction((first) => Number.parseFloat(document.getElementById("reader").shadowRoot.querySelector("output.measured").textContent) > first, first);
  assert.deepEqual(await violations(page), []);

  await button(page, text.ratio).click();
  await page.waitForFunction((begun) => document.getElementById("reader").shadowRoot.querySelector("output.measured").textContent === begun, text.ratio_begun);
  for (const nth of [0, 1, 2, 3]) {
    await handles.nth(nth).focus();
    await page.keyboard.press("Enter");
  }
  await page.waitForFunction(() => /[\d.]+$/.test(document.getElementById("reader").shadowRoot.querySelector("output.measured").textContent));
  await page.locator("lungfield-reader .frame").focus();
  await page.keyboard.press("Escape");
  await output(page).waitFor({ state: "hidden" });
  // A picture has no scale.
  await read(page, [normal]);
  await button(page, text.length).click();
  await page.waitForFunction((none) => document.getElementById("reader").shadowRoot.querySelector("output.measured").textContent === none, text.no_scale);
});

portal("held, the film is seen alone, and a finger that puts a point sees it magnified", { body, viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page, context }) => {
  await page.evaluate(() => (document.getElementById("reader").heat = "on"));
  await read(page, [local]);
  const heat = page.locator("lungfield-reader canvas.heat");
  await heat.waitFor();
  await page.locator("lungfield-reader .frame").scrollIntoViewIfNeeded();
  const frame = await page.locator("lungfield-reader .frame").boundingBox();
  const devtools = await context.newCDPSession(page);
  const touch = (type, ...points) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ id, x, y })) });
  await touch("touchStart", [frame.x + frame.width / 2, frame.y + frame.height / 2]);
  await heat.waitFor({ state: "hidden" });
  await touch("touchEnd");
  await heat.waitFor();
  await button(page, text.length).click();
  const handle = await page.getByRole("slider").first().boundingBox();
  const at = [handle.x + 22, handle.y + 22];
  await touch("touchStart", at);
  await touch("touchMove", [at[0] + 10, at[1] + 10]);
  await page.locator("lungfield-reader .loupe").waitFor();
  await touch("touchEnd");
  await page.locator("lungfield-reader .loupe").waitFor({ state: "hidden" });
});
