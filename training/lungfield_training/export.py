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

from . import lung_network
from .gate import DIMENSIONS, Gate
from .graph import GraphWriter, arrays_of, load_weights
from .lung_network import CELL, FILM, OUTLINE, POINTS, LungNetwork
from .lung_network import SIDE as FILM_SIDE
from .network import CHANNELS, GATE_CELLS, GATE_LAYERS, LAST_LAYER, STRIDE, UNDIVIDED, InvertedResidual, Network

PICTURE, PLACES, EXPLAINED, LOGIT = "picture", "places", "explained", "logit"
GATE, ORIENTATIONS, ADULT = "gate", "orientations", "adult"


def to_onnx(network: Network, gate: Gate, lungs: LungNetwork, side: int) -> onnx.ModelProto:
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


def inverted_residual(writer: GraphWriter, name: str, block: InvertedResidual, x: str, dilation: int = 1) -> str:
    y = x if block.expand is None else writer.relu6(writer.convolution(f"{name}.expand", block.expand, x))
    y = writer.relu6(writer.convolution(f"{name}.depthwise", block.depthwise, y, dilation))
    y = writer.convolution(f"{name}.project", block.project, y)
    return writer.node("Add", [x, y], f"{name}.sum") if block.residual else y


def load_onnx(path: str | Path) -> tuple[Network, LungNetwork]:
    """Reads a model file back into its networks; also with f16 weights behind a Cast, as ``lungfield convert`` makes."""
    network, arrays = Network(), arrays_of(path)
    load_weights(network, arrays, path)
    return network, lung_network.read(arrays, path)
