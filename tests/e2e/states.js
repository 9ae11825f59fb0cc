// The states of the page for people to look at: each at four sizes, light and dark, on one sheet in target/states.
//
//   npm run states                        all of them, in English and Hindi
//   LANGUAGES=ta-IN npm run states -- heat withheld

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { DESKTOP, PATIENCE, PHONE, arrived, launch } from "./support/browser.js";
import { site, variant } from "./support/builds.js";
import { dicomFilm } from "./support/dicom.js";
import { demoFilms, demoPath, fixturePath, local, manifest, normal, pneumonia, root, spread } from "./support/files.js";
import { drop, dropFiles, fileAt, rows, transfer } from "./support/films.js";
import { serve } from "./support/server.js";

const touch = { hasTouch: true, isMobile: true };
const SIZES = {
  phone: { viewport: PHONE, ...touch },
  small: { viewport: { width: 320, height: 640 }, ...touch },
  across: { viewport: { width: 844, height: 390 }, ...touch },
  desktop: { viewport: DESKTOP },
};
const uncertain = demoPath("person1950_bacteria_4881.jpeg");

/** Drops films and waits for what is said of them. */
const read = (...films) => async (page) => {
  await drop(page, films);
  await rows(page, films.length);
};

/** Brings a part of the page into sight. On a phone the answer stays above. */
const toTop = (part) => scrollBy(0, part.getBoundingClientRect().top - 170);

/** Opens what is folded in a part of the page, and brings it into sight. */
const unfolded = (id) => async (page) => {
  const part = page.locator(`details:has([data-testid="${id}"]), details[data-testid="${id}"]`).last();
  await part.evaluate((details) => (details.open = true));
  // Some are filled only then.
  await page.waitForTimeout(200);
  await part.evaluate(toTop);
};

/** Switches the history on, and reads films into it. */
const history = async (page) => {
  await unfolded("history")(page);
  for (const id of ["history-pin", "history-pin-again"]) await page.getByTestId(id).fill("correct horse");
  await page.getByTestId("history-who").fill("Dr A");
  await page.getByTestId("history-begin").click();
  await page.getByTestId("history-whole").waitFor();
  await read(pneumonia, normal)(page);
  await page.getByTestId("history-case").nth(1).waitFor();
};

/** Opens a hospital's own model. */
const ownModel = async (page) => {
  await unfolded("own-model")(page);
  await page.getByTestId("own-file").setInputFiles(fixturePath("own/mobilenet.zip"));
  await page.getByTestId("own-open").waitFor();
};

/** Says what is known of the demo films. */
const known = async (page) => {
  await unfolded("site")(page);
  const lines = demoFilms.map(({ file, subtype }) => `${file},${subtype === "normal" ? "NORMAL" : "PNEUMONIA"}`);
  await page.getByTestId("site-table").setInputFiles({ name: "known.csv", mimeType: "text/csv", buffer: Buffer.from(["file,class", ...lines].join("\n")) });
  await page.getByTestId("site-known").waitFor();
};

const intoSight = (id) => (page) => page.getByTestId(id).first().evaluate(toTop);

const click = (id) => (page) => page.getByTestId(id).first().click();

/** A model to which every film is unlike those that it knows. */
const wary = (page) =>
  page.route(/manifest[^/]*\.json$/, (route) => route.fulfill({ json: { ...manifest, gate: { ...manifest.gate, unlike_from: 1e-6 } } }));

const hovering = async (page) => page.getByTestId("drop").dispatchEvent("dragover", { dataTransfer: await transfer(page, [fileAt(normal)]) });
const withTools = async (page) => {
  const more = page.getByTestId("more-tools");
  if (await more.isVisible()) await more.click();
};
const dicom = async (page) => {
  await dropFiles(page, [await dicomFilm(page, fileAt(pneumonia))]);
  await rows(page, 1);
};

/** Opens a film from the file manager. */
const opened = async (page) => {
  await page.evaluate(({ name, data }) => launch({ files: [{ name, getFile: async () => new File([Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0))], name) }] }), fileAt(pneumonia));
  await page.getByTestId("handed").waitFor();
};
const launchable = (page) => page.addInitScript(() => Object.defineProperty(window, "launchQueue", { value: { setConsumer: (consumer) => (window.launch = consumer) } }));

/** Lets the browser offer the installation. */
const installable = (page) => page.evaluate(() => dispatchEvent(new Event("beforeinstallprompt")));
const onAnIphone = (page) => page.addInitScript(() => Object.defineProperty(navigator, "standalone", { value: false }));

/** Another build comes to the site, and the page hears of it. */
const released = (change) => async (page, site) => {
  site.folder = variant("b".repeat(16), { version: "2.0.0", ...change });
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await page.getByTestId("version-notice").waitFor();
};
const MODEL = "a".repeat(64);

