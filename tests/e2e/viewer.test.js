// The film can be looked at closely, by finger, mouse and keys, and its answer stays what it is.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { violations } from "./support/axe.js";
import { DESKTOP, PHONE } from "./support/browser.js";
import { dicomFilm } from "./support/dicom.js";
import { commandReadings, local, normal, pneumonia, words } from "./support/files.js";
import { drop, dropFiles, fileAt, rows } from "./support/films.js";
import { colouredShare, difference, pixels } from "./support/pixels.js";
import { visit } from "./support/visit.js";

const touch = { hasTouch: true, isMobile: true };

/** Drops films, waits for their answers, and goes to the top. */
async function opened(page, ...films) {
  await drop(page, films);
  await rows(page, films.length);
  await page.evaluate(() => scrollTo(0, 0));
}

/** How the film lies on its stage: its scale and turn, and where its middle is from the stage's, in CSS pixels. */
const lie = (page) =>
  page.getByTestId("plate").evaluate(async (plate) => {
    // What was just done is drawn with the next frame.
    for (let frames = 0; frames < 2; frames += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
    const { a, b, e, f } = new DOMMatrix(getComputedStyle(plate).transform);
    return { scale: Math.hypot(a, b), turn: Math.round((Math.atan2(b, a) * 180) / Math.PI), x: e, y: f };
  });

const near = (a, b, slack = 0.5) => assert.ok(Math.abs(a - b) <= slack, `${a}, not ${b}`);

/** The middle of the stage in the window. */
async function middle(page) {
  const { x, y, width, height } = await page.getByTestId("stage").boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
}

/** Puts fingers on the film, moves and lifts them: places from the middle of the stage. */
async function fingers(page, context) {
  const devtools = await context.newCDPSession(page);
  const { x, y } = await middle(page);
  return (type, ...points) =>
    devtools.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map(([dx, dy], id) => ({ id, x: x + dx, y: y + dy })),
    });
}

/** The film on the stage as it is seen, without what lies over its edges. */
async function seen(page) {
  // A film is painted anew a moment after its tone was changed.
  await page.waitForTimeout(400);
  return pixels(page.getByTestId("film-canvas"));
}

/** The grey in the middle. */
const middleOf = ({ width, height, rgba }) => rgba[4 * (Math.floor(height / 2) * width + Math.floor(width / 2))];

const mean = ({ rgba }) => rgba.reduce((sum, value, i) => sum + (i % 4 === 3 ? 0 : value), 0) / (rgba.length * 0.75);

visit("two fingers enlarge the film about their middle, and lifting one lets nothing jump", { viewport: PHONE, ...touch }, async ({ page, context }) => {
  await opened(page, pneumonia);
  const touchAt = await fingers(page, context);
  await page.evaluate(() => addEventListener("pointerdown", (event) => (window.secondFinger = event)));
  await touchAt("touchStart", [-20, 0], [20, 0]);
  for (const reach of [30, 45, 60]) await touchAt("touchMove", [-reach, 0], [reach, 0]);
  let now = await lie(page);
  near(now.scale, 3, 0.05);
  near(now.y, 0, 1.5);
  // DevTools lift all fingers or none.
  await page.locator(".surface").evaluate((film) => {
    const lift = ({ pointerId, clientX, clientY }) => film.dispatchEvent(new PointerEvent("pointerup", { bubbles: true, pointerId, clientX, clientY }));
    lift(window.secondFinger);
  });
  const after = await lie(page);
  assert.deepEqual(after, now);
  await touchAt("touchMove", [-50, 5]);
  now = await lie(page);
  near(now.x, after.x + 10, 1);
  near(now.y, after.y + 5, 1);
  await touchAt("touchEnd");
  assert.deepEqual((await rows(page, 1)).length, 1);
});

visit("a finger scrolls the page from the film until the film is enlarged; two taps enlarge it and bring it back", { viewport: PHONE, ...touch }, async ({ page, context }) => {
  await opened(page, normal);
  const touchAction = () => page.getByTestId("stage").evaluate((stage) => getComputedStyle(stage).touchAction);
  assert.equal(await touchAction(), "pan-y");
  const touchAt = await fingers(page, context);
  const tap = async () => {
    await touchAt("touchStart", [30, 20]);
    await touchAt("touchEnd");
  };
  await tap();
  await tap();
  const { scale } = await lie(page);
  assert.ok(scale > 1.5, `enlarged ${scale} times`);
  assert.equal(await touchAction(), "none");
  await page.waitForTimeout(400);
  await tap();
  await tap();
  assert.deepEqual(await lie(page), { scale: 1, turn: 0, x: 0, y: 0 });
  assert.equal(await touchAction(), "pan-y");
});

