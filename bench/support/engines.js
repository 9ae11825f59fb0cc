// Each engine in a worker of its own on one page, all asked in turn, so that a busy machine is busy for all of them.

import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { root } from "./server.js";

const PEERS = ["tfjs-wasm", "onnxruntime-web", "rten"];

/** The engines that were measured, but for our own. */
export const peers = (engines) => PEERS.filter((name) => engines[name]);
const WARM_UP = 8;

/**
 * Milliseconds of every engine: `{ load: [], first: [], infer: [] }` by name, and the logit that each gave. `run` runs a
 * function with an argument in the browser's page and gives what becomes of it.
 */
export async function measure(run, film, { loads, runs }) {
  const measured = await run(inPage, setup(film, { loads, runs }));
  for (const times of Object.values(measured)) times.infer.splice(0, WARM_UP);
  return measured;
}

function setup(film, { loads, runs }) {
  const manifest = JSON.parse(readFileSync(join(root, "models/manifest.json"), "utf8"));
  const assets = readdirSync(join(root, "dist/assets"), { recursive: true });
  const asset = (pattern) => `/dist/assets/${assets.find((name) => pattern.test(name))}`;
  const setup = {
    input: pixels(manifest),
    film: { name: film.name, data: readFileSync(film.path).toString("base64") },
    engines: {
      lungfield: { script: asset(/^start-worker-.*\.js$/), model: asset(/^model-.*manifest\.json$/) },
      "tfjs-wasm": { script: "/peers/tfjs.js", model: `/models/${manifest.network.file}` },
      "onnxruntime-web": { script: "/peers/ort.js", model: `/models/${manifest.file}` },
    },
    loads,
    runs: runs + WARM_UP,
  };
  if (hasRtenModel(manifest)) setup.engines.rten = { script: "/peers/rten.js", model: "/rten/model.onnx" };
  return setup;
}

/** Writes the network as rten takes it; false where Python with onnx is missing, and rten is left out. */
function hasRtenModel(manifest) {
  const paths = [join(root, "models", manifest.file), join(root, "target/web/bench-rten/model.onnx")];
  const script = join(root, "bench/peers/rten_model.py");
  return spawnSync(process.env.LUNGFIELD_PYTHON ?? "python3", [script, ...paths]).status === 0;
}

/** The first demo film as the network is fed it, from the golden values: the same numbers for every engine. */
function pixels({ input }) {
  const npy = readFileSync(join(root, "tests/golden/film_inputs.npy"));
  const header = 10 + npy.readUInt16LE(8);
  const film = { rows: input.rows - 2 * input.margin, columns: input.columns - 2 * input.margin };
  const within = (i, side) => Math.min(Math.max(i - input.margin, 0), film[side] - 1);
  return Array.from({ length: input.rows * input.columns }, (_, i) => {
    const at = within(Math.floor(i / input.columns), "rows") * film.columns + within(i % input.columns, "columns");
    return (npy.readUInt16LE(header + 2 * at) / 65535 - input.mean[0]) / input.std[0];
  });
}

/** Runs in the page. */
async function inPage({ engines, input, film, loads, runs }) {
  const values = Float32Array.from(input);
  const file = new File([Uint8Array.from(atob(film.data), (c) => c.charCodeAt(0))], film.name);
  const answer = (worker, message, wanted = () => true) =>
    new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => wanted(data) && resolve(data);
      if (message) worker.postMessage(message);
    });
  const is = (kind) => (data) => kind in Object(JSON.parse(data[0]));
  const peer = {
    async load(worker, model) {
      await answer(worker, { load: model });
    },
    infer: (worker) => answer(worker, { film: values }),
  };
  // The worker that the page has, spoken to as the page does.
  const own = {
    async load(worker, manifest) {
      await answer(worker, null, is("started"));
      await answer(worker, [JSON.stringify({ load: { manifest: new URL(manifest, location).href } }), undefined], is("ready"));
    },
    async infer(worker) {
      const message = { read: { film: 0, name: file.name, location: "file", visible: true } };
      const answered = await answer(worker, [JSON.stringify(message), file], is("read"));
      const { reading } = JSON.parse(answered[0]).read;
      return { ms: reading.milliseconds.infer, logit: reading.logit };
    },
  };
  const measured = {};
  const ready = {};
  for (let round = 0; round < loads; round += 1) {
    for (const [name, { script, model }] of Object.entries(engines)) {
      const way = name === "lungfield" ? own : peer;
      const times = (measured[name] ??= { load: [], first: [], infer: [] });
      ready[name]?.worker.terminate();
      const start = performance.now();
      const worker = new Worker(script);
      await way.load(worker, model);
      times.load.push(performance.now() - start);
      times.first.push((await way.infer(worker)).ms);
      ready[name] = { worker, way };
    }
  }
  for (let round = 0; round < runs; round += 1) {
    for (const [name, { worker, way }] of Object.entries(ready)) {
      const { ms, logit } = await way.infer(worker);
      measured[name].infer.push(ms);
      measured[name].logit = logit;
    }
  }
  Object.values(ready).forEach(({ worker }) => worker.terminate());
  return measured;
}
