"""ONNX, written operator by operator, and read back.

Conv, Clip, Add, Mul, two kinds of average pool with Flatten, Concat and Gemm are all that the networks need. Initialisers have
the networks' own parameter names, so that a file can be read back into them (:func:`arrays_of`).
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

OPSET = 13


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

    def relu6(self, x: str) -> str:
        return self.node("Clip", [x, "zero", "six"], f"{x}.relu6")

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

    def in_half_precision(self) -> None:
        """Keeps every initialiser as f16, with a Cast behind it."""
        casts = []
        for tensor in self.initialisers:
            name, half = tensor.name, f"{tensor.name}.f16"
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), half))
            casts.append(helper.make_node("Cast", [half], [name], name=f"{name}.cast", to=TensorProto.FLOAT))
        self.nodes[:0] = casts


def arrays_of(path: str | Path) -> dict[str, np.ndarray]:
    """The weights in a file by their names, f32; also those kept as f16 behind a Cast."""
    graph = onnx.load(path).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    arrays |= {node.output[0]: arrays[node.input[0]] for node in graph.node if node.op_type == "Cast" and node.input[0] in arrays}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def load_weights(network: torch.nn.Module, arrays: dict[str, np.ndarray], path: str | Path, names: dict[str, str] | None = None) -> None:
    """Loads a network's weights out of a file's ``arrays``; ``names`` has its parameters' names in the file where they differ."""
    names = names or {name: name for name in network.state_dict()}
    missing = [name for name in names.values() if name not in arrays]
    if missing:
        raise ValueError(f"{path}: no weights for {', '.join(missing)}")
    network.load_state_dict({own: torch.tensor(arrays[name]) for own, name in names.items()})
    network.eval().to(memory_format=torch.channels_last)
