// Starts the worker's code. The build writes the files' names into this template.

// The model, requested while the code comes: src/worker/download.rs takes the responses, and hears of one that fails.
self.prefetched = {};
for (const name of ["/*MANIFEST*/", "/*NETWORK*/"]) {
  const { href } = new URL(name, location);
  (prefetched[href] = fetch(href)).catch(() => {});
}

// The one of the code's two builds that this browser can run faster, or, if it cannot be had, the other: a browser that has
// learnt relaxed SIMD since the page was kept for offline use finds only the other there.
importScripts("/*WORKER*/");
const start = (wasm) => wasm_bindgen({ module_or_path: wasm });
const hasRelaxedSimd = WebAssembly.validate(Uint8Array.of(/*RELAXED_PROBE*/));
const plain = "/*WASM*/";
const started = hasRelaxedSimd ? start("/*RELAXED_WASM*/").catch(() => start(plain)) : start(plain);
// Thrown outside the promise, an error reaches the page as the worker's error event.
started.catch((error) => setTimeout(() => { throw error; }));
