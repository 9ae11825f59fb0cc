// The answer and the film come first, at every size and in every language, and one film follows the other.

import assert from "node:assert/strict";

import { DESKTOP, PHONE } from "./support/browser.js";
import { demoPath, fixturePath, local, normal, pneumonia, words } from "./support/files.js";
import { drop, rows, show } from "./support/films.js";
import { visit } from "./support/visit.js";

const MANY = [pneumonia, normal, fixturePath("bad/truncated-50.jpeg"), local];
const touch = { hasTouch: true, isMobile: true };

/** Where an element is on the screen. */
const box = (page, id) => page.getByTestId(id).boundingBox();

for (const [name, profile] of Object.entries({
  "on a phone": { viewport: PHONE, ...touch },
  "on a small phone": { viewport: { width: 320, height: 640 }, ...touch },
  "on a phone held across": { viewport: { width: 844, height: 390 }, ...touch },
  "enlarged to 200 %": { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  "on a desktop": { viewport: DESKTOP },
})) {
  for (const locale of ["en-GB", "hi-IN"]) {
    visit(`${name} the outcome is above half of the first screen, and the film is on it, ${locale}`, { ...profile, locale }, async ({ page }) => {
      await drop(page, [pneumonia, normal]);
      await rows(page, 2);
      await page.evaluate(() => scrollTo(0, 0));
      const { height } = page.viewportSize();
      const [outcome, film] = [await box(page, "outcome"), await box(page, "film-canvas")];
      assert.ok(outcome.y < height / 2, `the outcome begins at ${outcome.y} of ${height}`);
      assert.ok(film.y + film.height <= height, `the film ends at ${film.y + film.height} of ${height}`);
    });
  }
}

visit("on a phone the answer stays in sight while the rest is scrolled", { viewport: PHONE, ...touch }, async ({ page }) => {
  await drop(page, [pneumonia]);
  await rows(page, 1);
  await page.evaluate(() => scrollTo(0, 300));
  assert.ok((await box(page, "outcome")).y >= 0);
});

visit("films follow each other by arrow and by finger, and the list is a sheet", { viewport: PHONE, ...touch }, async ({ page, context }) => {
  await drop(page, MANY);
  await rows(page, MANY.length);
  const place = page.getByTestId("where");
  assert.equal(await place.innerText(), "1 of 4");
  await page.getByLabel(words.films.next).tap();
  assert.equal(await place.innerText(), "2 of 4");

  const devtools = await context.newCDPSession(page);
  let { x, y, width, height } = await box(page, "film-canvas");
  const touchAt = (type, ...points) =>
    devtools.send("Input.dispatchTouchEvent", { type, touchPoints: points.map((share) => ({ x: x + share * width, y: y + height / 3 })) });
  const sweep = async (from, to) => {
    await touchAt("touchStart", from);
    await touchAt("touchMove", (from + to) / 2);
    await touchAt("touchMove", to);
    await touchAt("touchEnd");
  };
  await sweep(0.2, 0.8);
  assert.equal(await place.innerText(), "1 of 4");
  await sweep(0.8, 0.2);
  assert.equal(await place.innerText(), "2 of 4");
  ({ x, y, width, height } = await box(page, "outcome"));
  await sweep(0.2, 0.8);
  assert.equal(await place.innerText(), "1 of 4", "over the answer");
  await sweep(0.8, 0.2);

  const row = page.getByTestId("film-row").first();
  assert.ok(!(await row.isVisible()));
  await show(page, 3);
  await row.waitFor({ state: "hidden" });
  assert.equal(await place.innerText(), "4 of 4");
});

visit("the list is counted up by outcome, and a count leaves only its films", {}, async ({ page }) => {
  await drop(page, MANY);
  const found = await rows(page, MANY.length);
  const chip = page.getByTestId("chip").filter({ hasText: words.outcomes.likely.zone }).first();
  const likely = found.filter(({ outcome }) => outcome === "likely").length;
  assert.ok((await chip.innerText()).includes(String(likely)));
  await chip.click();
  assert.equal(await page.getByTestId("film-row").count(), likely);
  await chip.click();
  assert.equal(await page.getByTestId("film-row").count(), MANY.length);
});

visit("the arrow keys go through the films, of one outcome alone if that is asked for", {}, async ({ page }) => {
  const films = [...MANY, demoPath("person1946_bacteria_4874.jpeg")];
  await drop(page, films);
  const found = await rows(page, films.length);
  const current = () => page.locator("[data-testid=film-row]:has([aria-current])").locator(".name").innerText();
  await page.keyboard.press("ArrowRight");
  assert.equal(await current(), found[1].name);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await current(), found[0].name);
  const likely = found.filter(({ outcome }) => outcome === "likely");
  await page.getByTestId("chip").filter({ hasText: words.outcomes.likely.zone }).first().click();
  await page.keyboard.press("ArrowRight");
  assert.equal(await current(), likely[1].name);
  await page.getByTestId("prevalence").locator("summary").click();
  await page.getByTestId("prevalence").locator("input").press("ArrowLeft");
  assert.equal(await current(), likely[1].name, "an input has the arrows for itself");
});

visit("the sheet is opened and closed by button and by Escape, and the keyboard keeps its place", { viewport: PHONE }, async ({ page }) => {
  await drop(page, MANY);
  await rows(page, MANY.length);
  const [place, sheet] = [page.getByTestId("where"), page.locator("#film-sheet")];
  const isBack = () => page.evaluate(() => document.activeElement.dataset.testid === "where");
  for (const close of [() => page.keyboard.press("Escape"), () => sheet.getByLabel(words.films.close).press("Enter")]) {
    await place.press("Enter");
    await sheet.waitFor({ state: "visible" });
    await close();
    await sheet.waitFor({ state: "hidden" });
    assert.ok(await isBack(), "the focus is lost");
  }
});

visit("beside a film there are no demo films", {}, async ({ page }) => {
  assert.ok(await page.getByTestId("demo").first().isVisible());
  await drop(page, [normal]);
  await rows(page, 1);
  assert.ok(!(await page.getByTestId("demo").first().isVisible()));
});

visit("how good the answers are is said of a hundred children", {}, async ({ page }) => {
  await drop(page, [normal]);
  await rows(page, 1);
  await page.getByText(words.good.title).click();
  const said = page.getByTestId("how-good");
  await said.getByText(/Of 100 children with pneumonia it finds \d+ \(\d+ to \d+\)/).waitFor();
  await said.getByText(words.good.elsewhere).waitFor();
});
