"""The network as ONNX, written operator by operator, and read back.

Conv, Clip, Add, two kinds of average pool with Flatten, Concat and Gemm are all it needs. Initialisers have
the network's own parameter names, so that a model file can be read back into the network (:func:`load_onnx`).
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from .gate import DIMENSIONS, Gate
from .network import CHANNELS, COLUMNS, GATE_CELLS, GATE_LAYERS, LAST_LAYER, ROWS, InvertedResidual, Network

OPSET = 13
INPUT, ACTIVATIONS, LOGIT = "film", "activations", "logit"
GATE, ORIENTATIONS, ADULT = "gate", "orientations", "adult"
# Layers half-way up are this many times smaller than the film.
HALF_WAY = 16


class GraphWriter:
    """Collects nodes and initialisers; every method returns the name of what it computes."""

    def __init__(self):
        self.nodes: list[onnx.NodeProto] = []
        self.initialisers: list[onnx.TensorProto] = []

    def constant(self, name: str, value) -> str:
        array = value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value, dtype=np.float32)
        self.initialisers.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def convolution(self, name: str, layer: torch.nn.Conv2d, x: str, dilation: int = 1) -> str:
        """``dilation`` widens the layer's window, and its padding with it."""
        parameters = [self.constant(f"{name}.weight", layer.weight), self.constant(f"{name}.bias", layer.bias)]
        return self.node(
            "Conv",
            [x, *parameters],
            f"{name}.output",
            kernel_shape=list(layer.kernel_size),
            strides=list(layer.stride),
            pads=[dilation * padding for padding in layer.padding] * 2,
            dilations=[dilation * own for own in layer.dilation],
            group=layer.groups,
        )

    def relu6(self, x: str, output: str | None = None) -> str:
        return self.node("Clip", [x, "zero", "six"], output or f"{x}.relu6")

    def linear(self, name: str, layer: torch.nn.Linear, x: str, output: str | None = None) -> str:
        parameters = [self.constant(f"{name}.weight", layer.weight), self.constant(f"{name}.bias", layer.bias)]
        return self.node("Gemm", [x, *parameters], output or f"{name}.output", transB=1)

    def pool(self, activations: str) -> str:
        return self.node("Flatten", [self.node("GlobalAveragePool", [activations], "pool")], "pooled", axis=1)

    def model(self, name: str, inputs: dict[str, list[int]], outputs: dict[str, list[int]]) -> onnx.ModelProto:
        values = [
            [helper.make_tensor_value_info(value, TensorProto.FLOAT, shape) for value, shape in side.items()]
            for side in (inputs, outputs)
        ]
        graph = helper.make_graph(self.nodes, name, *values, initializer=self.initialisers)
        model = helper.make_model(graph, producer_name="lungfield", opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        return model


def to_onnx(network: Network, gate: Gate) -> onnx.ModelProto:
    """One film, f32 [1, 1, 224, 224] -> activations [1, 1280, 7, 7], logit [1, 1], gate [1, DIMENSIONS], orientations
    [1, 9] and, of a gate that was shown adults' films, adult [1, 1]."""
    writer = GraphWriter()
    writer.constant("zero", 0.0)
    writer.constant("six", 6.0)
    x = writer.relu6(writer.convolution("features.0", network.features[0], INPUT))
    seen = []
    for i, block in enumerate(network.features[1:-1], start=1):
        x = inverted_residual(writer, f"features.{i}", block, x)
        if i in GATE_LAYERS:
            cell = [ROWS // HALF_WAY // GATE_CELLS, COLUMNS // HALF_WAY // GATE_CELLS]
            pooled = writer.node("AveragePool", [x], f"gate.{i}.pool", kernel_shape=cell, strides=cell)
            seen.append(writer.node("Flatten", [pooled], f"gate.{i}.flat", axis=1))
    parameters = [writer.constant("gate.weight", gate.projection), writer.constant("gate.bias", gate.offset)]
    writer.node("Gemm", [writer.node("Concat", seen, "gate.features", axis=1), *parameters], GATE, transB=1)
    outputs = {GATE: [1, DIMENSIONS], **gate_scores(writer, gate)}
    activations = writer.relu6(writer.convolution(LAST_LAYER, network.features[-1], x), ACTIVATIONS)
    writer.linear("classifier", network.classifier, writer.pool(activations), LOGIT)
    return writer.model(
        "lungfield",
        {INPUT: [1, 1, ROWS, COLUMNS]},
        {ACTIVATIONS: [1, CHANNELS, ROWS // 32, COLUMNS // 32], LOGIT: [1, 1], **outputs},
    )


def gate_scores(writer: GraphWriter, gate: Gate) -> dict[str, list[int]]:
    """The linear scores of the gate's numbers, with their shapes: one for each orientation and for no chest film, and the one
    of adults' films where there is one."""
    scores = {ORIENTATIONS: (gate.weights, gate.bias)}
    if gate.adult_weights is not None:
        scores[ADULT] = (gate.adult_weights[None], np.array([gate.adult_bias]))
    for name, (weights, bias) in scores.items():
        parameters = [writer.constant(f"gate.{name}.weight", weights), writer.constant(f"gate.{name}.bias", bias)]
        writer.node("Gemm", [GATE, *parameters], name, transB=1)
    return {name: [1, len(weights)] for name, (weights, _) in scores.items()}


def inverted_residual(writer: GraphWriter, name: str, block: InvertedResidual, x: str, dilation: int = 1) -> str:
    y = x if block.expand is None else writer.relu6(writer.convolution(f"{name}.expand", block.expand, x))
    y = writer.relu6(writer.convolution(f"{name}.depthwise", block.depthwise, y, dilation))
    y = writer.convolution(f"{name}.project", block.project, y)
    return writer.node("Add", [x, y], f"{name}.sum") if block.residual else y


def load_onnx(path: str | Path) -> Network:
    """Reads a model file back into the network; also with f16 weights behind a Cast, as ``lungfield convert`` makes."""
    graph = onnx.load(path).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in arrays:
            arrays[node.output[0]] = arrays[node.input[0]]
    network = Network()
    missing = [name for name in network.state_dict() if name not in arrays]
    if missing:
        raise ValueError(f"{path}: no weights for {', '.join(missing)}")
    network.load_state_dict({name: torch.tensor(arrays[name].astype(np.float32)) for name in network.state_dict()})
    return network.eval().to(memory_format=torch.channels_last)
