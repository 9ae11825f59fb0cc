// The worker comes in two builds, of which a browser needs one: with relaxed SIMD, and without. Each reads all formats, or, for a first
// visit, JPEG and PNG alone.

import assert from "node:assert/strict";

import { arrived } from "./support/browser.js";
import { fixturePath, normal, pneumonia } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

/** The workers' scripts that were asked for, in order. */
const started = (requests) => requests.map((request) => request.url().match(/start-(first_worker|worker)-/)?.[1]).filter(Boolean);

visit("a first visit has the small worker, which JPEG and PNG need, and any other film the one of all formats", { serviceWorkers: "block" }, async ({ page, requests }) => {
  await drop(page, [pneumonia]);
  assert.equal((await rows(page, 1))[0].status, "read");
  assert.deepEqual(started(requests), ["first_worker"]);
  await drop(page, [fixturePath("dicom/chest-ap.dcm"), normal]);
  assert.deepEqual((await rows(page, 3)).map(({ status }) => status), ["read", "read", "read"]);
  assert.deepEqual(started(requests), ["first_worker", "worker"]);
});

visit("what is no film at all is refused for its own reason on a first visit, too", { serviceWorkers: "block" }, async ({ page, requests }) => {
  await drop(page, [fixturePath("bad/text.jpg")]);
  assert.equal((await rows(page, 1))[0].status, "refused");
  assert.deepEqual(started(requests), ["first_worker", "worker"]);
});

visit("the build that the browser runs is kept for offline use; where only the other is there, that will do", { state: "offline-ready", mayComplain: true }, async ({ page, context, server }) => {
  const kept = () =>
    page.evaluate(async () => {
      const [name] = await caches.keys();
      const cache = await caches.open(name);
      return (await cache.keys()).map(({ url }) => url.match(/worker_(bg|relaxed)-/)?.[1]).filter(Boolean);
    });
  assert.deepEqual(await kept(), ["relaxed"]);

  // As if the browser had learnt relaxed SIMD since.
  await page.evaluate(async () => {
    const [name] = await caches.keys();
    const cache = await caches.open(name);
    const { url } = (await cache.keys()).find(({ url }) => url.includes("worker_relaxed-"));
    await cache.delete(url);
    const start = await (await fetch(document.querySelector('meta[name="lungfield:worker"]').content)).text();
    await cache.add(new URL(start.match(/worker_bg-\w+\.wasm/)[0], new URL("assets/", location)).href);
  });
  assert.deepEqual(await kept(), ["bg"]);
  await server.stop();
  await context.setOffline(true);
  await page.reload();
  await arrived(page, "ready");
  await drop(page, [pneumonia]);
  assert.equal((await rows(page, 1))[0].status, "read");
});
