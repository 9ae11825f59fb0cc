// Starts the worker that keeps the history. The build writes the files' names into this template.

// A question may come before the code.
const early = [];
self.onmessage = (event) => early.push(event);
const load = async () => {
  importScripts("/*HISTORY*/");
  await wasm_bindgen({ module_or_path: new URL("/*HISTORY_WASM*/", location) });
};
load().then(
  () => setTimeout(() => early.forEach((event) => self.onmessage(event))),
  // An error that the page hears: src/bridge/historian.rs.
  (error) => setTimeout(() => { throw error; }),
);
