// Everybody can use it: with a screen reader, on a small screen, enlarged, in the dark.

import assert from "node:assert/strict";

import { violations } from "./support/axe.js";
import { DESKTOP, PHONE } from "./support/browser.js";
import { demoFilms, demoPath, fixturePath, normal, pneumonia, words } from "./support/files.js";
import { drop, rows, show, unfold } from "./support/films.js";
import { announced, listen } from "./support/listening.js";
import { visit } from "./support/visit.js";

for (const [size, viewport] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
  for (const colorScheme of ["light", "dark"]) {
    visit(`axe finds nothing wrong, ${size}, ${colorScheme}`, { viewport, colorScheme }, async ({ page }) => {
      assert.deepEqual(await violations(page), [], "at the start");
      await drop(page, [pneumonia, normal, fixturePath("bad/truncated-50.jpeg")]);
      await rows(page, 3);
      for (const index of [0, 2]) {
        await show(page, index);
        await unfold(page);
        assert.deepEqual(await violations(page), [], index === 0 ? "with a film" : "with a message");
      }
    });
  }
}

/** How far the page reaches beyond the right edge of the screen, in CSS pixels. */
const overhang = (page) =>
  page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);

for (const [name, profile] of Object.entries({
  "on a phone": { viewport: PHONE, hasTouch: true, isMobile: true },
  "320 pixels wide": { viewport: { width: 320, height: 640 } },
  // What a browser makes of 1280 x 800 at 200 % and at 400 %.
  "enlarged to 200 %": { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  "enlarged to 400 %": { viewport: { width: 320, height: 200 }, deviceScaleFactor: 4 },
})) {
  visit(`${name} nothing scrolls sideways`, profile, async ({ page }) => {
    assert.equal(await overhang(page), 0, "at the start");
    await drop(page, [fixturePath("bad/empty.jpeg"), pneumonia]);
    await rows(page, 2);
    for (const index of [0, 1]) {
      await show(page, index);
      await unfold(page);
      assert.equal(await overhang(page), 0, index === 0 ? "with a message" : "with a film");
    }
    await drop(page, demoFilms.map((film) => demoPath(film.file)));
    await rows(page, 2 + demoFilms.length);
    assert.equal(await overhang(page), 0, "with many films");
  });
}

visit("on a phone every control is large enough for a thumb", { viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page }) => {
  await drop(page, [pneumonia]);
  await rows(page, 1);
  const small = await page.locator("button:visible, label.button:visible, summary:visible").evaluateAll((controls) =>
    controls
      .map((control) => ({ name: control.ariaLabel ?? control.innerText, ...control.getBoundingClientRect().toJSON() }))
      .filter(({ width, height }) => width < 44 || height < 44)
      .map(({ name, width, height }) => `${name}: ${width.toFixed(0)} x ${height.toFixed(0)}`),
  );
  assert.deepEqual(small, []);
});

visit("a screen reader is told the answer, or why there is none", {}, async ({ page }) => {
  await listen(page);
  const last = async () => (await announced(page)).at(-1);
  await drop(page, [pneumonia]);
  const [row] = await rows(page, 1);
  assert.ok((await last()).includes(words.outcomes[row.outcome].name), await last());
  await page.getByTestId("clear").click();
  await drop(page, [fixturePath("bad/truncated-50.jpeg")]);
  await rows(page, 1);
  assert.ok((await last()).includes(words.reasons.truncated.what), await last());
});
