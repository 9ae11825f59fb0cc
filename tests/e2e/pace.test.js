// The page stays usable while films are read: the work is the worker's.

import assert from "node:assert/strict";

import { demoFilms, demoPath } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

// A busy machine stretches tasks; decoding and inference in the page would take seconds. 50 ms is what docs/performance.md holds
// the page to, on a machine that does nothing else.
const BLOCKED = 1000;
const FILMS = 50;

visit("the page is never blocked while it reads", {}, async ({ page }) => {
  await page.evaluate(() => {
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((task) => task.duration))).observe({
      type: "longtask",
    });
  });
  const start = Date.now();
  const films = Array.from({ length: FILMS }, (_, i) => demoPath(demoFilms[i % demoFilms.length].file));
  await page.getByTestId("file-input").setInputFiles(films);
  await rows(page, FILMS);
  const seconds = (Date.now() - start) / 1000;
  const tasks = await page.evaluate(() => window.tasks);
  const long = tasks.map((task) => `${task.toFixed(0)} ms`).join(", ");
  console.log(`${FILMS} films in ${seconds.toFixed(1)} s, tasks over 50 ms: ${long || "none"}`);
  assert.ok(Math.max(0, ...tasks) < BLOCKED, `the page was blocked: ${long}`);
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
