// Starts the worker's code. The build writes the files' names and sizes into this template.

/*RESUMED*/

// How far the code and the model have come, as the bridge says it: src/bridge/message.rs. The page hears it before there is code.
const SAY_MS = 200;
const began = performance.now();
const files = new Map([["network", { received: 0, sent: /*NETWORK_SENT*/0, still: false }]]);
let said = 0;
const heard = (name) => (received, sent, still) => {
  files.set(name, { received, sent, still });
  const now = performance.now();
  if (files.size < 2 || (!still && now - said < SAY_MS)) return;
  said = now;
  const all = [...files.values()];
  const [got, total] = ["received", "sent"].map((key) => Math.round(all.reduce((sum, file) => sum + file[key], 0)));
  const downloading = { received: got, total, seconds: secondsLeft(began, got, total), still: all.some((file) => file.still) };
  postMessage([JSON.stringify({ downloading }), undefined]);
};

// The model, requested before there is code to ask for it: src/worker/download.rs takes the responses, and hears of one that fails. The
// code needs the line first, as it can show a film before the model is there.
const NEARLY = 0.9;
let codeIsNear;
const turn = new Promise((resolve) => (codeIsNear = resolve));
self.prefetched = {};
const prefetch = (name, turn, raw, heard) => {
  const { href } = new URL(name, location);
  (prefetched[href] = turn.then(() => resumed(href, raw, heard))).catch(() => {});
};
prefetch("/*MANIFEST*/", Promise.resolve(), 1, () => {});
prefetch("/*NETWORK*/", turn, /*NETWORK_BYTES*/0, heard("network"));
const heardCode = (received, sent, still) => {
  if (received >= NEARLY * sent) codeIsNear();
  heard("code")(received, sent, still);
};

// The one of the code's two builds that this browser can run faster, or the other, where only that is kept: a browser may have learnt
// relaxed SIMD since.
const hasRelaxedSimd = WebAssembly.validate(Uint8Array.of(/*RELAXED_PROBE*/));
const [fast, plain] = ["/*RELAXED_WASM*/", "/*WASM*/"];
const isKept = async (name) => Boolean(await self.caches?.match(new URL(name, location)).catch(() => {}));
const chosen = async () => (!hasRelaxedSimd || (!(await isKept(fast)) && (await isKept(plain))) ? plain : fast);
const wasm = chosen().then((name) => resumed(name, name === fast ? /*RELAXED_BYTES*/0 : /*WASM_BYTES*/0, heardCode));
wasm.catch(() => {});
(async () => {
  for (let tries = 1; typeof wasm_bindgen === "undefined"; tries += 1) {
    try {
      importScripts("/*WORKER*/");
    } catch (error) {
      if (tries === 8) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * tries));
    }
  }
  await wasm_bindgen({ module_or_path: wasm });
})().catch((error) => setTimeout(() => { throw error; }));
// Thrown outside the promise, an error reaches the page as the worker's error event.
