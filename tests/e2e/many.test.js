// A folder of films: several workers read it, in order, and it can be called off.

import assert from "node:assert/strict";

import { arrived } from "./support/browser.js";
import { demoFilms, demoPath } from "./support/files.js";
import { drop, fileAt, rows, transfer } from "./support/films.js";
import { visit } from "./support/visit.js";

const CORES = 3;
const COPIES = 3;
// So many copies of the demo films are more than a worker reads before it is replaced.
const WORN = 4;

visit("many films are read by several workers, in order, and by one again afterwards", {}, async ({ page, context, requests }) => {
  await withCores(context, page, CORES);
  const most = mostWorkers(page);
  const loaded = new Set(requests.map((request) => request.url()));
  await dropCopies(page, COPIES);
  const many = await rows(page, COPIES * demoFilms.length);
  assert.equal(most(), CORES, "workers at once");
  assert.deepEqual(
    many.map((row) => row.name),
    Array.from({ length: COPIES }, (_, copy) => demoFilms.map((film) => `${copy} ${film.file}`)).flat(),
  );
  const answers = many.map(({ outcome, probability }) => ({ outcome, probability }));
  for (let copy = 1; copy < COPIES; copy += 1) {
    const own = answers.slice(copy * demoFilms.length, (copy + 1) * demoFilms.length);
    assert.deepEqual(own, answers.slice(0, demoFilms.length), "a film's answer depends on who reads it");
  }
  await untilWorkers(page, 1);
  const added = requests.map((request) => request.url()).filter((url) => !loaded.has(url));
  assert.deepEqual(added, [], "requested for the first time after load");
});

visit("of many films the one that is looked at gets its picture before the rest is read", {}, async ({ page }) => {
  await dropCopies(page, 2 * COPIES);
  const looked = { index: 4, name: `0 ${demoFilms[4].file}` };
  await page.locator("[data-testid=film-row][data-status=read]").nth(looked.index + 3).waitFor();
  await page.getByTestId("film-row").nth(looked.index).getByRole("button").click();
  await page.locator(`[data-testid=film-canvas][aria-label*="${looked.name}"]`).waitFor();
  assert.ok((await page.locator("[data-testid=film-row][data-status=waiting]").count()) > 0, "it waited for all others");
});

visit("a thumbnail is painted where its line is seen, and nowhere else", {}, async ({ page }) => {
  await dropCopies(page, COPIES);
  await rows(page, COPIES * demoFilms.length);
  const line = (nth) => page.getByTestId("film-row").nth(nth);
  const thumbnail = (nth) => line(nth).locator("canvas");
  const isPainted = (nth) =>
    thumbnail(nth).evaluate((canvas) => {
      if (!canvas.width) return false;
      return new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).size > 50;
    });
  const last = COPIES * demoFilms.length - 1;
  await until(() => isPainted(0), "not painted in sight");
  assert.ok(!(await isPainted(last)), "painted out of sight");
  await line(last).scrollIntoViewIfNeeded();
  await until(() => isPainted(last), "not painted where it has come in sight");
  await until(async () => !(await isPainted(0)), "kept out of sight");
});

visit("few films are not worth another worker", {}, async ({ page, context }) => {
  await withCores(context, page, CORES);
  const most = mostWorkers(page);
  await drop(page, demoFilms.slice(0, 3).map((film) => demoPath(film.file)));
  await rows(page, 3);
  assert.equal(most(), 1);
});

visit("removing all films calls off those that wait, and the next film is read", {}, async ({ page, context }) => {
  await withCores(context, page, CORES);
  await dropCopies(page, COPIES);
  await page.getByTestId("clear").click();
  await page.getByTestId("drop").waitFor();
  await untilWorkers(page, 1);
  await drop(page, [demoPath(demoFilms[0].file)]);
  const [only] = await rows(page, 1);
  assert.equal(only.status, "read");
});

visit("reading can be stopped: what has been read stays, what waits goes", {}, async ({ page, context }) => {
  await withCores(context, page, 1);
  await dropCopies(page, COPIES);
  await page.locator("[data-testid=film-row][data-status=read]").nth(3).waitFor();
  await page.getByTestId("stop").focus();
  await page.keyboard.press("Enter");
  await until(async () => !(await page.locator("[data-status=waiting], [data-status=reading]").count()), "films wait or are read");
  const kept = await page.getByTestId("film-row").count();
  assert.ok(kept >= 4 && kept < COPIES * demoFilms.length, `${kept} films are there`);
  const read = await rows(page, kept);
  assert.deepEqual([...new Set(read.map((row) => row.status))], ["read"]);
  assert.equal(await page.getByTestId("stop").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), "clear");
  await drop(page, [demoPath(demoFilms[0].file)]);
  assert.equal((await rows(page, kept + 1)).at(-1).status, "read");
});

