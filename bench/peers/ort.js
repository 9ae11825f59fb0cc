// onnxruntime-web with its wasm backend, on the ONNX files, in a worker of its own and one thread.

importScripts("/peers/peer.js", "/packages/onnxruntime-web/dist/ort.wasm.min.js");

ort.env.wasm.wasmPaths = "/packages/onnxruntime-web/dist/";
ort.env.wasm.numThreads = 1;

peer(({ parts, tensors }) =>
  each(parts, async ({ file, inputs, compared }) => {
    const session = await ort.InferenceSession.create(await fetched(file), { executionProviders: ["wasm"] });
    const feeds = Object.fromEntries(inputs.map((name) => [name, new ort.Tensor("float32", tensors[name].values, tensors[name].shape)]));
    return async () => (await session.run(feeds))[compared].data;
  }),
);