visit("the wheel enlarges with Ctrl, and without it where the film has the focus", {}, async ({ page }) => {
  await opened(page, pneumonia);
  const { x, y } = await middle(page);
  await page.mouse.move(x + 100, y - 50);
  await page.mouse.wheel(0, -200);
  assert.equal((await lie(page)).scale, 1, "the wheel is the page's");
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector("[data-testid=plate]")).transform).a > 1.5);
  const now = await lie(page);
  near(now.x, 100 * (1 - now.scale), 1.5);
  near(now.y, -50 * (1 - now.scale), 1.5);
  await page.getByTestId("stage").focus();
  await page.mouse.wheel(0, 2000);
  await page.waitForFunction(() => new DOMMatrix(getComputedStyle(document.querySelector("[data-testid=plate]")).transform).a === 1);
});

visit("an enlarged film is moved with the mouse, and never off its stage", {}, async ({ page }) => {
  await opened(page, pneumonia);
  const { x, y } = await middle(page);
  const drag = async (dx, dy) => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx, y + dy, { steps: 5 });
    await page.mouse.up();
  };
  await drag(80, 40);
  assert.deepEqual(await lie(page), { scale: 1, turn: 0, x: 0, y: 0 });
  for (let i = 0; i < 6; i += 1) await page.getByTestId("larger").click();
  await drag(80, 40);
  const now = await lie(page);
  near(now.x, 80, 1);
  near(now.y, 40, 1);
  for (let i = 0; i < 9; i += 1) await drag(300, 200);
  const stage = await page.getByTestId("stage").boundingBox();
  const film = await page.getByTestId("plate").boundingBox();
  assert.ok(film.x <= stage.x + 1 && film.y <= stage.y + 1, "the film has left its stage");
});

visit("keys do what the mouse does, and the answer stays", {}, async ({ page }) => {
  await opened(page, local);
  const [before] = await rows(page, 1);
  const stage = page.getByTestId("stage");
  await stage.focus();
  const [bare, pressed] = [await seen(page), (...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve())];
  await pressed("+", "+", "+", "ArrowRight", "ArrowDown");
  let now = await lie(page);
  near(now.scale, 1.25 ** 3, 0.01);
  near(now.x, -40, 1);
  near(now.y, -40, 1);
  await pressed("-", "=");
  assert.equal((await lie(page)).scale, 1);
  await pressed("r", "r", "l");
  assert.equal((await lie(page)).turn, 90);
  await pressed("Space");
  assert.deepEqual(await lie(page), { scale: 1, turn: 0, x: 0, y: 0 });

  await pressed("i");
  const inverted = await seen(page);
  near(middleOf(bare) + middleOf(inverted), 255, 4);
  await pressed("w", "ArrowUp", "ArrowUp", "Escape", "i");
  const brighter = await seen(page);
  assert.ok(mean(brighter) > mean(bare) + 2, `${mean(brighter)}, ${mean(bare)}`);
  await pressed("Space");
  assert.ok(difference(await seen(page), bare) < 0.5, "not as at first");

  await page.getByTestId("heat-toggle").click();
  await stage.focus();
  assert.ok((await colouredShare(page.getByTestId("film-canvas"))) > 0.01);
  await page.keyboard.down("o");
  // The focus has a colour too.
  assert.ok((await colouredShare(page.getByTestId("film-canvas"))) < 0.001);
  await page.keyboard.up("o");
  await page.getByTestId("heat-canvas").waitFor();
  assert.deepEqual(await rows(page, 1), [before]);
});

visit("whatever is dragged can be pressed, one press at a time", {}, async ({ page }) => {
  await opened(page, normal);
  const press = (id) => page.getByTestId(id).click();
  const bare = mean(await seen(page));
  await press("tone");
  await press("brighter");
  const brighter = mean(await seen(page));
  assert.ok(brighter > bare + 1, `${brighter}, ${bare}`);
  await press("preset-dense");
  assert.equal(await page.getByTestId("preset-dense").getAttribute("aria-pressed"), "true");
  assert.ok(mean(await seen(page)) < bare);
  await press("preset-whole");
  near(mean(await seen(page)), bare, 0.5);
  await press("turn-right");
  assert.equal((await lie(page)).turn, 90);
  await press("reset");
  for (let times = 0; times < 3; times += 1) await press("larger");
  await press("move-left");
  near((await lie(page)).x, 40, 1);
  await press("own-pixels");
  assert.match(await page.getByTestId("magnification").innerText(), /^100/);
  await press("fit");
  assert.equal((await lie(page)).scale, 1);
});

