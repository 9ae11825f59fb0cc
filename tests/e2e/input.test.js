// The ways in besides dropping: choosing, photographing, pasting.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { PHONE } from "./support/browser.js";
import { fixturePath, normal, pneumonia, words } from "./support/files.js";
import { fileAt, rows, transfer } from "./support/films.js";
import { visit } from "./support/visit.js";

visit("films are chosen in the browser's own dialogue, several in one go", {}, async ({ page }) => {
  const opened = page.waitForEvent("filechooser");
  await page.getByText(words.add.choose).click();
  const chooser = await opened;
  assert.ok(chooser.isMultiple());
  await chooser.setFiles([pneumonia, normal]);
  assert.deepEqual((await rows(page, 2)).map((row) => row.status), ["read", "read"]);
});

visit("the same film can be chosen twice in a row", {}, async ({ page }) => {
  for (const count of [1, 2]) {
    await page.getByTestId("file-input").setInputFiles(normal);
    assert.equal((await rows(page, count)).at(-1).status, "read");
  }
});

visit("a photo comes from the camera that faces the film", { viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page }) => {
  const camera = page.getByTestId("camera-input");
  assert.equal(await camera.getAttribute("capture"), "environment");
  assert.equal(await camera.getAttribute("accept"), "image/*");
  const opened = page.waitForEvent("filechooser");
  await page.getByText(words.add.photo).tap();
  // As a phone held sideways writes it.
  await (await opened).setFiles(fixturePath("odd/orientation-6.jpeg"));
  const [row] = await rows(page, 1);
  assert.equal(row.status, "read");
  const canvas = await page.getByTestId("film-canvas").evaluate(({ width, height }) => ({ width, height }));
  assert.ok(canvas.width > canvas.height, "the film is not upright");
});

visit("a picture on the clipboard is pasted with the keyboard", { permissions: ["clipboard-read", "clipboard-write"] }, async ({ page }) => {
  const data = readFileSync(fixturePath("odd/rgb.png")).toString("base64");
  await page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
  }, data);
  await page.keyboard.press("Control+V");
  const [row] = await rows(page, 1);
  assert.equal(row.status, "read");
});

visit("a file copied in the file manager is pasted", {}, async ({ page }) => {
  const clipboardData = await transfer(page, [fileAt(pneumonia)]);
  await page.evaluate((clipboardData) => {
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, clipboardData);
  const [row] = await rows(page, 1);
  assert.deepEqual([row.name, row.status], ["person1954_bacteria_4886.jpeg", "read"]);
});

visit("text that is pasted is no film", {}, async ({ page }) => {
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "not a film");
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await page.getByTestId("file-input").setInputFiles(normal);
  assert.equal((await rows(page, 1))[0].name, "NORMAL2-IM-1427-0001.jpeg");
});
