// The element in a portal: what it takes, tells and shows, and what becomes of it when things go wrong.

import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { violations } from "../e2e/support/axe.js";
import { commandReadings, demoFilms, demoPath, fixturePath, local, normal, pneumonia, words } from "../e2e/support/files.js";
import { colouredShare } from "../e2e/support/pixels.js";
import { installed } from "./support/builds.js";
import { filesOf, portal, read, shown } from "./support/portal.js";
import { assertSame } from "./support/reading.js";

const gone = fixturePath("bad/truncated-50.jpeg");

for (const coep of [false, true]) {
  portal(`every demo film gets the command's answer${coep ? ", on a page that is set apart from other origins" : ""}`, { coep }, async ({ page }) => {
    const paths = coep ? [pneumonia] : [...demoFilms.map(({ file }) => demoPath(file)), gone];
    const expected = commandReadings(paths);
    (await read(page, paths)).forEach((reading, i) => assertSame(reading, expected[i]));
    const heard = await page.evaluate(() => self.heard.map(({ name }) => name));
    assert.deepEqual(heard.filter((name) => name === "reading").length, paths.length);
    assert.ok(heard.includes("ready") && heard.includes("progress") && heard.includes("stage"));
  });
}

portal("nothing is requested but the package's own files, and nothing after they have come", {}, async ({ page, server }) => {
  const own = JSON.parse(readFileSync(join(installed, "integrity.json"), "utf8"));
  await page.evaluate(() => document.getElementById("reader").load());
  const came = [...server.requests];
  const portals = ["/index.html", "/portal.js", "/favicon.ico"];
  for (const path of came) assert.ok(portals.includes(path) || Object.hasOwn(own, path.replace("/lungfield/", "dist/")), path);
  await read(page, [pneumonia, normal, gone]);
  await page.evaluate(() => (document.getElementById("reader").heat = "on"));
  await page.waitForTimeout(500);
  assert.deepEqual(server.requests.slice(came.length), []);
});

portal("an address of the page's own is read, and one that is not there is told", { mayComplain: true }, async ({ page, out }) => {
  cpSync(normal, join(out, "film.jpeg"));
  const found = await page.evaluate(() => document.getElementById("reader").read("film.jpeg"));
  assertSame(found, commandReadings([normal])[0]);
  assert.equal(found.file, "film.jpeg");
  const absent = await page.evaluate(() => document.getElementById("reader").read("none.jpeg"));
  assert.deepEqual([absent.status, absent.reason.kind], ["failed", "unreadable"]);
  assert.match(absent.reason.message, /404/);
  const foreign = await page.evaluate(() => document.getElementById("reader").read("https://example.org/film.dcm").catch(({ kind }) => kind));
  assert.equal(foreign, "origin");
});

portal("several elements share one worker, and each shows its own film", { body: [0, 1, 2, 3].map((i) => `<lungfield-reader id="r${i}"></lungfield-reader>`).join("") }, async ({ page }) => {
  const paths = demoFilms.slice(0, 4).map(({ file }) => demoPath(file));
  const files = await filesOf(page, paths);
  const readings = await page.evaluate((files) => Promise.all(files.map((file, i) => document.getElementById(`r${i}`).read(file))), files);
  const expected = commandReadings(paths);
  readings.forEach((reading, i) => assertSame(reading, expected[i]));
  assert.equal(page.workers().length, 1);
  for (const [i, { name }] of readings.entries()) assert.equal((await shown(page, `r${i}`)).outcome !== undefined, true, name);
});

/** Lets the worker stop at films of one name, as a trap in the engine does. */
const trapped = (path, body) =>
  /\/worker-/.test(path) ? `${body}\nconst real = self.onmessage; self.onmessage = (e) => e.data.ask === "read" && e.data.name === "trap" ? setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }) : real(e);` : body;

portal("a film that stops the worker costs itself alone", { change: trapped, mayComplain: true }, async ({ page }) => {
  const before = await read(page, [normal]);
  const [stopped] = await read(page, [normal], "reader", { name: "trap" });
  assert.deepEqual([stopped.status, stopped.reason.kind, stopped.file], ["failed", "engine", "trap"]);
  const [next] = await read(page, [normal]);
  assert.equal(next.probability, before[0].probability);
  assert.equal(await page.evaluate(() => document.getElementById("reader").state), "read");
});

