// Other people's builds: each makes a portal of one of the apps beside it, with the packed element, into a folder.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { rspack } from "@rspack/core";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import { build as vite5 } from "vite5";
import webpack from "webpack";

const here = fileURLToPath(new URL("..", import.meta.url));
const app = (name) => join(here, "apps", name);

/** The package as npm has installed it here. */
export const installed = join(here, "node_modules/@lungfield/reader");

const made = [];
process.once("exit", () => made.forEach((path) => rmSync(path, { recursive: true, force: true })));

/** A folder that is gone with the tests. */
export function folder() {
  made.push(mkdtempSync(join(tmpdir(), "lungfield-embed-")));
  return made.at(-1);
}

/** A page with a script and, unless the app makes it, the element. */
const page = (script, body = '<input type="file"><lungfield-reader></lungfield-reader>') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>portal</title></head><body>${body}${script}</body></html>`;

/** The command that the package brings along. */
const copyAssets = (to) => execFileSync("node", [join(installed, "bin/lungfield-assets.js"), to], { encoding: "utf8" });

/** A page beside a bundle `app.js` in a folder below the root, where portals often are. */
function portal(body) {
  const out = folder();
  mkdirSync(join(out, "deep/path"), { recursive: true });
  writeFileSync(join(out, "deep/path/index.html"), page('<script type="module" src="app.js"></script>', body));
  return { out, at: "deep/path/", into: join(out, "deep/path") };
}

async function withVite(build, name, body) {
  const root = join(here, "apps", `.${name}-${process.pid}`);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  made.push(root);
  cpSync(app(`${name}.js`), join(root, "app.js"));
  cpSync(app("portal.js"), join(root, "portal.js"));
  writeFileSync(join(root, "index.html"), page('<script type="module" src="./app.js"></script>', body));
  const out = folder();
  await build({ root, base: "./", configFile: false, logLevel: "warn", build: { outDir: out, emptyOutDir: true } });
  return { out, at: "" };
}

const packed = (compile, entry) => {
  const { out, at, into } = portal();
  const options = { mode: "production", entry, output: { path: into, filename: "app.js", assetModuleFilename: "[name][ext]" }, context: here, performance: { hints: false } };
  return new Promise((resolve, reject) => {
    compile(options, (error, stats) => (error || stats.hasErrors() ? reject(error ?? new Error(stats.toString())) : resolve({ out, at })));
  });
};

const joined = async (bundle) => {
  const { out, at, into } = portal();
  await bundle(app("plain.js"), join(into, "app.js"));
  copyAssets(join(into, "assets"));
  return { out, at };
};

/** What makes each portal: `{ out, at }`, its folder and the page's place in it. */
export const BUILDS = {
  "no bundler": async () => {
    const { out, at, into } = portal();
    const integrity = JSON.parse(readFileSync(join(installed, "integrity.json"), "utf8"));
    cpSync(join(installed, "dist"), join(into, "lungfield"), { recursive: true });
    cpSync(app("portal.js"), join(into, "portal.js"));
    const scripts = [
      `<script type="module" src="lungfield/standalone.js" integrity="${integrity["dist/standalone.js"]}"></script>`,
      '<script type="module" src="portal.js"></script>',
    ];
    writeFileSync(join(into, "index.html"), page(scripts.join("")));
    return { out, at };
  },
  "Vite 8": () => withVite(vite, "plain"),
  "Vite 5": () => withVite(vite5, "plain"),
  webpack: () => packed(webpack, app("plain.js")),
  Rspack: () => packed(rspack, app("plain.js")),
  esbuild: () =>
    joined((entry, outfile) => esbuild({ entryPoints: [entry], outfile, bundle: true, format: "esm", logLevel: "warning", absWorkingDir: here })),
  Rollup: () =>
    joined(async (input, file) => {
      const bundle = await rollup({ input, plugins: [nodeResolve()] });
      await bundle.write({ file, format: "es" });
    }),
  React: () => withVite(vite, "react", '<div id="app"></div>'),
  Vue: () => withVite(vite, "vue", '<div id="app"></div>'),
  Angular: async () => {
    const root = join(here, "apps", `.angular-${process.pid}`);
    made.push(root);
    rmSync(root, { recursive: true, force: true });
    cpSync(app("angular"), root, { recursive: true });
    symlinkSync(join(here, "node_modules"), join(root, "node_modules"), "dir");
    copyAssets(join(root, "public/lungfield"));
    const environment = { ...process.env, NG_CLI_ANALYTICS: "false", CI: "1" };
    const options = ["build", "--configuration", "production", "--progress", "false"];
    execFileSync(join(here, "node_modules/.bin/ng"), options, { cwd: root, env: environment, stdio: ["ignore", "ignore", "inherit"] });
    const out = folder();
    cpSync(join(root, "dist/portal/browser"), out, { recursive: true });
    return { out, at: "" };
  },
};

/** Names of policies for trusted types that a build's framework makes by itself. */
export const POLICIES = { Angular: ["angular"], Vue: ["vue"] };

/** Installs the archive that `cargo xtask package` made. */
export function install(archive) {
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(dirname(installed), { recursive: true });
  const unpacked = folder();
  execFileSync("npm", ["install", "--prefix", unpacked, "--no-save", "--no-audit", "--no-fund", "--offline", archive], { stdio: ["ignore", "ignore", "inherit"] });
  cpSync(join(unpacked, "node_modules/@lungfield/reader"), installed, { recursive: true });
}
