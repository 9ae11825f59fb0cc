// The model on its way to the page: seen, refused when it is not the right one, asked for again.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { arrived } from "./support/browser.js";
import { manifest, normal, root, words } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

const MODEL = "**/*.network";
// Without a service worker every load is a first visit.
const FIRST_VISIT = { serviceWorkers: "block", mayComplain: true };

visit("the download is shown in bytes", FIRST_VISIT, async ({ page, context }) => {
  await context.addInitScript(() => {
    window.progress = [];
    new MutationObserver(() => {
      window.progress.push(document.querySelector("[data-testid=progress]")?.textContent ?? "");
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.reload();
  await arrived(page, "ready");
  const said = await page.evaluate(() => window.progress);
  const bytes = new RegExp(words.engine.downloading.replace(/\{\w+\}/g, "([\\d.]+) MB"));
  const assets = join(root, "dist/assets");
  const sent = (name) => statSync(join(assets, name)).size;
  const code = readdirSync(assets).find((name) => /^worker_relaxed-.*\.br$/.test(name));
  const model = readdirSync(assets).find((name) => name.startsWith("model-"));
  const expected = sent(code) + sent(`${model}/${manifest.network.file}.br`);
  const totals = said.map((text) => text.match(bytes)).filter(Boolean).map(([, , total]) => Number(total));
  assert.ok(totals.length > 0, `never "${words.engine.downloading}"`);
  assert.ok(totals.every((total) => Math.abs(total - expected / 1e6) < 0.1), `${totals} for ${expected}`);
});

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