portal("a film that is given up rejects, and the next one is read", {}, async ({ page }) => {
  const files = await filesOf(page, [pneumonia, normal]);
  const seen = await page.evaluate(async (files) => {
    const reader = document.getElementById("reader");
    const controller = new AbortController();
    const given = reader.read(files[0], { signal: controller.signal }).catch((error) => error.name);
    controller.abort();
    const first = reader.read(files[0]).catch((error) => error.name);
    const second = reader.read(files[1]);
    return [await given, await first, (await second).outcome, reader.reading.file];
  }, files);
  assert.deepEqual(seen, ["AbortError", "AbortError", "unlikely", normal.split("/").at(-1)]);
});

portal("what holds for all elements is the module's and the class's own", {}, async ({ page }) => {
  const same = await page.evaluate(() => ["define", "preload", "configure"].map((name) => self.lungfield[name] === self.lungfield.LungfieldReader[name]));
  assert.deepEqual(same, [true, true, true]);
  await page.evaluate(() => self.lungfield.LungfieldReader.preload());
  const [{ status }] = await read(page, [normal]);
  assert.equal(status, "read");
});

portal("moved, removed, adopted and upgraded elements behave", { body: "<main></main>" }, async ({ page }) => {
  const files = await filesOf(page, [normal]);
  const seen = await page.evaluate(async ([film]) => {
    const main = document.querySelector("main");
    // Set before it is known, and before it is in the document.
    const early = document.createElement("portal-reader");
    early.film = film;
    early.prevalence = 0.1;
    main.append(early);
    self.lungfield.define("portal-reader");
    await new Promise((resolve) => early.addEventListener("lungfield-reading", resolve, { once: true }));
    const upgraded = [early.reading.status, early.prevalence];
    // Moved within the document it keeps its film.
    document.body.prepend(early);
    await new Promise((later) => setTimeout(later));
    const moved = early.reading?.status;
    // Adopted by another document it keeps its looks.
    const frame = document.createElement("iframe");
    document.body.append(frame);
    frame.contentDocument.body.append(early);
    const adopted = early.shadowRoot.adoptedStyleSheets.length;
    const looks = frame.contentWindow.getComputedStyle(early.shadowRoot.querySelector(".card")).display;
    document.body.append(early);
    early.remove();
    return { upgraded, moved, adopted, looks, again: early.reading?.status };
  }, files);
  assert.deepEqual(seen, { upgraded: ["read", 0.1], moved: "read", adopted: 1, looks: "grid", again: "read" });
});

portal("two versions on one page do not get in each other's way", {}, async ({ page, out }) => {
  cpSync(join(out, "lungfield"), join(out, "older"), { recursive: true });
  const files = await filesOf(page, [normal]);
  const seen = await page.evaluate(async ([film]) => {
    const warned = [];
    console.warn = (text) => warned.push(text);
    const older = await import("/older/index.js");
    older.define();
    older.define("older-reader");
    const element = document.createElement("older-reader");
    document.body.append(element);
    const [other, own] = await Promise.all([element.read(film), document.getElementById("reader").read(film)]);
    return { warned: warned.length, same: other.probability === own.probability, apart: !(element instanceof self.lungfield.LungfieldReader) };
  }, files);
  assert.deepEqual(seen, { warned: 1, same: true, apart: true });
});

/** What is set up wrongly, and what the panel then says to whoever did it. */
const WRONG = {
  "an asset is not there": [{ change: (path, body) => (/network-/.test(path) ? null : body) }, "missing", /network-.*404/],
  "another file is there": [{ change: (path, body) => (/manifest-/.test(path) ? "{}" : body) }, "integrity", /Another file.*manifest-/],
  "the worker is not there": [{ change: (path, body) => (/worker-/.test(path) ? null : body) }, "missing", /worker-/],
  "the worker has the page's policy": [{ worker: "default-src 'none'; script-src 'self'; connect-src 'self'" }, "policy", /wasm-unsafe-eval/],
};
for (const [what, [options, kind, message]] of Object.entries(WRONG)) {
  portal(`where ${what}, the panel says what is missing`, { ...options, mayComplain: true }, async ({ page }) => {
    const error = await page.evaluate(() => document.getElementById("reader").load().then(() => null, ({ kind, message }) => ({ kind, message })));
    assert.equal(error?.kind, kind);
    assert.match(error.message, message);
    assert.match((await shown(page)).error, message);
    assert.equal(await page.evaluate(() => document.getElementById("reader").matches(":state(broken)")), true);
    // It was tried when it was seen, and once more when it was asked for.
    const told = await page.evaluate(() => self.heard.filter(({ name }) => name === "error").map(({ detail }) => detail.kind));
    assert.deepEqual([...new Set(told)], [kind]);
  });
}