visit("with brightness in the hand a drag changes it, up for brighter", {}, async ({ page }) => {
  await opened(page, normal);
  const bare = mean(await seen(page));
  await page.getByTestId("stage").focus();
  await page.keyboard.press("w");
  const { x, y } = await middle(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y - 60, { steps: 6 });
  await page.mouse.up();
  assert.ok(mean(await seen(page)) > bare + 5);
  assert.deepEqual(await lie(page), { scale: 1, turn: 0, x: 0, y: 0 });
});

visit("another film is looked at afresh", {}, async ({ page }) => {
  await opened(page, pneumonia, normal);
  await page.getByTestId("larger").click();
  await page.getByTestId("invert").click();
  await page.getByTestId("film-row").nth(1).getByRole("button").click();
  await page.waitForFunction(() => document.querySelector("[data-testid=invert]").ariaPressed === "false");
  assert.deepEqual(await lie(page), { scale: 1, turn: 0, x: 0, y: 0 });
});

visit("the film takes the room when it is asked for", {}, async ({ page }) => {
  await opened(page, pneumonia, normal);
  const width = async () => (await page.getByTestId("stage").boundingBox()).width;
  const was = await width();
  await page.getByTestId("wide").click();
  assert.ok((await width()) > 1.3 * was, `${await width()}, ${was}`);
  assert.ok(await page.getByTestId("outcome").isVisible(), "the answer is gone");
  assert.ok(!(await page.getByTestId("film-row").first().isVisible()));
  await page.getByTestId("wide").click();
  assert.equal(await width(), was);
});

/** Opens a DICOM film. */
async function openedDicom(page) {
  const film = await dicomFilm(page, fileAt(normal));
  await dropFiles(page, [film]);
  const [row] = await rows(page, 1);
  assert.equal(row.status, "read");
  await page.evaluate(() => scrollTo(0, 0));
  return film;
}

visit("a film's own pixels come when it is enlarged, and all its values when its window is changed", {}, async ({ page }) => {
  await openedDicom(page);
  const detail = page.getByTestId("detail-canvas");
  assert.equal(await detail.count(), 0, "detail that nobody asked for");
  await page.getByTestId("own-pixels").click();
  await detail.waitFor();
  const [size, shown] = [await detail.evaluate(({ width, height }) => [width, height]), await detail.boundingBox()];
  near(size[0], shown.width, 2);
  near(size[1], shown.height, 2);
  assert.match(await page.getByTestId("magnification").innerText(), /^100/);
  await page.getByTestId("fit").click();
  await detail.waitFor({ state: "detached" });

  const bare = await seen(page);
  await page.getByTestId("tone").click();
  await page.getByTestId("softer").click();
  await page.getByTestId("preset-all").click();
  const all = await seen(page);
  // The window has less than two thirds of the values.
  assert.ok(mean(all) < mean(bare) - 20, `${mean(all)}, ${mean(bare)}`);
  await page.getByText("BONE").click();
  assert.ok(mean(await seen(page)) < mean(all));
  await page.getByTestId("preset-whole").click();
  near(mean(await seen(page)), mean(bare), 1);
});

visit("whose film it is stands on its edges, goes with one tap, and is kept nowhere", {}, async ({ page, said }) => {
  const film = await openedDicom(page);
  const identity = page.getByTestId("identity");
  const text = await identity.innerText();
  for (const part of ["ROE, RICHARD", "LF-0042", "M", "3 years", "2024-01-31", "PA"]) assert.ok(text.includes(part), text);
  assert.deepEqual(await page.getByTestId("side").allInnerTexts(), ["L", "R"]);
  await page.getByText(words.viewer.tags).click();
  assert.ok((await page.getByTestId("tags").innerText()).includes("ROE^RICHARD"));
  await identity.click();
  assert.ok(!(await page.getByTestId("stage").innerText()).includes("ROE"));
  await identity.click();
  assert.ok((await page.getByTestId("stage").innerText()).includes("ROE"));
  const folder = mkdtempSync(join(tmpdir(), "lungfield-"));
  try {
    writeFileSync(join(folder, film.name), Buffer.from(film.data, "base64"));
    assert.doesNotMatch(JSON.stringify(commandReadings([join(folder, film.name)])), /ROE|LF-0042|20240131|2024-01-31/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.title]));
  assert.doesNotMatch(kept + said.join(), /ROE|LF-0042/);
});

