// A portal without a bundler, in the tests' browser.

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { DESKTOP, PATIENCE, launch } from "../../e2e/support/browser.js";
import { folder, install, installed } from "./builds.js";
import { host } from "./host.js";

let browser;
before(async () => {
  install(process.env.LUNGFIELD_PACKAGE);
  browser = await launch();
});
after(() => browser?.close());

/** A folder with the package's files below `lungfield/` and a page of `body`, whose script imports the package. */
function site(body) {
  const out = folder();
  cpSync(join(installed, "dist"), join(out, "lungfield"), { recursive: true });
  writeFileSync(join(out, "portal.js"), PORTAL);
  writeFileSync(join(out, "index.html"), `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>portal</title></head><body>${body}<script type="module" src="portal.js"></script></body></html>`);
  return out;
}

const PORTAL = `
import * as lungfield from "./lungfield/define.js";
self.lungfield = lungfield;
self.heard = [];
for (const name of ["ready", "progress", "stage", "reading", "seen", "reveal", "own-model", "own-reading", "error"]) {
  document.addEventListener("lungfield-" + name, ({ target, detail }) => heard.push({ name, id: target.id, detail }));
}
self.loaded = true;
`;

/**
 * A test on a portal. `options` are those of {@link host} and Playwright's for a browser context, with `body`, the page's own, and
 * `mayComplain` (the test provokes errors on the console). `body` gets `{ page, context, server, out }`.
 */
export function portal(name, options, visit) {
  const { body = '<lungfield-reader id="reader"></lungfield-reader>', mayComplain = false, coep, worker, change, types, ...profile } = options;
  test(name, { timeout: 5 * PATIENCE }, async () => {
    const out = site(body);
    const server = await host(out, { coep, worker, change, types });
    const context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", ...profile });
    context.setDefaultTimeout(PATIENCE);
    const complaints = [];
    context.on("weberror", (error) => complaints.push(String(error.error())));
    context.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    try {
      const page = await context.newPage();
      await page.goto(server.address);
      await page.waitForFunction(() => self.loaded);
      await visit({ page, context, server, out });
      if (!mayComplain && complaints.length > 0) throw new Error("complaints on the console");
    } catch (error) {
      if (complaints.length > 0) error.message += `\nOn the console:\n${complaints.join("\n")}`;
      throw error;
    } finally {
      await context.close();
      server.stop();
    }
  });
}

/** Hands the file at each path to the element of an id, one after the other, and gives the readings. `given` are options of `read`. */
export async function read(page, paths, id = "reader", given = {}) {
  const files = await filesOf(page, paths);
  const readings = [];
  for (let i = 0; i < paths.length; i += 1) {
    readings.push(await page.evaluate(([files, i, id, given]) => document.getElementById(id).read(files[i], given), [files, i, id, given]));
  }
  return readings;
}

/** The files at these paths in the page, as a handle to a list of them. */
export async function filesOf(page, paths) {
  const input = await page.evaluateHandle(() => Object.assign(document.createElement("input"), { type: "file", multiple: true }));
  await input.asElement().setInputFiles(paths);
  return page.evaluateHandle((input) => [...input.files], input);
}

/** The texts that an element shows, by the parts that they are in. */
export function shown(page, id = "reader") {
  return page.evaluate((id) => {
    const root = document.getElementById(id).shadowRoot;
    return Object.fromEntries([...root.querySelectorAll("[part]")].map((element) => [element.getAttribute("part"), element.textContent]));
  }, id);
}
