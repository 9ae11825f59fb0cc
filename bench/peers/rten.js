// rten with its own bindings, on the ONNX files, in a worker of its own. One thread.

importScripts("/peers/peer.js", "/rten/bench_rten.js");

peer(async ({ parts, tensors }) => {
  await wasm_bindgen({ module_or_path: "/rten/bench_rten_bg.wasm" });
  const { Model, Tensor } = wasm_bindgen;
  return each(parts, async ({ file, inputs, outputs, compared }) => {
    const model = new Model(await fetched(file));
    const [from, to] = [inputs, outputs].map((names) => names.map((name) => model.findNode(name)));
    return () => {
      // What is handed over is gone.
      const given = inputs.map((name) => Tensor.floatTensor(tensors[name].shape, tensors[name].values));
      return model.run(from, given, to).map((tensor) => tensor.floatData())[outputs.indexOf(compared)];
    };
  });
});