portal("the folder of the assets can be named, and one of another origin is refused with the reason", { mayComplain: true }, async ({ page, out, server }) => {
  cpSync(join(out, "lungfield/assets"), join(out, "elsewhere"), { recursive: true });
  await page.evaluate(() => (document.getElementById("reader").assets = "elsewhere"));
  await read(page, [normal]);
  assert.ok(server.requests.some((path) => path.startsWith("/elsewhere/network-")));
  const other = server.address.replace("127.0.0.1", "localhost");
  const error = await page.evaluate((other) => {
    const reader = document.getElementById("reader");
    reader.assets = other;
    return reader.load().catch(({ kind }) => kind);
  }, other);
  assert.equal(error, "origin");
});

portal("it has no faults that axe finds, and fits into 320 pixels", { body: '<main><h1>Portal</h1><lungfield-reader id="reader" pick tools="zoom window invert rotate" heat="on" prevalence="0.1"></lungfield-reader></main>' }, async ({ page }) => {
  for (const width of [320, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const films of [[], [pneumonia], [normal], [gone]]) {
      await read(page, films);
      assert.deepEqual(await violations(page), [], `${width} ${films}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${films} is ${wide} wide at ${width}`);
    }
  }
});

portal("what is set shows: view, heat, language", {}, async ({ page }) => {
  await read(page, [local]);
  const set = (name, value) => page.evaluate(([name, value]) => (document.getElementById("reader")[name] = value), [name, value]);
  const heated = () => page.evaluate(() => !document.getElementById("reader").shadowRoot.querySelector(".heat").hidden);
  assert.equal(await heated(), false);
  await page.getByRole("switch", { name: words.heat.show }).click();
  await page.waitForFunction(() => !document.getElementById("reader").shadowRoot.querySelector(".heat").hidden);
  assert.ok((await colouredShare(page.locator("canvas[role=img]"))) > 0.01, "there is no heat over the film");
  // Against pneumonia too, and the lungs: each with how it looks.
  /** Waits until so many lines and swatches are drawn. */
  const drawn = (lines, swatches) =>
    page.waitForFunction(
      ([lines, swatches]) => {
        const root = document.getElementById("reader").shadowRoot;
        return Boolean(root.querySelector(".lungs polyline")) === lines && Boolean(root.querySelector(".evidence .swatch")) === swatches;
      },
      [lines, swatches],
    );
  await page.getByText(words.heat.more).click();
  await page.getByRole("switch", { name: words.heat.against }).click();
  await page.getByText(words.heat.normal).waitFor();
  await page.getByRole("switch", { name: words.heat.lungs }).click();
  await drawn(true, true);
  await page.getByRole("switch", { name: words.heat.lungs }).click();
  await drawn(false, true);
  await page.getByRole("switch", { name: words.heat.against }).click();
  await set("lang", "hi");
  await page.waitForFunction(() => /[ऀ-ॿ]/.test(document.getElementById("reader").shadowRoot.querySelector("[part=outcome]").textContent));
  await set("view", "result");
  await page.waitForFunction(() => document.getElementById("reader").shadowRoot.querySelector(".stage").hidden);
  await set("view", "none");
  assert.equal(await page.evaluate(() => document.getElementById("reader").offsetHeight), 0);
  const pixels = await page.evaluate(async () => {
    const { width, data } = await document.getElementById("reader").heatmap({ width: 100 });
    return { width, painted: data.filter((_, i) => i % 4 === 3).some(Boolean) };
  });
  assert.deepEqual(pixels, { width: 100, painted: true });
});

