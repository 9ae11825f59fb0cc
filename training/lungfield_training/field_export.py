"""The network that ships as ONNX, in two parts that share nothing: the one that outlines the lungs, and the classifier of the frame
around them.

| input | output |
|---|---|
| ``film`` [1, 1, 112, 112], the whole film, normalised | ``outline`` [1, 4, 28, 28] |
| ``picture`` [1, 1, side, side], ``places`` [1, 1, side / 8, side / 8]: how much each place counts, mean 1 | ``explained``, ``logit``, ``gate``, ``orientations``, ``adult`` |
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from . import lung_network
from .export import ADULT, GATE, LOGIT, ORIENTATIONS, GraphWriter, inverted_residual
from .field_gate import FieldGate
from .field_network import CHANNELS, LAYERS, STRIDE, UNDIVIDED, FieldNetwork
from .gate import DIMENSIONS
from .lung_network import CELL, FILM, OUTLINE, POINTS, LungNetwork
from .lung_network import SIDE as FILM_SIDE
from .network import GATE_CELLS, GATE_LAYERS

PICTURE, PLACES, EXPLAINED = "picture", "places", "explained"
LAST_LAYER = f"features.{LAYERS + 1}"


def to_onnx(network: FieldNetwork, gate: FieldGate, lungs: LungNetwork, side: int) -> onnx.ModelProto:
    """Both parts in one file, of trained networks; the lung network is folded."""
    writer = GraphWriter()
    lung_network.write(writer, lungs)
    x = writer.relu6(writer.convolution("features.0", network.features[0], PICTURE))
    seen = []
    for number, block in enumerate(network.features[1:-1], start=1):
        # What ``phases`` does to the picture, the window does here.
        x = inverted_residual(writer, f"features.{number}", block, x, dilation=2 if number > UNDIVIDED else 1)
        if number in GATE_LAYERS:
            cell = [side // STRIDE // GATE_CELLS] * 2
            pooled = writer.node("AveragePool", [x], f"gate.{number}.pool", kernel_shape=cell, strides=cell)
            seen.append(writer.node("Flatten", [pooled], f"gate.{number}.flat", axis=1))
    features = writer.node("Concat", seen, "gate.features", axis=1)
    linear = {ORIENTATIONS: (features, gate.weights, gate.bias), GATE: (features, gate.projection, gate.offset)}
    if gate.adult_weights is not None:
        linear[ADULT] = (GATE, gate.adult_weights[None], np.array([gate.adult_bias]))
    for name, (of, weights, bias) in linear.items():
        parameters = [writer.constant(f"{name}.weight", weights), writer.constant(f"{name}.bias", bias)]
        writer.node("Gemm", [of, *parameters], name, transB=1)
    activations = writer.relu6(writer.convolution(LAST_LAYER, network.features[-1], x))
    writer.node("Mul", [activations, PLACES], EXPLAINED)
    writer.linear("classifier", network.classifier, writer.pool(EXPLAINED), LOGIT)
    places, cells = side // STRIDE, FILM_SIDE // CELL
    scores = {ORIENTATIONS: [1, len(gate.weights)], **({} if gate.adult_weights is None else {ADULT: [1, 1]})}
    return writer.model(
        "lungfield",
        {FILM: [1, 1, FILM_SIDE, FILM_SIDE], PICTURE: [1, 1, side, side], PLACES: [1, 1, places, places]},
        {
            OUTLINE: [1, POINTS**2, cells, cells],
            EXPLAINED: [1, CHANNELS, places, places],
            LOGIT: [1, 1],
            GATE: [1, DIMENSIONS],
            **scores,
        },
    )


def load_onnx(path: str | Path) -> tuple[FieldNetwork, LungNetwork]:
    """Reads a model file back into its networks; also with f16 weights behind a Cast, as ``lungfield convert`` makes."""
    graph = onnx.load(path).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in arrays:
            arrays[node.output[0]] = arrays[node.input[0]]
    network = FieldNetwork()
    missing = [name for name in network.state_dict() if name not in arrays]
    if missing:
        raise ValueError(f"{path}: no weights for {', '.join(missing)}")
    network.load_state_dict({name: torch.tensor(arrays[name].astype(np.float32)) for name in network.state_dict()})
    return network.eval().to(memory_format=torch.channels_last), lung_network.read(arrays, path)
