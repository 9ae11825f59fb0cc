// onnxruntime-web with its wasm backend, on the ONNX file, in a worker of its own and one thread.

importScripts("/packages/onnxruntime-web/dist/ort.wasm.min.js");

ort.env.wasm.wasmPaths = "/packages/onnxruntime-web/dist/";
ort.env.wasm.numThreads = 1;
// A promise that fails is an error like any other.
self.onunhandledrejection = ({ reason }) => setTimeout(() => { throw reason; });
let session;

self.onmessage = async ({ data: { load, film } }) => {
  const start = performance.now();
  if (load) {
    session = await ort.InferenceSession.create(new Uint8Array(await (await fetch(load)).arrayBuffer()), { executionProviders: ["wasm"] });
    postMessage({ ms: performance.now() - start });
  } else {
    const input = new ort.Tensor("float32", film, [1, 1, 224, 224]);
    const outputs = await session.run({ [session.inputNames[0]]: input });
    postMessage({ ms: performance.now() - start, logit: outputs.logit.data[0] });
  }
};
