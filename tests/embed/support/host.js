// A portal's server: what it sends, with the strictest headers, and what it was asked for.

import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };

/** The document's policy; `types` are names of policies for trusted types that a framework makes beside the element's. */
export const documentPolicy = (types = []) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "connect-src 'self'",
    "style-src 'self'",
    "require-trusted-types-for 'script'",
    `trusted-types ${["lungfield", ...types].join(" ")}`,
  ].join("; ");

/** The policy that the worker's script wants. */
export const WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/**
 * Serves a folder. `types` as for {@link documentPolicy}; `coep`: the page and the worker are set apart from other origins; `worker`: the
 * policy sent with the worker's script; `change(path, body)` may give another body, or null for none. `requests` are the paths asked for.
 */
export async function host(folder, { types = [], coep = false, worker = WORKER_POLICY, change = (_, body) => body } = {}) {
  const requests = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://portal");
    const path = decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    requests.push(path);
    const isWorker = /\/worker-[^/]*\.js$/.test(path);
    response.setHeader("content-security-policy", isWorker ? worker : documentPolicy(types));
    response.setHeader("x-content-type-options", "nosniff");
    if (coep) {
      response.setHeader("cross-origin-embedder-policy", "require-corp");
      response.setHeader("cross-origin-opener-policy", "same-origin");
    }
    const file = join(folder, path);
    const body = change(path, existsSync(file) && statSync(file).isFile() ? readFileSync(file) : null);
    if (body === null) return response.writeHead(404).end();
    response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    requests,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
