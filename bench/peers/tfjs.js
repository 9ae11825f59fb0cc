// TensorFlow.js with its wasm backend (XNNPACK), in a worker of its own. One thread: the page is not cross-origin isolated.

importScripts(
  "/peers/peer.js",
  "/packages/@tensorflow/tfjs-core/dist/tf-core.min.js",
  "/packages/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js",
);

peer(async ({ parts, tensors, network }) => {
  tf.wasm.setWasmPaths("/packages/@tensorflow/tfjs-backend-wasm/dist/");
  await tf.setBackend("wasm");
  await tf.ready();
  const graph = parse((await fetched(network)).buffer);
  return each(parts, (part) => build(graph, part, tensors));
});

/**
 * A part of the network of a `lungfield.network/3` file as TensorFlow.js operators: pictures as it likes them, channels last.
 * What the part does not need is left out of `nodes`, whose places stay.
 */
function build(graph, { outputs, compared }, tensors) {
  const results = outputs.map((name) => graph.outputs[name]);
  const needed = new Set();
  const need = (id) => needed.has(id) || (needed.add(id), graph.nodes[id].inputs.forEach(need));
  results.forEach(need);
  const nodes = graph.nodes.map((node, id) => (needed.has(id) ? node : { inputs: [] }));
  const uses = nodes.map(() => 0);
  nodes.forEach((node) => node.inputs.forEach((input) => (uses[input] += 1)));
  results.forEach((output) => (uses[output] += 1));
  const steps = [];
  const fused = new Set();
  nodes.forEach((node, id) => {
    if (!node.operator || fused.has(id)) return;
    if (node.operator.convolution) {
      const last = relu6(nodes, uses, id);
      for (let part = id; part !== last; ) fused.add((part = user(nodes, part)));
      steps.push([last, convolution(nodes, node, last !== id)]);
    } else {
      steps.push([id, plain(nodes, node)]);
    }
  });
  return () =>
    tf.tidy(() => {
      const fed = ({ input, shape: [, , rows, columns] }) => tf.tensor4d(tensors[input].values, [1, rows, columns, 1]);
      const values = nodes.map((node) => (node.input ? fed(node) : node.constant));
      for (const [output, step] of steps) values[output] = step(values);
      return results.map((id) => values[id].dataSync())[outputs.indexOf(compared)];
    });
}

const user = (nodes, id) => nodes.findIndex((node) => node.inputs.includes(id));

/** The last of the nodes that keep a convolution within 0 and 6, or the convolution itself. */
function relu6(nodes, uses, id) {
  const bounded = (at, kind, bound) => {
    const next = uses[at] === 1 ? user(nodes, at) : -1;
    const node = nodes[next];
    const other = node?.operator?.binary === kind && node.inputs.find((input) => input !== at);
    return other && nodes[other].values?.length === 1 && nodes[other].values[0] === bound ? next : null;
  };
  const above = bounded(id, "maximum", 0);
  return (above && bounded(above, "minimum", 6)) ?? id;
}

function convolution(nodes, node, activation) {
  const { stride, dilation, padding, groups } = node.operator.convolution;
  const [input, weights, bias] = node.inputs;
  const depthwise = groups > 1;
  // [output, input, rows, columns] as TensorFlow.js wants it.
  const filter = tf.keep(tf.transpose(nodes[weights].constant, depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]));
  const [rows, columns] = nodes[input].shape.slice(2);
  const after = (axis, size, length) =>
    Math.max(0, (node.shape[2 + axis] - 1) * stride[axis] + (size - 1) * dilation[axis] + 1 - padding[axis] - length);
  const [height, width] = nodes[weights].shape.slice(2);
  const pad = [[0, 0], [padding[0], after(0, height, rows)], [padding[1], after(1, width, columns)], [0, 0]];
  const options = { filter, strides: stride, dilations: dilation, pad, bias: nodes[bias].constant };
  if (activation) options.activation = "relu6";
  const run = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
  return (values) => run({ x: values[input], ...options });
}

function plain(nodes, node) {
  const [a, b] = node.inputs;
  const { operator, shape } = node;
  const isPicture = (id) => !nodes[id].constant && nodes[id].shape.length === 4;
  const ordered = (values, id) => (isPicture(id) ? tf.transpose(values[id], [0, 3, 1, 2]) : values[id]);
  if (operator.binary) {
    const kinds = { add: tf.add, subtract: tf.sub, multiply: tf.mul, divide: tf.div, maximum: tf.maximum, minimum: tf.minimum };
    return (values) => kinds[operator.binary](values[a], values[b]);
  }
  if (operator.average) {
    const { size, stride } = operator.average;
    return (values) => tf.avgPool(values[a], size, stride, "valid");
  }
  if (operator.sum) return (values) => tf.sum(values[a], operator.sum.axes.map((axis) => [0, 3, 1, 2][axis]), true);
  if (operator.concatenate) return (values) => tf.concat(node.inputs.map((id) => values[id]), operator.concatenate.axis);
  if (operator.product) {
    // Rows times a matrix, which may lie on its side.
    const [[, left], [first]] = operator.product.inputs;
    return (values) => tf.matMul(values[a], values[b], false, left !== first);
  }
  // A reshaping between pictures of one pixel keeps its order; one to a row takes channels first.
  if (operator === "reshape") return (values) => tf.reshape(ordered(values, a), shape);
  throw new Error(`no operator for ${JSON.stringify(operator)}`);
}

function parse(bytes) {
  const length = new DataView(bytes).getUint32(8, true);
  const { nodes, outputs } = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 12, length)));
  let at = 12 + length;
  const read = ({ shape, input, constant, computed }) => {
    if (computed) return { shape, operator: computed[0], inputs: computed[1] };
    if (input) return { shape, input, inputs: [] };
    const count = shape.reduce((product, n) => product * n, 1);
    const take = (size) => bytes.slice(at, (at += size));
    const halves = (count) => Float32Array.from(new Uint16Array(take(2 * count)), half);
    const multiplied = (steps) => Float32Array.from(new Int8Array(take(count)), (n, i) => n * steps[Math.floor((i * shape[0]) / count)]);
    const forms = { i8: () => multiplied(halves(shape[0])), f16: () => halves(count), f32: () => new Float32Array(take(4 * count)) };
    const values = forms[constant]();
    return { shape, values, constant: tf.keep(tf.tensor(values, shape)), inputs: [] };
  };
  return { nodes: nodes.map(read), outputs };
}

function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