visit("a length is told at the detector where nobody has calibrated it, and follows drags, keys and taps", {}, async ({ page }) => {
  const { width } = await openedDicom(page);
  await page.getByTestId("length").click();
  const measured = page.getByTestId("measured");
  const millimetres = async () => Number.parseFloat((await measured.innerText()).match(/^[\d.]+/)[0]);
  assert.match(await measured.innerText(), /at the detector/);
  const first = await millimetres();
  // The points are at 35 and 65 % of the film, of which a margin may have been cut off.
  near(first, 0.3 * width * 0.2, 6);
  const handle = page.getByTestId("handle").nth(1);
  const at = await handle.boundingBox();
  await page.mouse.move(at.x + 22, at.y + 22);
  await page.mouse.down();
  await page.mouse.move(at.x + 72, at.y + 22, { steps: 4 });
  await page.mouse.up();
  const longer = await millimetres();
  assert.ok(longer > first + 5, `${longer}, ${first}`);
  await handle.focus();
  await page.keyboard.press("Shift+ArrowLeft");
  assert.ok((await millimetres()) < longer);
  const { x, y } = await middle(page);
  await page.mouse.click(x, y);
  near(await millimetres(), first / 2, 2);
  // The same length, however large the film is shown.
  const short = await millimetres();
  await page.getByTestId("turn-right").click();
  near(await millimetres(), short, 0.2);
});

visit("a picture has no millimetres, and a ratio is none until its lines are placed", {}, async ({ page }) => {
  await opened(page, normal);
  const measured = page.getByTestId("measured");
  await page.getByTestId("length").click();
  assert.equal(await measured.innerText(), words.viewer.no_scale);
  await page.getByTestId("angle").click();
  assert.match(await measured.innerText(), /^[\d.]+°$/);
  await page.getByTestId("ratio").click();
  assert.equal(await measured.innerText(), words.viewer.ratio_begun);
  const handles = page.getByTestId("handle");
  assert.equal(await handles.count(), 4);
  for (const nth of [0, 1, 2, 3]) {
    assert.equal(await measured.innerText(), words.viewer.ratio_begun);
    await handles.nth(nth).focus();
    await page.keyboard.press(nth ? "Enter" : "ArrowLeft");
  }
  const ratio = async () => Number.parseFloat((await measured.innerText()).match(/[\d.]+$/)[0]);
  const before = await ratio();
  await handles.nth(1).focus();
  await page.keyboard.press("Shift+ArrowRight");
  assert.ok((await ratio()) > before);
  await page.getByTestId("ratio").click();
  assert.equal(await page.getByTestId("measure").count(), 0);
});

visit("a finger that puts a point sees it magnified beside itself", { viewport: PHONE, ...touch }, async ({ page, context }) => {
  await opened(page, pneumonia);
  await page.getByTestId("more-tools").click();
  await page.getByTestId("length").click();
  const handle = await page.getByTestId("handle").first().boundingBox();
  const { x, y } = await middle(page);
  const at = [handle.x + 22 - x, handle.y + 22 - y];
  const touchAt = await fingers(page, context);
  await touchAt("touchStart", at);
  await touchAt("touchMove", [at[0] + 10, at[1] + 10]);
  await page.getByTestId("loupe").waitFor();
  await touchAt("touchEnd");
  await page.getByTestId("loupe").waitFor({ state: "detached" });
});

for (const [size, profile] of Object.entries({ phone: { viewport: PHONE, ...touch }, desktop: { viewport: DESKTOP } })) {
  visit(`axe finds nothing wrong with the tools, ${size}`, profile, async ({ page }) => {
    await opened(page, pneumonia);
    if (size === "phone") {
      assert.ok(!(await page.getByTestId("larger").isVisible()), "tools crowd the film");
      await page.getByTestId("more-tools").click();
    }
    await page.getByTestId("tone").click();
    await page.getByTestId("larger").click();
    assert.deepEqual(await violations(page), []);
    const overhang = await page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
    assert.equal(overhang, 0);
  });
}

for (const [name, viewport] of Object.entries({ "on a phone": PHONE, "on a phone held across": { width: 844, height: 390 } })) {
  visit(`${name} nothing lies over the tools`, { viewport, ...touch }, async ({ page }) => {
    await opened(page, local);
    await page.getByTestId("more-tools").tap();
    const tools = page.locator(".tools button:visible");
    assert.ok((await tools.count()) > 5);
    for (const tool of await tools.all()) {
      await tool.scrollIntoViewIfNeeded();
      const isOnTop = await tool.evaluate((button) => {
        const { x, y, width, height } = button.getBoundingClientRect();
        return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
      });
      assert.ok(isOnTop, await tool.evaluate((button) => button.outerHTML));
    }
  });
}
