// Nothing is lost silently: what was removed comes back, leaving is asked about, and what failed by chance is tried again.

import assert from "node:assert/strict";

import { arrived } from "./support/browser.js";
import { demoFilms, demoPath, fixturePath, normal, pneumonia, words } from "./support/files.js";
import { drop, rows, show } from "./support/films.js";
import { announced, listen } from "./support/listening.js";
import { visit } from "./support/visit.js";

visit("films that were removed come back to their places with their answers", {}, async ({ page }) => {
  await listen(page);
  await drop(page, [pneumonia, normal, fixturePath("bad/truncated-50.jpeg")]);
  const read = await rows(page, 3);
  await show(page, 1);
  await page.getByTestId("remove").press("Enter");
  assert.equal((await rows(page, 2)).length, 2);
  await page.waitForFunction(() => document.activeElement.dataset.testid === "remove");
  await page.getByTestId("undo").click();
  assert.deepEqual(await rows(page, 3), read);
  assert.ok((await announced(page)).includes(words.films.removed.one));

  await page.getByTestId("clear").click();
  await page.getByText(words.start.title).waitFor();
  await page.getByTestId("undo").press("Enter");
  assert.deepEqual(await rows(page, 3), read);
  await page.waitForFunction(() => document.activeElement.id === "film-title");
  assert.equal(await page.getByTestId("undo").count(), 0);
});

visit("films that were removed before they were read are read when they come back", {}, async ({ page }) => {
  const films = demoFilms.map((film) => demoPath(film.file));
  await drop(page, films);
  await page.getByTestId("film-row").nth(3).waitFor();
  await page.getByTestId("clear").click();
  await page.getByTestId("undo").click();
  const read = await rows(page, films.length);
  assert.deepEqual([...new Set(read.map(({ status }) => status))], ["read"]);
});

visit("the browser asks before it leaves the page, while there are films", {}, async ({ page }) => {
  const asked = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  // A browser asks nobody who has not touched the page.
  await page.getByTestId("demo").first().click();
  await rows(page, 1);
  await page.getByTestId("clear").click();
  await page.reload();
  assert.deepEqual(asked, []);
  await arrived(page, "ready");
  await page.getByTestId("demo").first().click();
  await rows(page, 1);
  await page.reload();
  assert.deepEqual(asked, ["beforeunload"]);
});

visit("a film that the worker died of can be tried again", { mayComplain: true }, async ({ page, context }) => {
  await context.addInitScript(() => {
    const Native = window.Worker;
    let spared = false;
    window.Worker = class extends Native {
      postMessage(message, ...rest) {
        if (!spared && JSON.stringify(message).includes("read")) {
          spared = true;
          this.terminate();
          setTimeout(() => this.dispatchEvent(new ErrorEvent("error")));
          return;
        }
        super.postMessage(message, ...rest);
      }
    };
  });
  await page.reload();
  await arrived(page, "ready");
  await drop(page, [pneumonia]);
  assert.equal((await rows(page, 1))[0].status, "failed");
  await page.getByTestId("retry").press("Enter");
  await page.locator("[data-testid=film-row][data-status=read]").waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.matches(".answer")), "the focus is lost");
});

visit("what would fail again is not tried again", {}, async ({ page }) => {
  await drop(page, [fixturePath("bad/truncated-50.jpeg"), fixturePath("bad/empty.jpeg"), fixturePath("bad/report.pdf")]);
  await rows(page, 3);
  for (const index of [0, 1, 2]) {
    await show(page, index);
    await page.getByTestId("error").waitFor();
    assert.equal(await page.getByTestId("retry").count(), 0);
  }
});

visit("on paper stand the date, the film, the model and what it is for", {}, async ({ page }) => {
  await drop(page, [normal]);
  await rows(page, 1);
  await page.emulateMedia({ media: "print" });
  const paper = await page.locator(".printed").innerText();
  const name = await page.getByTestId("model-name").textContent();
  for (const text of [String(new Date().getFullYear()), "NORMAL2-IM-1427-0001.jpeg", words.start.statement]) {
    assert.ok(paper.includes(text), `no "${text}" in "${paper}"`);
  }
  assert.ok(paper.split("\n").some((line) => line !== "" && name.includes(line)), `no model of "${name}" in "${paper}"`);
  for (const id of ["outcome", "film-canvas"]) assert.ok(await page.getByTestId(id).isVisible(), id);
  for (const id of ["clear", "drop", "language"]) assert.ok(!(await page.getByTestId(id).isVisible()), id);
});
