// Each engine in a worker of its own on one page, all asked in turn, so that a busy machine is busy for all of them.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { root } from "./server.js";

const WARM_UP = 8;
/** The networks that a film goes through, in the order in which ours runs them. */
const PARTS = ["orientations", "lungs", "classifier"];

/**
 * What was measured of every engine, by name: milliseconds to `load`, and of the networks when they run `first`; and `runs`, each
 * with `infer`, the same, `ms` of each part, `says`, the mean of what a part gives, and of ours `stages`, those of the whole reading.
 * `run` runs a function with an argument in the browser's page and gives what becomes of it.
 */
export async function measure(run, { loads, runs }) {
  const given = setup();
  const measured = await run(inPage, { ...given, order: PARTS, loads, runs: runs + WARM_UP });
  for (const [name, engine] of Object.entries(measured)) {
    engine.runs.splice(0, WARM_UP);
    agree(name, engine.runs[0].says, given.parts);
  }
  return measured;
}

function setup() {
  const { network } = JSON.parse(readFileSync(join(root, "models/manifest.json"), "utf8"));
  const { film, parts, tensors } = JSON.parse(readFileSync(join(root, "target/web/bench-parts/parts.json"), "utf8"));
  const assets = readdirSync(join(root, "dist/assets"), { recursive: true });
  const asset = (pattern) => assets.find((name) => pattern.test(name));
  return {
    engines: {
      lungfield: `/dist/assets/own.js?${asset(/^start-worker-.*\.js$/)}`,
      "tfjs-wasm": "/peers/tfjs.js",
      "onnxruntime-web": "/peers/ort.js",
      rten: "/peers/rten.js",
    },
    manifest: `/dist/assets/${asset(/^model-.*manifest\.json$/)}`,
    network: `/models/${network.file}`,
    parts,
    tensors,
    film: { name: film, data: readFileSync(join(root, "www/films", film)).toString("base64") },
  };
}

/** All engines computed the same, or their times mean nothing. Lungfield decoded the film itself, and says the logit alone. */
function agree(name, says, parts) {
  const tolerance = name === "lungfield" ? 0.05 : 0.001;
  for (const [part, found] of Object.entries(says)) {
    const { mean } = parts[part];
    if (!(Math.abs(found - mean) < tolerance)) throw new Error(`${name} gives ${found} for ${part}, it must be ${mean}`);
  }
}

/** Runs in the page. */
async function inPage({ engines, manifest, network, parts, tensors, film, order, loads, runs }) {
  for (const tensor of Object.values(tensors)) tensor.values = Float32Array.from(tensor.values);
  const files = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, { ...part, file: `/parts/${name}.onnx` }]));
  const file = new File([Uint8Array.from(atob(film.data), (c) => c.charCodeAt(0))], film.name);
  const answer = (worker, message, wanted = () => true) =>
    new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => wanted(data) && resolve(data);
      if (message !== undefined) worker.postMessage(message);
    });
  const peer = {
    load: (worker) => answer(worker, { parts: files, tensors, network }),
    infer: (worker) => answer(worker, null),
  };
  const is = (kind) => (data) => kind in Object(JSON.parse(data[0]));
  // The worker that the page has, spoken to as the page does. It says when each stage begins.
  const own = {
    async load(worker) {
      await answer(worker, undefined, is("started"));
      await answer(worker, [JSON.stringify({ load: { manifest: new URL(manifest, location).href } }), undefined], is("ready"));
    },
    async infer(worker) {
      const begun = [];
      const message = { read: { film: 0, name: file.name, location: "file", by_hand: {}, visible: true } };
      const answered = await answer(worker, [JSON.stringify(message), file], (data) => {
        const said = JSON.parse(data[0]);
        begun.push({ stage: said.stage?.stage, at: data.at(-1) });
        return "read" in said;
      });
      const { reading } = JSON.parse(answered[0]).read;
      const spent = begun.slice(1).map(({ at }, i) => ({ stage: begun[i].stage, ms: at - begun[i].at }));
      const networks = spent.filter(({ stage }) => stage === "infer");
      const ms = Object.fromEntries(order.map((name, i) => [name, networks[i].ms]));
      return { infer: reading.milliseconds.infer, ms, says: { classifier: reading.logit }, stages: reading.milliseconds };
    },
  };
  const measured = {};
  const ready = {};
  for (let round = 0; round < loads; round += 1) {
    for (const [name, script] of Object.entries(engines)) {
      const way = name === "lungfield" ? own : peer;
      const engine = (measured[name] ??= { load: [], first: [], runs: [] });
      ready[name]?.worker.terminate();
      const start = performance.now();
      const worker = new Worker(script);
      await way.load(worker);
      engine.load.push(performance.now() - start);
      engine.first.push((await way.infer(worker)).infer);
      ready[name] = { worker, way };
    }
  }
  for (let round = 0; round < runs; round += 1) {
    for (const [name, { worker, way }] of Object.entries(ready)) {
      measured[name].runs.push(await way.infer(worker));
    }
  }
  Object.values(ready).forEach(({ worker }) => worker.terminate());
  return measured;
}
