// Starts the worker at once, while the page's own code comes and is compiled: src/bridge/early_worker.rs takes it over, with the
// events that it has had. The build writes the files' names into this template.
const worker = new Worker(new URL("/*START_WORKER*/", import.meta.url));
const events = [];
self.earlyWorker = [worker, events];
worker.onmessage = worker.onerror = worker.onmessageerror = (event) => earlyWorker.length && events.push(event);
const { default: init } = await import("/*APP*/");
await init({ module_or_path: new URL("/*APP_WASM*/", import.meta.url) });
