"""What other engines are given: each part of the network as a file, weights as f32, and what the first demo film makes of them.

    python parts.py OUT

``OUT/parts.json`` names the parts, with inputs, outputs and what the mean of one output must be; it holds the inputs' values.
"""

import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import numpy_helper
from onnx.utils import Extractor
from PIL import Image

ROOT = Path(__file__).parents[2]


def main(out: Path) -> None:
    manifest = json.loads((ROOT / "models/manifest.json").read_text())
    given, made, lungs = manifest["inputs"], manifest["outputs"], manifest["lungs"]
    golden = {name: numpy.load(ROOT / f"tests/golden/film_{name}.npy")[0] for name in ("inputs", "frames", "places")}
    luma = Image.fromarray((golden["inputs"] / 65535).astype("f4")).resize([lungs["side"]] * 2, Image.BILINEAR)
    values = {"film": (numpy.asarray(luma) - lungs["mean"]) / lungs["std"], "picture": golden["frames"], "places": golden["places"]}
    tensors = {given[name]: array.astype("f4")[None, None] for name, array in values.items()}
    parts = {
        "orientations": (["picture"], ["orientations"]),
        "lungs": (["film"], ["outline"]),
        "classifier": (["picture", "places"], ["logit", "activations", "gate", "adult"]),
    }
    out.mkdir(parents=True, exist_ok=True)
    extractor = Extractor(with_f32_weights(onnx.load(ROOT / "models" / manifest["file"])))
    described = {}
    for part, (inputs, outputs) in parts.items():
        inputs, outputs = [given[name] for name in inputs], [made[name] for name in outputs]
        # Rewritten by Python, lists of numbers are not packed, which is how rten reads them.
        onnx.save(extractor.extract_model(inputs, outputs), out / f"{part}.onnx")
        session = onnxruntime.InferenceSession(out / f"{part}.onnx", providers=["CPUExecutionProvider"])
        mean = session.run(outputs[:1], {name: tensors[name] for name in inputs})[0].mean()
        described[part] = {"inputs": inputs, "outputs": outputs, "compared": outputs[0], "mean": float(mean)}
    case = json.loads((ROOT / "tests/golden/cases.json").read_text())["films"][0]
    described["classifier"]["mean"] = case["logits"]["linear"]
    stored = {name: {"shape": array.shape, "values": array.ravel().tolist()} for name, array in tensors.items()}
    (out / "parts.json").write_text(json.dumps({"film": case["file"], "parts": described, "tensors": stored}))


def with_f32_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The weights themselves in the place of casts of halves."""
    graph = model.graph
    names = {node.input[0]: node.output[0] for node in graph.node if node.op_type == "Cast"}
    for tensor in graph.initializer:
        if tensor.name in names:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype("f4"), names[tensor.name]))
    kept = [node for node in graph.node if node.op_type != "Cast"]
    del graph.node[:]
    graph.node.extend(kept)
    onnx.checker.check_model(model)
    return model


main(Path(sys.argv[1]))
