// The element in the other browsers' engines, under the strictest policy.

import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";

import { PATIENCE } from "../e2e/support/browser.js";
import { commandReadings, normal, pneumonia } from "../e2e/support/files.js";
import { BROWSERS, missing } from "../e2e/support/other-browsers.js";
import { folder, install, installed } from "./support/builds.js";
import { host } from "./support/host.js";
import { assertSame } from "./support/reading.js";

before(() => install(process.env.LUNGFIELD_PACKAGE));

for (const [name, open] of Object.entries(BROWSERS)) {
  test(`${name}: the element reads as the command does`, { timeout: 3 * PATIENCE, skip: missing(name) }, async () => {
    const out = folder();
    cpSync(join(installed, "dist"), join(out, "lungfield"), { recursive: true });
    cpSync(pneumonia, join(out, "0.jpeg"));
    cpSync(normal, join(out, "1.jpeg"));
    writeFileSync(join(out, "portal.js"), `(${visit})();`);
    writeFileSync(join(out, "index.html"), '<!doctype html><html lang="hi"><meta charset="utf-8"><title>portal</title><lungfield-reader></lungfield-reader><script type="module" src="portal.js"></script>');
    const portal = await host(out);
    let hear;
    const said = new Promise((resolve) => (hear = resolve));
    // Its answer comes to the portal's own address.
    const { requests } = portal;
    const listening = setInterval(() => requests.filter((path) => path.startsWith("/said/")).map((path) => hear(JSON.parse(path.slice(6)))), 200);
    const close = open(portal.address);
    const impatient = setTimeout(() => hear({ error: "the browser said nothing" }), 2 * PATIENCE);
    const { error, readings, complaints, headline } = await said;
    clearTimeout(impatient);
    clearInterval(listening);
    close();
    portal.stop();
    assert.equal(error, undefined);
    assert.deepEqual(complaints, []);
    const expected = commandReadings([pneumonia, normal]);
    readings.forEach((reading, i) => assertSame({ ...expected[i], ...reading }, expected[i]));
    assert.match(headline, /[ऀ-ॿ]/);
  });
}

/** Runs in the browser. */
async function visit() {
  const complaints = [];
  for (const type of ["error", "unhandledrejection", "securitypolicyviolation"]) {
    // WebKit asks for the page's icon.
    const isIcon = (event) => event.blockedURI?.endsWith("/favicon.ico");
    addEventListener(type, (event) => isIcon(event) || complaints.push(String(event.message ?? event.reason ?? event.violatedDirective)));
  }
  const say = (said) => fetch(`/said/${encodeURIComponent(JSON.stringify(said))}`);
  try {
    await import("/lungfield/define.js");
    const reader = document.querySelector("lungfield-reader");
    const readings = [];
    for (const name of ["0.jpeg", "1.jpeg"]) {
      const { outcome, probability, status, warnings } = await reader.read(name);
      readings.push({ outcome, probability, status, warnings });
    }
    await say({ readings, complaints, headline: reader.shadowRoot.querySelector("[part=outcome]").textContent });
  } catch (error) {
    await say({ error: String(error), complaints });
  }
}
