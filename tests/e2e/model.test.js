// The model on its way to the page: seen, refused when it is not the right one, asked for again.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { arrived } from "./support/browser.js";
import { manifest, normal, root, words } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

const MODEL = "**/*.network";
// Without a service worker every load is a first visit.
const FIRST_VISIT = { serviceWorkers: "block", mayComplain: true };

visit("without a network that is said, and loading goes on by itself", FIRST_VISIT, async ({ page, context }) => {
  await context.route(MODEL, (route) => route.abort());
  await page.reload();
  await drop(page, [normal]);
  assert.equal(await page.getByTestId("still").innerText(), words.engine.still);
  await context.unroute(MODEL);
  await arrived(page, "ready");
  assert.equal((await rows(page, 1))[0].status, "read", "the film that waited");
});

visit("a model that is not there is said, and loaded on another try", FIRST_VISIT, async ({ page, context }) => {
  await context.route(MODEL, (route) => route.fulfill({ status: 404 }));
  await page.reload();
  await drop(page, [normal]);
  assert.ok((await page.getByTestId("engine-failure").innerText()).includes(words.engine.failures.download));
  const [message, reason] = await page.getByTestId("engine-failure").locator("p").evaluateAll((all) => all.map((line) => line.getBoundingClientRect().toJSON()));
  assert.ok(reason.top >= message.bottom, "the reason lies over the message");
  await context.unroute(MODEL);
  await page.getByRole("button", { name: words.engine.retry }).click();
  await arrived(page, "ready");
  assert.equal((await rows(page, 1))[0].status, "read", "the film that waited");
});

visit("a model with another hash is refused", FIRST_VISIT, async ({ page, context }) => {
  const body = readFileSync(join(root, "models", manifest.network.file));
  body[body.length >> 1] ^= 1;
  await context.route(MODEL, (route) => route.fulfill({ body }));
  await page.reload();
  await drop(page, [normal]);
  assert.ok((await page.getByTestId("engine-failure").innerText()).includes(words.engine.failures.model));
  assert.equal(await page.getByTestId("film-row").getAttribute("data-status"), "waiting");
  assert.equal(await page.getByTestId("outcome").count(), 0);
});

visit("a reader that dies is started again", { state: "offline-ready", mayComplain: true }, async ({ page }) => {
  const [worker] = page.workers();
  const another = page.waitForEvent("worker");
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error("as a trap would");
    });
  });
  await another;
  await drop(page, [normal]);
  assert.equal((await rows(page, 1))[0].status, "read");
});
