// The app on the device: installed, opened with films from elsewhere, brought up to date and back, and what is kept of it.
//
// First visit; offline; install; a file opened and one shared while a film is read; an update offered, refused, accepted, while reading,
// twice; back, and back without a network; a model withdrawn; no room; cleared away while open and while closed; two windows; iOS.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { DESKTOP, PATIENCE, PHONE, arrived, launch } from "./support/browser.js";
import { foreignForm, site, variant } from "./support/builds.js";
import { chromiumFlags, normal, offeredFilms, pneumonia, program, words } from "./support/files.js";
import { drop, rows } from "./support/films.js";

const A = "aaaaaaaaaaaaaaaa";
const B = "bbbbbbbbbbbbbbbb";
const C = "cccccccccccccccc";
const MODEL_A = "a".repeat(64);

let browser, a, b, c;
before(async () => {
  browser = await launch();
  a = variant(A, { version: "1.0.0", sha256: MODEL_A });
  b = variant(B, { version: "2.0.0" });
  c = variant(C, { version: "3.0.0" });
});
after(() => browser?.close());

/** A test on a site that has build A at first, in a fresh profile that has visited it; `body` gets `{ page, context, site, open }`. */
function flow(name, options, body) {
  const { visited = true, ...profile } = options;
  test(name, { timeout: 5 * PATIENCE }, async () => {
    const served = await site(a);
    const context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", ...profile });
    context.setDefaultTimeout(PATIENCE);
    const open = async (path = "", state = "ready") => {
      const page = await context.newPage();
      await page.goto(served.address + path);
      await arrived(page, state);
      return page;
    };
    try {
      const page = visited ? await open("", "offline-ready") : await context.newPage();
      await body({ page, context, site: served, open });
    } finally {
      await context.close();
      served.stop();
    }
  });
}

const build = (page) => page.locator("meta[name='lungfield:build']").getAttribute("content");
const kept = (page) => page.evaluate(async () => (await caches.keys()).map((name) => name.split(" ").at(-1)).sort());
const notice = (page) => page.getByTestId("version-notice");
const lookForNewer = (page) => page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
const text = (words, version) => words.replace("{version}", version);
const reloaded = async (page, act) => {
  await page.evaluate(() => (window.before = true));
  await act();
  await page.waitForFunction(() => !window.before);
  await arrived(page, "ready");
};
/** Another build comes to the site, and the page hears of it. */
async function released(site, folder, page) {
  site.folder = folder;
  await lookForNewer(page);
}
const facts = async (page) => {
  await page.getByTestId("app-facts").locator("summary").first().click();
  // Drawn once it is opened.
  await page.getByTestId("app-facts").locator(".facts").waitFor({ state: "attached" });
  return page.getByTestId("app-facts");
};

flow("a first visit keeps the whole build, says so, and opens without a network", {}, async ({ page, site, context }) => {
  assert.ok((await (await facts(page)).innerText()).includes(words.app.offline));
  assert.equal(await page.getByTestId("progress").innerText(), words.engine.offline);
  assert.deepEqual(await kept(page), [A, "state"]);
  site.stop();
  await context.setOffline(true);
  await page.reload();
  await arrived(page, "offline-ready");
  await drop(page, [normal]);
  assert.equal((await rows(page, 1))[0].status, "read");
});

flow("a demo film that is not there does not hide that the app works offline", { visited: false }, async ({ page, site }) => {
  site.absent = [`/films/${offeredFilms[3].file}`];
  await page.goto(site.address);
  await arrived(page, "offline-ready");
  assert.equal(await page.getByTestId("progress").innerText(), words.engine.offline);
});

for (const line of [{ saveData: true }, { effectiveType: "3g" }]) {
  flow(`no demo film is fetched unasked where ${Object.keys(line)} spares the line`, { visited: false }, async ({ page, context, site }) => {
    await context.addInitScript((value) => Object.defineProperty(navigator, "connection", { value }), line);
    await page.goto(site.address);
    await arrived(page, "offline-ready");
    assert.deepEqual(site.requests.filter((request) => request.endsWith(".jpeg") && request.includes("/films/") && !request.includes("thumbnails")), []);
  });
}

flow("the browser is asked to keep the app, and its answer is shown", {}, async ({ page, context, site }) => {
  await facts(page);
  await page.getByTestId("keep").click();
  assert.ok((await page.getByTestId("promise").innerText()).includes(words.app.not_promised));
  const session = await context.browser().newBrowserCDPSession();
  const [browserContextId] = (await session.send("Target.getBrowserContexts")).browserContextIds.slice(-1);
  await session.send("Browser.grantPermissions", { permissions: ["durableStorage"], origin: site.address.slice(0, -1), browserContextId });
  await page.getByTestId("keep").click();
  await page.waitForFunction((words) => document.querySelector("[data-testid=promise]")?.innerText === words, words.app.promised);
  assert.equal(await page.getByTestId("keep").count(), 0);
});

