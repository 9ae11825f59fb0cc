// Starts the worker that makes what is taken away. The build writes the files' names into this template.

// A question may come before the code.
const early = [];
self.onmessage = (event) => early.push(event);
importScripts("/*EXPORTER*/");
const manifest = fetch(new URL("/*MANIFEST*/", location)).then((response) => response.text());
Promise.all([manifest, wasm_bindgen({ module_or_path: new URL("/*EXPORTER_WASM*/", location) })])
  .then(([text]) => (self.manifest = text))
  .then(() => early.forEach((event) => self.onmessage(event)))
  .catch((error) => setTimeout(() => { throw error; }));
// Thrown outside the promise, an error reaches the page as the worker's error event.
