// The exporter's own part of its script; before it comes what wasm-bindgen makes of src/bin/exporter.rs, which answers one question with a
// file's bytes (src/bridge/export.rs). The names of its files stand in the script's address.

/* global wasm_bindgen */

// A question may come before the code.
const early = [];
self.onmessage = (event) => early.push(event);
const { code, manifest } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const fetched = ({ url, integrity }) => fetch(url, { integrity });
const load = async () => {
  self.manifest = await (await fetched(manifest)).text();
  await wasm_bindgen({ module_or_path: await WebAssembly.compile(await (await fetched(code)).arrayBuffer()) });
};
load().then(
  () => setTimeout(() => early.forEach((event) => self.onmessage(event))),
  (error) => postMessage([null, String(error.message)]),
);
