// A first visit on a slow line, and on one that breaks: what is seen when, and that nothing stands for ever.

import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { PATIENCE, PHONE, arrived, launch } from "./support/browser.js";
import { demoFilms, fixturePath, manifest, normal, root, words } from "./support/files.js";
import { rows } from "./support/films.js";
import { pixels } from "./support/pixels.js";
import { serve } from "./support/server.js";
import { slowLine } from "./support/slow-line.js";

/** Lines with the most seconds to the page, to the film that was chosen at once, and to its answer; the machine may be busy. */
const LINES = [
  { name: "400 kbit/s, 400 ms", kbits: 400, rtt: 400, page: 3, film: 4, answer: 60 },
  { name: "1.6 Mbit/s, 150 ms", kbits: 1600, rtt: 150, page: 2, film: 3, answer: 25 },
];
const ANY = { kbits: 4000, rtt: 20 };

let server, browser;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A first visit over such a line. */
function visit(name, line, body) {
  test(name, { timeout: 3 * PATIENCE }, async (t) => {
    const slow = await slowLine(server.address, line);
    const context = await browser.newContext({ viewport: PHONE, locale: "en-GB" });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const open = () => page.goto(slow.address, { waitUntil: "commit" });
    try {
      await body({ page, context, line: slow, open, seconds, t });
    } finally {
      await context.close();
      slow.stop();
    }
  });
}

const choose = (page, film) => page.getByTestId("file-input").setInputFiles(film);

for (const line of LINES) {
  visit(`at ${line.name} the page comes first, takes a film, shows it, and answers`, line, async ({ page, open, seconds, t }) => {
    await open();
    await page.getByText(words.start.title).waitFor();
    const shown = seconds();
    await page.waitForFunction(() => "started" in document.documentElement.dataset);
    await choose(page, normal);
    await page.getByTestId("early-film").waitFor();
    const film = seconds();
    for (const text of [words.shell.failed, words.engine.still]) assert.ok(!(await page.getByText(text).isVisible()), text);
    await page.waitForFunction((left) => new RegExp(left).test(document.querySelector(".engine").innerText), words.engine.left.replace("{time}", "\\d+ sec"));
    const told = seconds();
    await page.getByTestId("announcer").waitFor({ state: "attached" });
    const code = seconds();
    await page.getByTestId("early-film").waitFor();
    await page.getByTestId("outcome").waitFor();
    const answer = seconds();
    t.diagnostic(JSON.stringify({ line: line.name, page: shown, film, told, code, answer }));
    assert.ok(shown < line.page, `the page after ${shown} s`);
    assert.ok(film < line.film, `the film after ${film} s`);
    assert.ok(answer < line.answer, `the answer after ${answer} s`);
    assert.equal(await page.getByTestId("early-film").count(), 0);
  });
}