visit("a worker that dies is missed by nobody while others live", { mayComplain: true }, async ({ page, context }) => {
  await context.addInitScript(() => {
    const Native = window.Worker;
    let count = 0;
    window.Worker = class extends Native {
      constructor(...all) {
        super(...all);
        // The second worker breaks when it is given its first film.
        this.doomed = ++count === 2;
      }
      postMessage(message, ...rest) {
        if (this.doomed && JSON.stringify(message).includes("read")) {
          this.terminate();
          setTimeout(() => this.dispatchEvent(new ErrorEvent("error")));
          return;
        }
        super.postMessage(message, ...rest);
      }
    };
  });
  await withCores(context, page, 2);
  await dropCopies(page, 2);
  const all = await rows(page, 2 * demoFilms.length);
  assert.deepEqual([...new Set(all.map((row) => row.status))], ["read"]);
});

visit("a worker that has read many films is replaced once it is idle", {}, async ({ page, context, requests }) => {
  await withCores(context, page, 1);
  const [worn] = page.workers();
  const loaded = new Set(requests.map((request) => request.url()));
  const [another] = await Promise.all([page.waitForEvent("worker", { timeout: 120_000 }), dropCopies(page, WORN)]);
  const read = await rows(page, WORN * demoFilms.length);
  assert.deepEqual([...new Set(read.map((row) => row.status))], ["read"]);
  await untilWorkers(page, 1);
  assert.ok(page.workers()[0] === another && another !== worn);
  const added = requests.map((request) => request.url()).filter((url) => !loaded.has(url));
  assert.deepEqual(added, [], "requested for the first time after load");
  await drop(page, [demoPath(demoFilms[0].file)]);
  assert.equal((await rows(page, WORN * demoFilms.length + 1)).at(-1).status, "read");
});

visit("it stays where no other can be had", { serviceWorkers: "block", mayComplain: true }, async ({ page, context }) => {
  await context.addInitScript(() => Object.defineProperty(navigator, "hardwareConcurrency", { get: () => 1 }));
  await page.reload();
  await arrived(page, "ready");
  const [worn] = page.workers();
  await context.route("**/*.network", (route) => route.fulfill({ status: 404 }));
  const [another] = await Promise.all([page.waitForEvent("worker", { timeout: 120_000 }), dropCopies(page, WORN)]);
  await untilWorkers(page, 1);
  assert.ok(page.workers()[0] === worn && another !== worn);
  await drop(page, [demoPath(demoFilms[0].file)]);
  assert.equal((await rows(page, WORN * demoFilms.length + 1)).at(-1).status, "read");
  assert.equal(await page.getByTestId("engine-failure").count(), 0);
});

/** The page anew, on a machine with so many cores. */
async function withCores(context, page, cores) {
  await context.addInitScript((cores) => Object.defineProperty(navigator, "hardwareConcurrency", { get: () => cores }), cores);
  await page.reload();
  // Until then the demo films are fetched for use without a network.
  await arrived(page, "offline-ready");
}

/** Drops all demo films several times over, each with a name of its own. */
async function dropCopies(page, copies) {
  const films = await transfer(page, demoFilms.map((film) => fileAt(demoPath(film.file))));
  const dataTransfer = await films.evaluateHandle((films, copies) => {
    const all = new DataTransfer();
    for (let copy = 0; copy < copies; copy += 1) {
      for (const film of films.files) all.items.add(new File([film], `${copy} ${film.name}`));
    }
    return all;
  }, copies);
  for (const event of ["dragenter", "dragover", "drop"]) await page.getByTestId("drop").dispatchEvent(event, { dataTransfer });
}

/** The largest number of workers that there has been, from now on. */
function mostWorkers(page) {
  let most = page.workers().length;
  page.on("worker", () => (most = Math.max(most, page.workers().length)));
  return () => most;
}

async function untilWorkers(page, count) {
  await until(() => page.workers().length === count, `never ${count} workers`);
}

async function until(isSo, otherwise) {
  for (const end = Date.now() + 30_000; !(await isSo()); ) {
    assert.ok(Date.now() < end, otherwise);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
