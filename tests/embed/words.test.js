// What the element says is what the app says, to the word and the digit: for every outcome, refusal and language.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { PATIENCE, arrived, launch } from "../e2e/support/browser.js";
import { demoFilms, demoPath, dicomFixtures, fixturePath, fixtures } from "../e2e/support/files.js";
import { drop, rows, show, showAnyway, unfold } from "../e2e/support/films.js";
import { serve } from "../e2e/support/server.js";
import { filesOf, portal } from "./support/portal.js";

/** One of each kind of refusal and failure, every demo film, and DICOM films with warnings of every kind. */
const kinds = new Map([...fixtures, ...dicomFixtures].map((fixture) => [`${fixture.status} ${fixture.kind ?? JSON.stringify(fixture.warnings ?? "")}`, fixture.file]));
const films = [...demoFilms.map(({ file }) => demoPath(file)), ...[...kinds.values()].map(fixturePath)];
const LANGUAGES = ["en", "hi", "bn", "mr", "te", "ta", "gu", "kn"];

let browser, app, page;
before(async () => {
  app = await serve();
  browser = await launch();
  page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(app.address);
  await arrived(page, "ready");
  await page.evaluate(`self.textsOf = ${textsOf}`);
  await drop(page, films);
  await rows(page, films.length);
});
after(async () => {
  await browser?.close();
  await app?.stop();
});

/** What each element says by itself, below those that a selector finds; buttons aside. */
const textsOf = (roots, selectors) =>
  roots.flatMap((root) => [...root.querySelectorAll(selectors)]).flatMap((found) => {
    const said = [];
    const walk = (element) => {
      if (["BUTTON", "svg", "SUMMARY"].includes(element.nodeName)) return;
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      said.push(own.map((node) => node.textContent).join("").replace(/\s+/g, " ").trim());
      [...element.children].forEach(walk);
    };
    walk(found);
    return said.filter(Boolean);
  });

/** What the app says of the films at these places in its list, in a language. */
async function said(tag, places) {
  await page.getByTestId("language").selectOption(tag);
  await page.waitForFunction((tag) => document.documentElement.lang === tag, tag);
  const all = [];
  for (const i of places) {
    await show(page, i);
    await unfold(page);
    all.push(await page.evaluate(() => self.textsOf([document], ".answer .card, .about > p, .about .warnings, .about .quality")));
  }
  return all;
}

for (const revealed of [false, true]) {
  portal(`the element's words are the app's${revealed ? ", of answers that are shown on request" : ""}`, {}, async ({ page: portalPage }) => {
    const all = [...films.keys()];
    const listed = await rows(page, films.length);
    const places = revealed ? all.filter((i) => listed[i].heldBack) : all;
    assert.ok(places.length > 0, "no answer is held back");
    if (revealed) await showAnyway(page);
    await portalPage.evaluate(`self.textsOf = ${textsOf}`);
    const files = await filesOf(portalPage, films);
    for (const tag of LANGUAGES) {
      const expected = await said(tag, places);
      for (const [at, i] of places.entries()) {
        const found = await portalPage.evaluate(
          async ([files, i, tag, revealed]) => {
            const reader = document.getElementById("reader");
            reader.lang = tag;
            await reader.read(files[i]);
            if (revealed && reader.shadowRoot.querySelector("[part=answer] button")) {
              reader.reveal();
              while (!reader.shadowRoot.querySelector(".caveat")) await new Promise((later) => setTimeout(later, 10));
            }
            return self.textsOf([reader.shadowRoot], "[part=answer], .about > *");
          },
          [files, i, tag, revealed],
        );
        // The element has the statement at its end.
        const statement = await portalPage.evaluate(() => document.getElementById("reader").shadowRoot.querySelector(".statement").textContent);
        const words = (texts) => [...new Set(texts)].filter((text) => text !== statement).sort();
        assert.deepEqual(words(found), words(expected[at]), `${tag}, ${films[i]}`);
      }
    }
  });
}