/** What is done before the page is asked for, whether it gets ready, and what is done then; `kept` on a site whose builds are kept. */
const STATES = {
  start: {},
  hovering: { then: [hovering] },
  loading: { before: (page) => page.route(/\.network/, () => {}), isReady: false },
  "loading-a-film": {
    before: (page) => page.route(/\.network/, () => {}),
    isReady: false,
    then: [(page) => page.getByTestId("file-input").setInputFiles(pneumonia), (page) => page.getByTestId("film-row").first().waitFor({ state: "attached" })],
  },
  "engine-failure": { before: (page) => page.route(/\.network/, (route) => route.fulfill({ status: 404 })), isReady: false, then: [(page) => page.getByTestId("engine-failure").waitFor()] },
  likely: { then: [read(pneumonia)] },
  uncertain: { then: [read(uncertain)] },
  unlikely: { then: [read(normal)] },
  heat: { then: [read(local), click("heat-toggle")] },
  "no-place-stands-out": { then: [read(spread), click("heat-toggle")] },
  tools: { then: [read(local), withTools] },
  withheld: { before: wary, then: [read(pneumonia)] },
  revealed: { before: wary, then: [read(pneumonia), click("ask")] },
  refused: { then: [read(join(root, "www/icons/icon-512.png"))] },
  failed: { then: [read(fixturePath("bad/truncated-50.jpeg"))] },
  "read-first": { then: [click("read-first-switch"), read(pneumonia)] },
  photograph: { then: [read(fixturePath("photograph.jpeg")), unfolded("corners")] },
  lungs: { then: [read(pneumonia), unfolded("lung-editor")] },
  dicom: { then: [dicom] },
  list: { then: [read(...demoFilms.map(({ file }) => demoPath(file)), fixturePath("bad/truncated-50.jpeg"))] },
  sheet: { then: [read(pneumonia, normal, local), async (page) => (await page.getByTestId("where").isVisible()) && page.getByTestId("where").click()] },
  undo: { then: [read(pneumonia, normal), (page) => page.getByTestId("clear").evaluate((button) => button.click()), (page) => page.getByTestId("undo").waitFor()] },
  "how-good": { then: [read(pneumonia), unfolded("how-good")] },
  prevalence: { then: [read(pneumonia), unfolded("prevalence")] },
  "take-away": { then: [read(pneumonia), unfolded("take-away")] },
  "history-list": { then: [history, intoSight("history-whole")] },
  "own-answer": { then: [ownModel, read(local), (page) => page.getByTestId("own-finding").first().waitFor(), intoSight("own-answer")] },
  "site-measured": { then: [read(...demoFilms.map(({ file }) => demoPath(file))), known, intoSight("site-known")] },
  handed: { before: launchable, then: [opened] },
  "handed-beside": { before: launchable, then: [read(normal), opened] },
  install: { then: [installable, read(pneumonia), intoSight("install")] },
  "install-steps": { before: onAnIphone, then: [read(pneumonia), unfolded("install")] },
  update: { kept: true, then: [released({})] },
  withdrawn: { kept: true, then: [read(normal), released({ withdrawn: [MODEL] })] },
  ...Object.fromEntries(["app-facts", "own-model", "history", "site"].map((part) => [part, { then: [read(pneumonia), unfolded(part)] }])),
};

let former;
const wanted = process.argv.slice(2);
const folder = join(root, "target/states");
mkdirSync(folder, { recursive: true });
const server = await serve();
const browser = await launch();
for (const locale of (process.env.LANGUAGES ?? "en-GB,hi-IN").split(",")) {
  for (const [name, state] of Object.entries(STATES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const pictures = [];
    for (const profile of Object.values(SIZES)) for (const colorScheme of ["light", "dark"]) pictures.push(await drawn(state, { ...profile, colorScheme, locale }));
    writeFileSync(join(folder, `${name}-${locale}.png`), await sheet(pictures));
  }
}
await browser.close();
await server.stop();

/** The first screen of a state. */
async function drawn({ before, isReady = true, kept = false, then = [] }, profile) {
  const context = await browser.newContext({ ...profile, serviceWorkers: kept ? "allow" : "block" });
  const builds = kept && (await site((former ??= variant("a".repeat(16), { version: "1.0.0", sha256: MODEL }))));
  try {
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    await before?.(context);
    await page.goto((builds || server).address);
    if (isReady) await arrived(page, kept ? "offline-ready" : "ready");
    for (const [nth, step] of then.entries()) {
      await step(page, builds);
      if (nth === 0) await page.evaluate(() => scrollTo(0, 0));
    }
    await page.waitForTimeout(400);
    return (await page.screenshot({ animations: "disabled" })).toString("base64");
  } finally {
    await context.close();
    if (builds) builds.stop();
  }
}

/** Pictures side by side. */
async function sheet(pictures) {
  const page = await browser.newPage({ viewport: { width: 1900, height: 100 } });
  try {
    const images = pictures.map((data) => `<img src="data:image/png;base64,${data}" style="max-width: 900px; max-height: 700px">`);
    await page.setContent(`<body style="background: #888; display: flex; flex-wrap: wrap; gap: 8px">${images.join("")}`, { waitUntil: "load" });
    return await page.screenshot({ fullPage: true });
  } finally {
    await page.close();
  }
}
