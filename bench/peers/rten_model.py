"""The network as rten takes it: weights as f32, and lists of numbers not packed, which onnx writes so.

    python rten_model.py MODEL.onnx OUT.onnx
"""

import sys

import numpy
import onnx
from onnx import numpy_helper


def main(path: str, out: str) -> None:
    model = onnx.load(path)
    graph = model.graph
    names = {node.input[0]: node.output[0] for node in graph.node if node.op_type == "Cast"}
    for tensor in graph.initializer:
        if tensor.name in names:
            values = numpy_helper.to_array(tensor).astype(numpy.float32)
            tensor.CopyFrom(numpy_helper.from_array(values, names[tensor.name]))
    kept = [node for node in graph.node if node.op_type != "Cast"]
    del graph.node[:]
    graph.node.extend(kept)
    onnx.checker.check_model(model)
    onnx.save(model, out)


main(*sys.argv[1:])
