// Everything is within reach of the keyboard, and the focus can always be seen.

import assert from "node:assert/strict";

import { demoPath, fixturePath, pneumonia } from "./support/files.js";
import { rows } from "./support/films.js";
import { visit } from "./support/visit.js";

/** What has the focus: its test id, name and role, and whether it can be seen that it has it. */
function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    // An unseen file input shows its focus on its label.
    const shown = element.closest("label") ?? element;
    const style = getComputedStyle(shown);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    return { id: element.dataset.testid, file: element.dataset.file, tag: element.tagName, visible: ring || style.boxShadow !== "none" };
  });
}

/** Presses Tab until `wanted` has the focus. Everything on the way must show that it has it. */
async function tabTo(page, wanted) {
  const passed = [];
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    const focus = await focused(page);
    if (focus.tag !== "BODY") assert.ok(focus.visible, `the focus cannot be seen: ${JSON.stringify(focus)}`);
    passed.push(focus.id ?? focus.tag);
    if (Object.entries(wanted).every(([key, value]) => focus[key] === value)) return;
  }
  assert.fail(`${JSON.stringify(wanted)} cannot be reached with Tab: ${passed}`);
}

visit("everything can be done with the keyboard alone", {}, async ({ page }) => {
  await tabTo(page, { id: "file-input" });
  const opened = page.waitForEvent("filechooser");
  await page.keyboard.press("Space");
  await (await opened).setFiles([pneumonia]);
  await rows(page, 1);

  await tabTo(page, { id: "heat-toggle" });
  await page.keyboard.press("Space");
  assert.equal(await page.getByTestId("heat-toggle").getAttribute("aria-checked"), "true");
  await page.keyboard.press("Space");

  await tabTo(page, { tag: "SUMMARY" });
  await page.keyboard.press("Enter");
  await tabTo(page, { id: "against-toggle" });
  await page.keyboard.press("Space");
  assert.equal(await page.getByTestId("against-toggle").getAttribute("aria-checked"), "true");

  await tabTo(page, { id: "file-input" });
  const another = page.waitForEvent("filechooser");
  await page.keyboard.press("Space");
  await (await another).setFiles([demoPath("NORMAL2-IM-1430-0001.jpeg")]);
  assert.equal((await rows(page, 2))[1].status, "read");

  await page.getByTestId("film-row").first().getByRole("button").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.getByTestId("film-row").first().getByRole("button").getAttribute("aria-current"), "true");

  await tabTo(page, { id: "remove" });
  await page.keyboard.press("Enter");
  assert.equal((await rows(page, 1))[0].name, "NORMAL2-IM-1430-0001.jpeg");
});

visit("a folder can be chosen with the keyboard alone", {}, async ({ page }) => {
  await tabTo(page, { id: "folder-input" });
  const opened = page.waitForEvent("filechooser");
  await page.keyboard.press("Space");
  await (await opened).setFiles(fixturePath("cases/named"));
  assert.deepEqual((await rows(page, 2)).map(({ name }) => name), ["named/DICOMDIR", "named/film.dcm"]);
});
