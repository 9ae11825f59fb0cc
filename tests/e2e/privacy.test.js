// No film, and no word about one, leaves the page or stays behind on the device.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fixturePath, offeredFilms, pneumonia } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

visit("nothing is requested once the page is loaded", { state: "offline-ready" }, async ({ page, server, requests }) => {
  const [served, made] = [server.requests.length, requests.length];
  assert.ok(served > 0, "the server's log is empty");
  await drop(page, [pneumonia, fixturePath("bad/truncated-50.jpeg")]);
  await rows(page, 2);
  for (const film of offeredFilms) {
    await page.getByTestId("clear").click();
    await page.locator(`[data-testid=demo][data-file="${film.file}"]`).click();
    await rows(page, 1);
  }
  await page.getByTestId("heat-toggle").click();
  // A request that was begun and not yet sent would show in a moment.
  await page.waitForTimeout(1000);
  assert.deepEqual(server.requests.slice(served), [], "requests that reached the server");
  assert.deepEqual(requests.slice(made).map((request) => request.url()), [], "requests that the page made");
});

visit("every answer of the server has the strict policy", {}, async ({ server, requests }) => {
  const loaded = requests.map((request) => request.url()).filter((url) => url.startsWith(server.address));
  for (const url of new Set([server.address, `${server.address}sw.js`, ...loaded])) {
    const { headers } = await fetch(url);
    const policy = new Map((headers.get("content-security-policy") ?? "").split(";").map((directive) => {
      const [name, ...sources] = directive.trim().split(/\s+/);
      return [name, sources];
    }));
    const allowed = [...policy.values()].flat();
    assert.deepEqual(policy.get("default-src"), ["'none'"], url);
    assert.deepEqual(policy.get("script-src"), ["'self'", "'wasm-unsafe-eval'"], url);
    assert.deepEqual(policy.get("connect-src"), ["'self'"], url);
    for (const source of ["'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:", "data:"]) {
      assert.ok(!allowed.includes(source), `${url} allows ${source}`);
    }
    for (const name of ["base-uri", "form-action", "frame-ancestors"]) assert.deepEqual(policy.get(name), ["'none'"], url);
    assert.equal(headers.get("x-content-type-options"), "nosniff", url);
    assert.equal(headers.get("referrer-policy"), "no-referrer", url);
  }
});

visit("the policy holds: no inline script, no other origin", { mayComplain: true }, async ({ page }) => {
  const outcome = await page.evaluate(async () => {
    const violated = [];
    document.addEventListener("securitypolicyviolation", (event) => violated.push(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = "document.documentElement.dataset.breached = ''";
    document.head.append(script);
    const sent = await fetch("https://example.org/").then(() => true, () => false);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { violated, sent, breached: "breached" in document.documentElement.dataset };
  });
  assert.deepEqual(outcome, { violated: ["script-src-elem", "connect-src"], sent: false, breached: false });
});

visit("nothing about a film is kept or logged", { state: "offline-ready" }, async ({ page, context, said }) => {
  const folder = mkdtempSync(join(tmpdir(), "lungfield-"));
  const name = "DOE-JANE-19700101.jpeg";
  try {
    copyFileSync(pneumonia, join(folder, name));
    await drop(page, [join(folder, name)]);
    const [row] = await rows(page, 1);
    assert.deepEqual([row.name, row.status], [name, "read"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const kept = await page.evaluate(async () => {
    const caches = [];
    for (const name of await window.caches.keys()) {
      const cache = await window.caches.open(name);
      caches.push(...(await cache.keys()).map((request) => new URL(request.url).pathname));
    }
    return {
      storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
      databases: await indexedDB.databases(),
      folder: await Array.fromAsync((await navigator.storage.getDirectory()).keys()),
      title: document.title,
      address: location.href,
      caches,
    };
  });
  assert.equal(kept.storage, "[{},{}]");
  assert.deepEqual(kept.databases, []);
  assert.deepEqual(kept.folder, []);
  assert.deepEqual(await context.cookies(), []);
  // The app's own pictures: the demo films, and those of the model card.
  const pictures = kept.caches.filter((path) => path.endsWith(".jpeg") && !path.includes("/card/"));
  const films = pictures.map((path) => path.split("/").at(-1));
  assert.deepEqual(films.sort(), [...offeredFilms.map((film) => film.file), "thumbnails.jpeg"].sort());
  assert.doesNotMatch(JSON.stringify([kept, said]), /DOE|JANE/);
});
