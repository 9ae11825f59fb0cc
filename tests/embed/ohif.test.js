// The panel in a real OHIF viewer, as npm has it built, beside a real archive, Debian's Orthanc.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { extname, join } from "node:path";
import { test } from "node:test";

import { PATIENCE, launch } from "../e2e/support/browser.js";
import { dicomFilm } from "../e2e/support/dicom.js";
import { commandReadings, pneumonia } from "../e2e/support/files.js";
import { fileAt } from "../e2e/support/films.js";
import { folder } from "./support/builds.js";
import { WORKER_POLICY } from "./support/host.js";
import { assertSame } from "./support/reading.js";

const { LUNGFIELD_PANEL, OHIF, ORTHANC, ORTHANC_DICOMWEB } = process.env;
const missing = [OHIF, ORTHANC, ORTHANC_DICOMWEB].every(Boolean) ? false : "OHIF, ORTHANC and ORTHANC_DICOMWEB name no viewer and no archive";
const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml", ".wasm": "application/wasm" };
const STUDY = "2.25.310472094816405718232017560432109876";
const IDS = [
  [0x0008, 0x0018, "UI", `${STUDY}.3`],
  [0x0020, 0x000d, "UI", STUDY],
  [0x0020, 0x000e, "UI", `${STUDY}.2`],
  [0x0020, 0x0011, "IS", "1"],
  [0x0020, 0x0013, "IS", "1"],
];

const CONFIG = {
  routerBasename: "/",
  extensions: ["/lungfield/index.js"],
  modes: [],
  showStudyList: false,
  customizationService: { mode: { "*": { rightPanels: { $unshift: ["@lungfield/ohif.panelModule.reader"] } } } },
  defaultDataSourceName: "archive",
  dataSources: [
    {
      namespace: "@ohif/extension-default.dataSourcesModule.dicomweb",
      sourceName: "archive",
      configuration: {
        friendlyName: "archive",
        name: "archive",
        wadoUriRoot: "/dicom-web",
        qidoRoot: "/dicom-web",
        wadoRoot: "/dicom-web",
        qidoSupportsIncludeField: false,
        imageRendering: "wadors",
        thumbnailRendering: "wadors",
        enableStudyLazyLoad: true,
      },
    },
  ],
};

async function archive() {
  const storage = folder();
  const [port, dicom] = await Promise.all([free(), free()]);
  const settings = { HttpPort: port, DicomPort: dicom, StorageDirectory: storage, IndexDirectory: storage, RemoteAccessAllowed: false, AuthenticationEnabled: false, Plugins: [ORTHANC_DICOMWEB], DicomWeb: { Enable: true, Root: "/dicom-web/" } };
  mkdirSync(storage, { recursive: true });
  writeFileSync(join(storage, "settings.json"), JSON.stringify(settings));
  const server = spawn(ORTHANC, [join(storage, "settings.json")], { stdio: "ignore" });
  process.once("exit", () => server.kill());
  const address = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await fetch(`${address}/system`).catch(() => null)); tries += 1) {
    if (tries > 300) throw new Error("Orthanc does not answer");
    await new Promise((later) => setTimeout(later, 200));
  }
  return { address, stop: () => server.kill() };
}

async function free() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** The viewer with the panel, and the archive below `/dicom-web`. */
async function viewer(archive) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://viewer");
    if (pathname.startsWith("/dicom-web")) {
      const { host, ...headers } = request.headers;
      const passed = ask(new URL(request.url, archive), { method: request.method, headers }, (from) => {
        response.writeHead(from.statusCode, from.headers);
        from.pipe(response);
      });
      return request.pipe(passed.on("error", () => request.socket.destroy()));
    }
    if (pathname === "/app-config.js") return response.setHeader("content-type", "text/javascript").end(`window.config = ${JSON.stringify(CONFIG)}`);
    const ours = pathname.startsWith("/lungfield/") && join(LUNGFIELD_PANEL, "dist", pathname.slice("/lungfield".length));
    const places = ours ? [ours] : [join(OHIF, pathname), join(OHIF, "index.html")];
    const file = places.find((path) => existsSync(path) && statSync(path).isFile());
    if (!file) return response.writeHead(404).end();
    if (/\/worker-/.test(pathname)) response.setHeader("content-security-policy", WORKER_POLICY);
    response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream").end(readFileSync(file));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { address: `http://127.0.0.1:${server.address().port}`, stop: () => (server.close(), server.closeAllConnections()) };
}

test("the panel reads the film in sight from the archive, as the command reads its file", { timeout: 5 * PATIENCE, skip: missing }, async () => {
  const browser = await launch();
  const store = await archive();
  const server = await viewer(store.address);
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(2 * PATIENCE);
    const film = Buffer.from((await dicomFilm(page, fileAt(pneumonia), 1, IDS)).data, "base64");
    const path = join(folder(), "film.dcm");
    writeFileSync(path, film);
    const stored = await fetch(`${store.address}/instances`, { method: "POST", body: film });
    assert.equal(stored.status, 200, await stored.text());
    await page.goto(`${server.address}/viewer?StudyInstanceUIDs=${STUDY}`);
    // What the viewer says to who is new to it.
    await page.getByText("Skip all").click();
    await page.getByText("Confirm and hide").click();
    await page.locator("[data-cy=reader-btn]").click();
    const reading = await page.waitForFunction(() => document.querySelector("lungfield-ohif-panel lungfield-reader")?.reading);
    assertSame(await reading.jsonValue(), commandReadings([path])[0]);
    assert.ok(await page.locator("lungfield-reader").isVisible());
    if (process.env.LUNGFIELD_PICTURES) await page.screenshot({ path: join(process.env.LUNGFIELD_PICTURES, "ohif.png") });
  } finally {
    await browser.close();
    server.stop();
    store.stop();
  }
});
