// Each language is a file: the page fetches one, finds room for it, and says which of them a machine has made.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { arrived } from "./support/browser.js";
import { normal, pneumonia, root } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

const folder = join(root, "www/locales");
const locales = Object.fromEntries(
  readdirSync(folder).map((file) => [file.replace(".json", ""), JSON.parse(readFileSync(join(folder, file), "utf8"))]),
);
const touch = { hasTouch: true, isMobile: true };
const ALONE = { serviceWorkers: "block" };

/** The languages that have been fetched. */
const fetched = (requests) => requests.map((request) => request.url().match(/locale-(\w+)-/)?.[1]).filter(Boolean);

/** Chooses a language and waits until the page is in it. */
async function choose(page, tag) {
  await page.getByTestId("language").selectOption(tag);
  await page.waitForFunction((tag) => document.documentElement.lang === tag, tag);
}

visit("the page comes in the browser's language, and fetches no other", { ...ALONE, locale: "kn-IN" }, async ({ page, requests }) => {
  assert.equal(await page.evaluate(() => document.documentElement.lang), "kn");
  assert.ok(await page.getByText(locales.kn.start.title).isVisible());
  assert.deepEqual(fetched(requests), ["kn"]);
});

visit("another language is fetched once it is chosen, and kept", ALONE, async ({ page, requests }) => {
  const offered = await page.getByTestId("language").locator("option").allInnerTexts();
  assert.deepEqual(offered.sort(), Object.values(locales).map((texts) => texts.language.name).sort());
  await choose(page, "ta");
  assert.ok(await page.getByText(locales.ta.start.title).isVisible());
  await choose(page, "en");
  await choose(page, "ta");
  assert.deepEqual(fetched(requests), ["en", "ta"]);
  await page.reload();
  await arrived(page, "ready");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "ta");
});

visit("a language that cannot be had leaves the page as it is, and says so", { ...ALONE, mayComplain: true }, async ({ page, context }) => {
  await context.route("**/locale-te-*", (route) => route.abort());
  await page.getByTestId("language").selectOption("te");
  await page.getByText(locales.en.language.unavailable).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  assert.equal(await page.getByTestId("language").inputValue(), "en");
});

for (const viewport of [{ width: 320, height: 640 }, { width: 360, height: 800 }, { width: 412, height: 915 }]) {
  visit(`in every language outcome and film are on the first screen, ${viewport.width} pixels wide`, { viewport, ...touch }, async ({ page }) => {
    await drop(page, [pneumonia, normal]);
    await rows(page, 2);
    for (const [tag, texts] of Object.entries(locales)) {
      await choose(page, tag);
      await page.evaluate(() => scrollTo(0, 0));
      const boxes = ["outcome", "film-canvas", "drop"].map((id) => page.getByTestId(id).boundingBox());
      const [outcome, film, next] = await Promise.all(boxes);
      assert.ok(outcome.y < viewport.height / 2, `${tag}: the outcome begins at ${outcome.y}`);
      assert.ok(film.y + film.height <= next.y, `${tag}: the film ends at ${film.y + film.height}, the next button begins at ${next.y}`);
      const note = page.getByTestId("machine-made");
      const { own, english } = texts.language.machine_made ?? {};
      assert.equal(await note.count(), own ? 1 : 0, tag);
      if (own) assert.equal(await note.innerText(), `${own} ${english}`);
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll("button, label.button, summary, select, h2, p")]
          .filter((element) => element.checkVisibility() && !element.closest(".unseen") && element.scrollWidth > element.clientWidth + 1)
          .map((element) => element.textContent),
      );
      assert.deepEqual(cut, [], `${tag}: cut off`);
      assert.equal(await page.evaluate(() => document.scrollingElement.scrollWidth), viewport.width, `${tag}: scrolls sideways`);
    }
  });
}