flow("a newer build is offered with what is new, comes when asked, and the former one is kept", {}, async ({ page, site }) => {
  await released(site, b, page);
  await notice(page).waitFor();
  const said = await notice(page).innerText();
  assert.ok(said.includes(text(words.app.update, "2.0.0")), said);
  for (const change of Object.values(words.changes)) assert.ok(said.includes(change), said);
  await page.reload();
  await arrived(page, "ready");
  assert.equal(await build(page), A, "it came without being asked for");
  await notice(page).waitFor();
  await reloaded(page, () => page.getByTestId("use-version").click());
  assert.equal(await build(page), B);
  assert.deepEqual(await kept(page), [A, B, "state"]);
  await drop(page, [normal]);
  assert.equal((await rows(page, 1))[0].status, "read");
});

flow("a build that was put off waits, also where all windows were closed", {}, async ({ page, site, open }) => {
  await released(site, b, page);
  await page.getByTestId("later").click();
  assert.equal(await notice(page).count(), 0);
  await page.close();
  const again = await open();
  assert.equal(await build(again), A);
  await notice(again).waitFor();
  await again.getByTestId("later").click();
  await facts(again);
  assert.ok((await again.getByTestId("other-version").innerText()).includes(text(words.app.newest, "2.0.0")));
});

flow("nothing is offered in the middle of a case, and a new build does not disturb it", {}, async ({ page, site }) => {
  await drop(page, [normal]);
  await rows(page, 1);
  await released(site, b, page);
  await page.waitForFunction(async () => (await caches.keys()).length === 3);
  await drop(page, [pneumonia]);
  assert.equal((await rows(page, 2))[1].status, "read");
  assert.equal(await notice(page).count(), 0);
  await facts(page);
  await page.getByTestId("other-version").waitFor();
  assert.equal(await page.getByTestId("switch").count(), 0);
  await page.getByTestId("clear").click();
  await notice(page).waitFor();
  assert.equal(await build(page), A);
});

flow("of two newer builds the last one is offered, and what nobody uses is not kept", {}, async ({ page, site }) => {
  await released(site, b, page);
  await notice(page).waitFor();
  await released(site, c, page);
  await page.waitForFunction((words) => document.querySelector("[data-testid=version-notice]")?.innerText.includes(words), text(words.app.update, "3.0.0"));
  await reloaded(page, () => page.getByTestId("use-version").click());
  assert.equal(await build(page), C);
  assert.deepEqual(await kept(page), [A, C, "state"]);
});

flow("the former build comes back, without a network too, and is not undone by an offer", {}, async ({ page, site, context }) => {
  await released(site, b, page);
  await reloaded(page, () => page.getByTestId("use-version").click());
  await arrived(page, "offline-ready");
  site.stop();
  await context.setOffline(true);
  await facts(page);
  await reloaded(page, () => page.getByTestId("switch").click());
  assert.equal(await build(page), A);
  await page.reload();
  await arrived(page, "offline-ready");
  assert.equal(await build(page), A);
  await drop(page, [normal]);
  assert.equal((await rows(page, 1))[0].status, "read");
  await page.getByTestId("clear").click();
  assert.equal(await notice(page).count(), 0, "what was gone back from is offered");
});

flow("a build after one that was gone back from is offered again", {}, async ({ page, site }) => {
  await released(site, b, page);
  await reloaded(page, () => page.getByTestId("use-version").click());
  await arrived(page, "offline-ready");
  await facts(page);
  await reloaded(page, () => page.getByTestId("switch").click());
  await arrived(page, "offline-ready");
  assert.equal(await notice(page).count(), 0);
  await released(site, c, page);
  await notice(page).waitFor();
  await reloaded(page, () => page.getByTestId("use-version").click());
  assert.deepEqual(await kept(page), [A, C, "state"]);
});

flow("a withdrawn model is left, and never gone back to", {}, async ({ page, site }) => {
  await drop(page, [normal]);
  await rows(page, 1);
  await released(site, variant(B, { version: "2.0.0", withdrawn: [MODEL_A] }), page);
  await notice(page).waitFor();
  assert.ok((await notice(page).innerText()).includes(text(words.app.withdrawn, "2.0.0")));
  assert.equal(await page.getByTestId("use-version").count(), 0, "in the middle of a case");
  await reloaded(page, () => page.reload());
  assert.equal(await build(page), B);
  await arrived(page, "offline-ready");
  await facts(page);
  assert.equal(await page.getByTestId("switch").count(), 0);
  assert.deepEqual(await kept(page), [B, "state"]);
});

