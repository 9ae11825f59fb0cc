// Several builds of the page, one after the other at one address, as a visitor of a site meets them.

import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

import { root } from "./files.js";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

const hash = (content) => createHash("sha256").update(content).digest("hex");

/**
 * The built page as a build of another name, whose model has another version, and with `sha256` another hash; `withdrawn` are hashes of
 * models that it withdraws. Gives its folder.
 */
export function variant(build, { version, sha256, withdrawn = [] }) {
  const folder = mkdtempSync(join(tmpdir(), "lungfield-build-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, "dist"), folder, { recursive: true, filter: (path) => !path.endsWith(".br") });
  const edit = (name, change) => writeFileSync(join(folder, name), change(readFileSync(join(folder, name), "utf8")));
  const model = readdirSync(join(folder, "assets")).find((name) => name.startsWith("model-"));
  const ours = `model-${hash(build).slice(0, 16)}`;
  renameSync(join(folder, "assets", model), join(folder, "assets", ours));
  edit(`assets/${ours}/manifest.json`, (text) => JSON.stringify({ ...JSON.parse(text), version, ...(sha256 && { sha256 }) }));
  const renamed = (text) => text.replaceAll(model, ours);
  for (const name of readdirSync(join(folder, "assets"))) if (/^start-(first_)?worker-/.test(name)) edit(`assets/${name}`, renamed);
  edit("index.html", (html) => renamed(html).replace(/(name="lungfield:build" content=")[^"]*/, `$1${build}`));
  edit("sw.js", (script) => {
    const [, list] = script.match(/const FILES = (\[[^]*?\]);/);
    const files = JSON.parse(renamed(list)).map((file) => {
      const content = readFileSync(join(folder, file.url));
      return { ...file, revision: hash(content).slice(0, 16), bytes: content.length };
    });
    return script
      .replace(list, JSON.stringify(files))
      .replace(/const BUILD = "[^"]*"/, `const BUILD = "${build}"`)
      .replace(/const WITHDRAWN = \[[^\]]*\]/, `const WITHDRAWN = ${JSON.stringify(withdrawn)}`);
  });
  return folder;
}

/** Serves a folder, and later another at the same address. */
export async function site(folder) {
  const state = { folder, requests: [], absent: [] };
  const headers = readFileSync(join(root, "www/_headers"), "utf8").match(/\/\*\n((?: {2}.*\n)*)/)[1];
  const ours = headers.trim().split("\n").map((line) => line.trim().split(/:\s(.*)/).slice(0, 2));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://site").pathname);
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const file = join(state.folder, name);
    state.requests.push(`${request.method} ${path}`);
    for (const [header, value] of ours) response.setHeader(header, value);
    if (request.method !== "GET") return response.writeHead(405).end();
    if (state.absent.some((part) => name.includes(part)) || !existsSync(file) || !statSync(file).isFile()) {
      return response.writeHead(404).end();
    }
    response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
    response.setHeader("cache-control", name.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
    response.end(readFileSync(file));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return Object.assign(state, {
    address: `http://127.0.0.1:${server.address().port}/`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  });
}

/** A page of another site that has a form which sends files to `target`. */
export async function foreignForm(target) {
  const html = `<!doctype html><title>another site</title><form method="post" enctype="multipart/form-data" action="${target}">
    <input type="file" name="films" multiple><button>send</button></form>`;
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise((listening) => server.listen(0, "localhost", listening));
  return { address: `http://localhost:${server.address().port}/`, stop: () => (server.close(), server.closeAllConnections()) };
}
