#!/usr/bin/env node
// Copies the package's assets to where a server has them, and says which headers they want: for builds that leave them behind.

import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [folder] = process.argv.slice(2);
if (!folder || folder.startsWith("-")) {
  console.error("Usage: lungfield-assets FOLDER\nCopies the assets of <lungfield-reader> to FOLDER, which your server sends.");
  process.exit(2);
}
const from = join(dirname(fileURLToPath(import.meta.url)), "../dist/assets");
const to = resolve(folder);
mkdirSync(to, { recursive: true });
cpSync(from, to, { recursive: true });
console.log(`Copied ${readdirSync(from).length} files to ${to}.
Set it on the element: <lungfield-reader assets="/the/address/of/this/folder/">
Send with worker-*.js, and with nothing else:
  Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'
  Cross-Origin-Embedder-Policy: require-corp    (only where the page has it too)
They never change under their names:
  Cache-Control: public, max-age=31536000, immutable`);