flow("a second window is told that another version is in use, and goes on", {}, async ({ page, site, open }) => {
  const second = await open();
  await drop(second, [normal]);
  await rows(second, 1);
  await released(site, b, page);
  await reloaded(page, () => page.getByTestId("use-version").click());
  await notice(second).waitFor();
  assert.ok((await notice(second).innerText()).includes(text(words.app.elsewhere, "2.0.0")));
  assert.equal(await build(second), A);
  await drop(second, [pneumonia]);
  assert.equal((await rows(second, 2))[1].status, "read");
});

flow("where there is no room, that is said, and films are read", { visited: false }, async ({ page, context, site }) => {
  const session = await context.newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: site.address.slice(0, -1), quotaSize: 100_000 });
  await page.goto(site.address);
  await arrived(page, "ready");
  await drop(page, [normal]);
  assert.equal((await rows(page, 1))[0].status, "read");
  await facts(page);
  await page.waitForFunction((words) => document.querySelector("[data-testid=offline]")?.innerText === words, words.app.not_kept);
  assert.notEqual(await page.getByTestId("progress").innerText(), words.engine.offline);
});

const clearStorage = async (page, site) => {
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: site.address.slice(0, -1), storageTypes: "all" });
};

flow("what was cleared away while the page was open is kept anew when it is looked at again", {}, async ({ page, site, context }) => {
  await clearStorage(page, site);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.waitForFunction(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    return registration?.active?.state === "activated" && (await caches.match("kept.json"));
  });
  await arrived(page, "offline-ready");
  await page.reload();
  await arrived(page, "offline-ready");
  site.stop();
  await context.setOffline(true);
  await page.reload();
  await arrived(page, "offline-ready");
});

flow("what was cleared away while the page was closed is kept anew by the next visit", {}, async ({ page, site, context, open }) => {
  const other = await context.newPage();
  await page.close();
  await clearStorage(other, site);
  const again = await open("", "offline-ready");
  site.stop();
  await context.setOffline(true);
  await again.reload();
  await arrived(again, "offline-ready");
});

flow("a file that was lost while the page was closed is fetched anew", {}, async ({ page, site, open, context }) => {
  const lost = await page.evaluate(async () => {
    const name = (await caches.keys()).find((name) => !name.endsWith("state"));
    const cache = await caches.open(name);
    const file = (await cache.keys()).find(({ url }) => url.endsWith(".network"));
    await cache.put(file, new Response("damaged"));
    return new URL(file.url).pathname;
  });
  await page.close();
  site.requests.length = 0;
  const again = await context.newPage();
  await again.goto(site.address);
  const bytes = () => again.evaluate(async (lost) => (await (await caches.match(lost)).arrayBuffer()).byteLength, lost);
  while ((await bytes()) < 1000) await again.waitForTimeout(200);
  await again.reload();
  await arrived(again, "offline-ready");
});

flow("what is lost and cannot be had is said", {}, async ({ page, site, open, context }) => {
  await page.evaluate(async () => {
    for (const name of await caches.keys()) for (const file of await (await caches.open(name)).keys()) {
      if (file.url.includes("model-card")) await (await caches.open(name)).delete(file);
    }
  });
  site.absent = ["model-card"];
  const again = await open();
  await facts(again);
  await again.waitForFunction((words) => document.querySelector("[data-testid=offline]")?.innerText === words, words.app.not_yet_kept);
  assert.notEqual(await again.getByTestId("progress").innerText(), words.engine.offline);
});

async function post(context, site, paths) {
  const form = await foreignForm(`${site.address}share`);
  const page = await context.newPage();
  try {
    await page.goto(form.address);
    await page.locator("input").setInputFiles(paths);
    await page.getByText("send").click();
    await page.waitForURL((url) => url.href.startsWith(site.address));
    await page.getByTestId("handed").waitFor();
    return page;
  } finally {
    form.stop();
  }
}

flow("a film that is shared is asked about first, and read then", {}, async ({ page, context, site }) => {
  await page.close();
  const shared = await post(context, site, [normal, pneumonia]);
  assert.ok((await shared.getByTestId("handed").innerText()).includes(words.app.handed.other.replace("{count}", "2")));
  assert.equal(await shared.getByTestId("film-row").count(), 0);
  assert.equal(new URL(shared.url()).search, "");
  await arrived(shared, "ready");
  await shared.getByTestId("add-handed").click();
  assert.deepEqual((await rows(shared, 2)).map(({ status }) => status), ["read", "read"]);
  assert.equal(await shared.getByTestId("handed").count(), 0);
  const names = await shared.evaluate(async () => JSON.stringify(await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)))));
  assert.ok(!names.includes("share"), "it is on disk");
});

