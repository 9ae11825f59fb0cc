// The packed element in everybody's builds, under the strictest policy: it reads a film as the command does.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PATIENCE, launch } from "../e2e/support/browser.js";
import { commandReadings, pneumonia } from "../e2e/support/files.js";
import { BUILDS, POLICIES, install } from "./support/builds.js";
import { host } from "./support/host.js";
import { assertSame } from "./support/reading.js";

let browser, expected;
before(async () => {
  install(process.env.LUNGFIELD_PACKAGE);
  browser = await launch();
  [expected] = commandReadings([pneumonia]);
});
after(() => browser?.close());

for (const [name, build] of Object.entries(BUILDS)) {
  test(`${name}: the element reads as the command does`, { timeout: 3 * PATIENCE }, async () => {
    const { out, at } = await build();
    const server = await host(out, { types: POLICIES[name] });
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    const complaints = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    try {
      await page.goto(server.address + at);
      await page.locator("input").first().setInputFiles(pneumonia);
      await page.waitForFunction(() => self.heard.some(([name]) => name === "reading" || name === "error"));
      const heard = await page.evaluate(() => self.heard);
      assert.deepEqual(heard.filter(([name]) => name === "error"), [], complaints.join("\n"));
      assertSame(heard.find(([name]) => name === "reading")[1].reading, expected);
      assert.deepEqual(complaints, []);
    } finally {
      await page.close();
      server.stop();
    }
  });
}
