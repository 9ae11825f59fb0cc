// rten with its own bindings, on the ONNX file, in a worker of its own. One thread.

importScripts("/rten/bench_rten.js");

// A promise that fails is an error like any other.
self.onunhandledrejection = ({ reason }) => setTimeout(() => { throw reason; });
let model;

self.onmessage = async ({ data: { load, film } }) => {
  const start = performance.now();
  if (load) {
    await wasm_bindgen("/rten/bench_rten_bg.wasm");
    model = new wasm_bindgen.Model(new Uint8Array(await (await fetch(load)).arrayBuffer()));
    postMessage({ ms: performance.now() - start });
  } else {
    const input = wasm_bindgen.Tensor.floatTensor([1, 1, 224, 224], film);
    const outputs = ["activations", "logit", "gate"].map((name) => model.findNode(name));
    const values = model.run(model.inputIds(), [input], outputs).map((tensor) => tensor.floatData());
    postMessage({ ms: performance.now() - start, logit: values[1][0] });
  }
};
