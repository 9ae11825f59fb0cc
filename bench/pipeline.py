"""Films a second of a Python pipeline that does what the command does: decode, resize, infer, Grad-CAM.

onnxruntime takes all cores, as it does by itself; the rest is one thread, as Python is.

    python pipeline.py MODELS FILM...
"""

import json
import sys
import time
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import numpy_helper
from PIL import Image


def main(models: Path, films: list[str]) -> None:
    manifest = json.loads((models / "manifest.json").read_text())
    path = models / manifest["file"]
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    weights = next(array for name, array in stored.items() if name.startswith("classifier.weight")).astype("f4")[0]
    settings = manifest["input"]

    def read(film: str) -> numpy.ndarray:
        grey = Image.open(film).convert("L").resize((settings["columns"], settings["rows"]), Image.BILINEAR)
        values = (numpy.asarray(grey, "f4") / 255 - settings["mean"][0]) / settings["std"][0]
        activations, _, _ = session.run(["activations", "logit", "gate"], {"film": values[None, None]})
        # Pooling and one linear layer: the logit's gradient is the layer's weights, spread evenly.
        return numpy.maximum(numpy.tensordot(weights, activations[0], 1) / activations[0, 0].size, 0)

    for film in films[:4]:
        read(film)
    start = time.perf_counter()
    for film in films:
        read(film)
    print(len(films) / (time.perf_counter() - start))


main(Path(sys.argv[1]), sys.argv[2:])
