// Starts the worker at once, while the page's own code comes and is compiled: src/bridge/early.rs takes it over, with what was
// heard of it. The build writes the files' names into this template.
const worker = new Worker(new URL("/*START_WORKER*/", import.meta.url));
const events = [];
self.early = [worker, events];
worker.onmessage = worker.onerror = worker.onmessageerror = (event) => early.length && events.push(event);
const { default: init } = await import("/*APP*/");
await init({ module_or_path: new URL("/*APP_WASM*/", import.meta.url) });
