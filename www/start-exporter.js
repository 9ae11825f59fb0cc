// Starts the worker that makes what is taken away. The build writes the files' names into this template.

// A question may come before the code.
const early = [];
self.onmessage = (event) => early.push(event);
const load = async () => {
  const manifest = fetch(new URL("/*MANIFEST*/", location)).then((response) => response.text());
  importScripts("/*EXPORTER*/");
  await wasm_bindgen({ module_or_path: new URL("/*EXPORTER_WASM*/", location) });
  self.manifest = await manifest;
};
load().then(
  () => setTimeout(() => early.forEach((event) => self.onmessage(event))),
  () => postMessage([]),
);
// What is no answer says that there is no code: src/bridge/exporter.rs. An error of the code itself is the worker's error event.
