// The worker comes in two builds, of which a browser needs one: with relaxed SIMD, and without.

import assert from "node:assert/strict";

import { arrived } from "./support/browser.js";
import { pneumonia } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

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