flow("a film that is shared while others are read goes to their window, and into no open case unasked", {}, async ({ page, context, site }) => {
  await drop(page, [pneumonia]);
  await rows(page, 1);
  const shared = await post(context, site, [normal]);
  assert.ok((await shared.getByTestId("handed").innerText()).includes(words.app.handed_elsewhere));
  await page.getByTestId("handed").waitFor();
  assert.equal((await rows(page, 1)).length, 1);
  await page.getByTestId("dismiss").click();
  assert.equal((await rows(page, 1)).length, 1);
  await shared.close();
  await (await post(context, site, [normal])).close();
  await page.getByTestId("open-alone").click();
  const [only] = await rows(page, 1);
  assert.equal(only.name, "NORMAL2-IM-1427-0001.jpeg");
});

flow("a shared film that was lost on its way is said to be", {}, async ({ page, site }) => {
  await page.goto(`${site.address}?shared`);
  await page.getByTestId("handed").waitFor();
  assert.ok((await page.getByTestId("handed").innerText()).includes(words.app.lost));
  await page.reload();
  await arrived(page, "ready");
  assert.equal(await page.getByTestId("handed").count(), 0);
});

flow("on an iPhone the steps of installing are shown, after the first reading", { viewport: PHONE }, async ({ page, context }) => {
  await context.addInitScript(() => Object.defineProperty(navigator, "standalone", { value: false }));
  await page.reload();
  await arrived(page, "ready");
  assert.equal(await page.getByTestId("install").count(), 0, "offered before a film was read");
  await drop(page, [normal]);
  await rows(page, 1);
  await page.getByTestId("install").locator("summary").click();
  assert.ok((await page.getByTestId("install").innerText()).includes(words.app.safari_steps));
});

flow("an app that is installed on an iPhone is not offered again", { viewport: PHONE }, async ({ page, context }) => {
  await context.addInitScript(() => Object.defineProperty(navigator, "standalone", { value: true }));
  await page.reload();
  await drop(page, [normal]);
  await rows(page, 1);
  assert.equal(await page.getByTestId("install").count(), 0);
});

test("it installs, opens files in the window that is open, and asks about them", { timeout: 5 * PATIENCE }, async () => {
  const profile = mkdtempSync(join(tmpdir(), "lungfield-profile-"));
  const served = await site(a);
  const executablePath = program("CHROMIUM", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: chromiumFlags, viewport: DESKTOP, locale: "en-GB" });
  try {
    context.setDefaultTimeout(PATIENCE);
    const [page] = context.pages();
    await page.goto(served.address);
    await arrived(page, "offline-ready");
    assert.equal(await page.getByTestId("install").count(), 0, "offered before a film was read");
    await drop(page, [pneumonia]);
    await rows(page, 1);
    await page.getByTestId("install").waitFor();
    const session = await context.browser().newBrowserCDPSession();
    const own = await context.newCDPSession(page);
    const { installabilityErrors } = await own.send("Page.getInstallabilityErrors");
    assert.deepEqual(installabilityErrors, []);
    const manifestId = served.address;
    await own.send("PWA.install", { manifestId });
    // A window of its own, as the user's choice is where it was not a program that installed it.
    await session.send("PWA.changeAppUserSettings", { manifestId, displayMode: "standalone" });
    const { fileHandlers } = await session.send("PWA.getOsAppState", { manifestId });
    const endings = fileHandlers.flatMap(({ accepts }) => accepts.flatMap(({ fileExtensions }) => fileExtensions));
    for (const ending of [".dcm", ".zip", ".png"]) assert.ok(endings.includes(ending), String(endings));

    await own.send("PWA.openCurrentPageInApp", { manifestId });
    await session.send("PWA.launchFilesInApp", { manifestId, files: [normal] });
    await page.getByTestId("handed").waitFor();
    assert.equal((await rows(page, 1)).length, 1, "added to an open case");
    await page.getByTestId("open-alone").click();
    await page.getByText("NORMAL2-IM-1427-0001.jpeg").first().waitFor({ state: "attached" });
    const [only] = await rows(page, 1);
    assert.equal(only.name, "NORMAL2-IM-1427-0001.jpeg");
    await session.send("PWA.uninstall", { manifestId });
  } finally {
    await context.close();
    served.stop();
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  }
});
