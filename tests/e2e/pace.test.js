// The page stays usable while films are read: the work is the worker's. How long the page's own tasks take, the bench measures.

import assert from "node:assert/strict";

import { demoFilms, demoPath, normal, pneumonia } from "./support/files.js";
import { drop, rows, show } from "./support/films.js";
import { visit } from "./support/visit.js";

visit("the page answers while its worker is busy, and reads nothing itself", { serviceWorkers: "block" }, async ({ page, context }) => {
  await drop(page, [normal]);
  await rows(page, 1);
  const release = await occupied(page, context);
  await drop(page, [pneumonia]);
  const second = page.getByTestId("film-row").nth(1);
  await second.waitFor();
  await show(page, 0);
  const toggle = page.getByTestId("heat-toggle");
  for (const state of ["true", "false"]) {
    await toggle.click();
    assert.equal(await toggle.getAttribute("aria-checked"), state);
  }
  const status = await second.getAttribute("data-status");
  assert.ok(["waiting", "reading"].includes(status), `"${status}" while the worker was held up`);
  release();
  assert.deepEqual(
    (await rows(page, 2)).map((row) => row.status),
    ["read", "read"],
  );
});

visit("what is being done is said while it is done", { state: "ready" }, async ({ page }) => {
  await page.evaluate(() => {
    window.seen = new Set();
    const note = () => {
      document.querySelectorAll("[data-testid=film-row]").forEach((row) => window.seen.add(row.dataset.status));
    };
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await drop(page, demoFilms.slice(0, 4).map((film) => demoPath(film.file)));
  await rows(page, 4);
  const seen = await page.evaluate(() => [...window.seen]);
  for (const status of ["waiting", "reading", "read"]) assert.ok(seen.includes(status), `never "${status}": ${seen}`);
});

/** Has the page's worker wait for an answer that comes when the function that this gives is called. */
async function occupied(page, context) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  let ask;
  const asked = new Promise((resolve) => (ask = resolve));
  await context.route("**/occupied", async (route) => {
    ask();
    await released;
    await route.fulfill({ body: "" });
  });
  const [worker] = page.workers();
  worker.evaluate(() => {
    const request = new XMLHttpRequest();
    request.open("GET", "occupied", false);
    request.send();
  });
  await asked;
  return release;
}