portal("with read-first the answer comes after what the user sees, and carries it", { body: '<main><h1>Portal</h1><lungfield-reader id="reader" read-first exports="json"></lungfield-reader></main>' }, async ({ page }) => {
  const [{ outcome }] = await read(page, [pneumonia]);
  const told = () => page.evaluate(() => document.getElementById("reader").shadowRoot.querySelector(".side").textContent);
  for (const { name } of Object.values(words.outcomes)) assert.ok(!(await told()).includes(name), name);
  assert.ok((await told()).includes(words.first.title));
  assert.equal(await page.getByRole("switch").count(), 0, "where the model looked is an answer too");
  assert.deepEqual(await violations(page), []);
  const show = page.getByRole("button", { name: words.first.show, exact: true });
  assert.ok(await show.isDisabled());
  await page.getByLabel(words.first.effusion).check();
  await page.getByLabel(words.first.none).check();
  assert.ok(!(await page.getByLabel(words.first.effusion).isChecked()));
  await page.getByLabel(words.first.consolidation).check();
  await page.getByLabel(words.quality.grades.suboptimal).check();
  await show.click();
  await page.getByRole("heading", { name: words.outcomes[outcome].name }).waitFor();
  assert.ok((await told()).includes(`You saw first: ${words.first.consolidation}.`));
  const seen = { quality: "suboptimal", consolidation: true, other_infiltrate: false, effusion: false };
  assert.deepEqual(await page.evaluate(() => self.heard.find(({ name }) => name === "seen").detail.seen), seen);
  const json = await page.evaluate(async () => JSON.parse(await (await document.getElementById("reader").export("json")).text()));
  assert.deepEqual(json.seen_first, seen);

  await read(page, [normal]);
  assert.ok((await told()).includes(words.first.title), "the next film is asked about anew");
  await page.evaluate(() => document.getElementById("reader").reveal());
  await page.waitForFunction((title) => !document.getElementById("reader").shadowRoot.querySelector(".side").textContent.includes(title), words.first.title);
});

portal("a file of every format can be taken away, and the host may keep it", { body: '<lungfield-reader id="reader" exports="pdf dicom-sr fhir-r5 json"></lungfield-reader>' }, async ({ page }) => {
  await read(page, [pneumonia]);
  const heads = await page.evaluate(async () => {
    const reader = document.getElementById("reader");
    const made = {};
    for (const format of ["pdf", "png", "dicom-sc", "dicom-sr", "fhir-r4", "fhir-r5", "json"]) {
      const blob = await reader.export(format);
      const bytes = new Uint8Array(await blob.arrayBuffer());
      made[format] = [blob.type, String.fromCharCode(...bytes.slice(0, 5)), String.fromCharCode(...bytes.slice(128, 132))];
    }
    return made;
  });
  assert.equal(heads.pdf[1], "%PDF-");
  assert.equal(heads.png[1].slice(1, 4), "PNG");
  for (const format of ["dicom-sc", "dicom-sr"]) assert.equal(heads[format][2], "DICM");
  for (const format of ["fhir-r4", "fhir-r5", "json"]) assert.equal(heads[format][1][0], "{");
  const kept = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const reader = document.getElementById("reader");
        reader.addEventListener("lungfield-export", (event) => {
          event.preventDefault();
          resolve([event.detail.format, event.detail.name, event.detail.blob.size > 1000]);
        });
        reader.shadowRoot.querySelector(".taking button").click();
      }),
  );
  assert.deepEqual(kept, ["pdf", pneumonia.split("/").at(-1).replace(".jpeg", ".pdf"), true]);
});

portal("the element's manifest names what can be set", {}, async ({ page }) => {
  const { modules } = JSON.parse(readFileSync(join(installed, "custom-elements.json"), "utf8"));
  const [{ attributes, events }] = modules[0].declarations;
  const observed = await page.evaluate(() => self.lungfield.LungfieldReader.observedAttributes);
  assert.deepEqual(attributes.map(({ name }) => name).sort(), [...observed].sort());
  assert.ok(events.every(({ name }) => name.startsWith("lungfield-")));
});

portal("what helps to find a fault names no film", {}, async ({ page }) => {
  await read(page, [normal], "reader", { name: "DOE^JANE" });
  const report = await page.evaluate(() => JSON.stringify(document.getElementById("reader").report()));
  assert.doesNotMatch(report, /DOE|JANE/);
  assert.match(report, /"status":"read"/);
});

portal("a hundred elements that come and go leave no worker and little memory", {}, async ({ page }) => {
  const files = await filesOf(page, [normal]);
  const grown = await page.evaluate(async ([film]) => {
    document.getElementById("reader").remove();
    const round = async () => {
      const reader = document.createElement("lungfield-reader");
      document.body.append(reader);
      await reader.read(film);
      reader.remove();
    };
    for (let i = 0; i < 20; i += 1) await round();
    self.gc?.();
    const before = performance.memory.usedJSHeapSize;
    for (let i = 0; i < 80; i += 1) await round();
    self.gc?.();
    return performance.memory.usedJSHeapSize - before;
  }, files);
  console.log(`80 elements that came and went: ${(grown / 1e6).toFixed(1)} MB more`);
  assert.ok(grown < 40e6, `${grown} bytes more`);
  assert.equal(page.workers().length, 1);
});