visit("the download is shown in bytes", ANY, async ({ page, open }) => {
  await page.addInitScript(() => {
    window.progress = [];
    new MutationObserver(() => {
      window.progress.push(document.querySelector("[data-testid=progress]")?.textContent ?? "");
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await open();
  await arrived(page, "ready");
  const said = await page.evaluate(() => window.progress);
  const bytes = new RegExp(words.engine.downloading.replace(/\{\w+\}/g, "([\\d.]+) MB"));
  const assets = join(root, "dist/assets");
  const sent = (name) => statSync(join(assets, name)).size;
  const code = readdirSync(assets).find((name) => /^first_worker_relaxed-.*\.br$/.test(name));
  const model = readdirSync(assets).find((name) => name.startsWith("model-"));
  const expected = sent(code) + sent(`${model}/${manifest.network.file}.br`);
  const totals = said.map((text) => text.match(bytes)).filter(Boolean).map(([, , total]) => Number(total));
  assert.ok(totals.length > 0, `never "${words.engine.downloading}"`);
  assert.ok(totals.every((total) => Math.abs(total - expected / 1e6) < 0.1), `${totals} for ${expected}`);
});

// Chosen before the page's code, when the worker of all formats is started at once, and after it, when the other one has been.
for (const [when, name] of [["at once", "odd/grey-16.tiff"], ["later", "dicom/chest-ap.dcm"]]) {
  visit(`a film that the browser cannot show, chosen ${when}, is shown before the model has come`, LINES[1], async ({ page, open, seconds, t }) => {
    await open();
    if (when === "at once") await page.waitForFunction(() => "started" in document.documentElement.dataset);
    else await page.getByTestId("announcer").waitFor({ state: "attached" });
    await choose(page, fixturePath(name));
    const early = page.locator("canvas[data-testid=early-film]");
    await early.waitFor();
    const film = seconds();
    const { rgba } = await pixels(early);
    assert.ok(new Set(rgba).size > 50, `${new Set(rgba).size} greys`);
    assert.equal((await rows(page, 1))[0].status, "read");
    t.diagnostic(JSON.stringify({ when, film, answer: seconds() }));
    assert.equal(await early.count(), 0);
  });
}

visit("a reader that dies while it shows a film early is started again, and the film is read", LINES[1], async ({ page, open }) => {
  await open();
  await page.waitForFunction(() => "started" in document.documentElement.dataset);
  await choose(page, fixturePath("odd/grey-16.tiff"));
  await page.locator("canvas[data-testid=early-film]").waitFor();
  const another = page.waitForEvent("worker");
  await page.workers().at(-1).evaluate(() => {
    setTimeout(() => {
      throw new Error("as a trap would");
    });
  });
  await another;
  assert.equal((await rows(page, 1))[0].status, "read");
  assert.equal(await page.getByTestId("engine-failure").count(), 0);
});

visit("a film chosen in a dialogue that was opened before the code came is read", ANY, async ({ page, open }) => {
  await open();
  const [dialogue] = await Promise.all([page.waitForEvent("filechooser"), page.getByText(words.add.choose).click()]);
  await page.getByTestId("announcer").waitFor({ state: "attached" });
  await dialogue.setFiles(normal);
  assert.equal((await rows(page, 1))[0].status, "read");
});

visit("downloads go on where the line broke", ANY, async ({ page, open, line }) => {
  const whole = line.sent;
  await open();
  for (const part of [300_000, 900_000, 1_500_000]) {
    while (whole() < part) await new Promise((resolve) => setTimeout(resolve, 20));
    line.cut();
  }
  await page.waitForFunction(() => "started" in document.documentElement.dataset);
  await arrived(page, "ready");
  await choose(page, normal);
  assert.equal((await rows(page, 1))[0].status, "read");
});

visit("a line that is gone is said, and what has come is not fetched again", ANY, async ({ page, open, line }) => {
  const start = server.requests.length;
  await open();
  while (line.sent() < 1_350_000) await new Promise((resolve) => setTimeout(resolve, 20));
  line.connect(false);
  line.cut();
  await page.getByTestId("still").waitFor();
  assert.equal(await page.getByTestId("still").innerText(), words.engine.still);
  const [before, asked] = [line.sent(), server.requests.length];
  line.connect(true);
  await arrived(page, "ready");
  assert.equal(await page.getByTestId("still").count(), 0);
  // What is missing comes, uncompressed; the code was there.
  const rest = server.requests.slice(asked).filter((request) => /network|first_worker_/.test(request));
  assert.ok(rest.length === 1 && rest.every((request) => request.includes(" 206")), rest.join());
  assert.ok(line.sent() - before < 900_000, `${line.sent() - before} bytes more`);
  await arrived(page, "offline-ready");
  const network = server.requests.slice(start).filter((request) => request.includes(".network"));
  assert.equal(network.length, 2, "the service worker has fetched the model once more");
  assert.ok(!(await page.evaluate(() => caches.has("lungfield arrived"))));
});

visit("a line that stands still is said, and goes on", ANY, async ({ page, open, line }) => {
  await open();
  while (line.sent() < 1_000_000) await new Promise((resolve) => setTimeout(resolve, 20));
  line.stall();
  await page.getByTestId("still").waitFor();
  line.flow();
  await arrived(page, "ready");
});

for (const [what, path] of [["script", "**/assets/app-*.js*"], ["code", "**/assets/app_bg-*.wasm"]]) {
  visit(`a page whose ${what} is not there says so, and is opened again`, ANY, async ({ page, context, open }) => {
    await context.route(path, (route) => route.fulfill({ status: 404 }));
    await open();
    await page.getByText(words.shell.failed).waitFor();
    await context.unroute(path);
    await page.getByRole("button", { name: words.engine.retry }).click();
    await arrived(page, "ready");
  });
}

visit("without the start script a way on is shown", ANY, async ({ page, context, open }) => {
  await context.route("**/assets/start-*.js", (route) => (route.request().url().includes("worker") ? route.continue() : route.abort()));
  await open();
  await page.getByRole("link", { name: words.shell.late }).waitFor();
});

visit("a reader whose code is not there says so", ANY, async ({ page, context, open }) => {
  await context.route("**/assets/*worker_*.wasm", (route) => route.fulfill({ status: 404 }));
  await open();
  await page.getByTestId("engine-failure").waitFor();
});

visit("a demo film that was pressed gives a sign at once", { kbits: 400, rtt: 400 }, async ({ page, open }) => {
  await open();
  const film = page.locator(`[data-testid=demo][data-file="${demoFilms[0].file}"]`);
  await film.click();
  await page.getByTestId("opening").waitFor({ timeout: 500 });
  assert.equal(await film.getAttribute("aria-busy"), "true");
});
