// Serves what the engines need, from where it lies: the built worker, the peers' packages, the models.

import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("../", import.meta.url));

/** The root of the clone. */
export const root = join(here, "..");

const FOLDERS = {
  "/packages/": join(here, "node_modules"),
  "/peers/": join(here, "peers"),
  "/models/": join(root, "models"),
  "/dist/assets/own.js": join(here, "peers/own.js"),
  "/dist/": join(root, "dist"),
  "/rten/": join(root, "target/web/bench-rten"),
  "/parts/": join(root, "target/web/bench-parts"),
};
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

/** An address that answers `/` with an empty page, and the paths of `answers` as they do. */
export async function serve(answers = {}) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, "http://localhost").pathname);
    if (answers[path]) return answers[path](request, response);
    const prefix = Object.keys(FOLDERS).find((prefix) => path.startsWith(prefix));
    if (path === "/") return response.setHeader("content-type", "text/html").end("<!doctype html><title>bench</title>");
    const file = prefix && join(FOLDERS[prefix], path.slice(prefix.length));
    if (!file || !existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { address: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}
