// A test is a visit: a fresh browser profile on the built page, which must keep its promises whatever else it shows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DESKTOP, PATIENCE, arrived, launch } from "./browser.js";
import { serve } from "./server.js";

/** What Playwright says in a page's name where it lets no service worker be. */
const BLOCKED = "Service Worker registration blocked by Playwright";

let server, browser;

before(async () => {
  server = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/**
 * A test on the page. `options` are Playwright's for a browser context, with `state` (what to wait for before `body`,
 * "ready" unless given), `mayComplain` (the test provokes errors on the console) and `relaxedSimd` (false for a browser that has
 * none, which then keeps nothing for offline use). `body` gets `{ page, context, server,
 * requests, said }`: `requests` are Playwright's, of the page and its workers, `said` is all that went to the console.
 */
export function visit(name, options, body) {
  const { state = "ready", mayComplain = false, relaxedSimd = true, ...profile } = options;
  if (!relaxedSimd) profile.serviceWorkers = "block";
  test(name, { timeout: 5 * PATIENCE }, async () => {
    const context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", ...profile });
    context.setDefaultTimeout(PATIENCE);
    if (!relaxedSimd) await context.route(/start-(first_)?worker-\w+\.js/, withoutRelaxedSimd);
    const requests = [];
    const said = [];
    const complaints = [];
    context.on("request", (request) => requests.push(request));
    context.on("weberror", (error) => complaints.push(String(error.error())));
    context.on("console", (message) => {
      said.push(message.text());
      if (["error", "warning"].includes(message.type()) && message.text() !== BLOCKED) complaints.push(message.text());
    });
    try {
      const page = await context.newPage();
      // Choosers are told of from now on: asked for just before one opens, that may come too late.
      page.on("filechooser", () => {});
      await page.goto(server.address);
      await arrived(page, state);
      await body({ page, context, server, requests, said });
      const foreign = requests.map((request) => request.url()).filter((url) => !isOwn(url));
      assert.deepEqual(foreign, [], "requests to another origin");
      if (!mayComplain) assert.deepEqual(complaints, [], "complaints on the console");
    } catch (error) {
      if (complaints.length > 0) error.message += `\nComplaints on the console:\n${complaints.join("\n")}`;
      throw error;
    } finally {
      await context.close();
    }
  });
}

/** Sends a worker's start script in which the probe for relaxed SIMD fails. */
async function withoutRelaxedSimd(route) {
  const response = await route.fetch();
  const script = (await response.text()).replace("WebAssembly.validate", "!WebAssembly.validate");
  await route.fulfill({ response, body: script });
}

function isOwn(url) {
  return url.startsWith(server.address) || url.startsWith(`blob:${server.address}`);
}
