"""Films a second of a Python pipeline that does what the command does: decode, resize, orientation, lungs, classifier, Grad-CAM.

onnxruntime takes all cores, as it does by itself; the rest is the training code, on PyTorch. PARTS is what `peers/parts.py` wrote.

    python pipeline.py PARTS FILM...
"""

import sys
import time
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from PIL import Image
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parents[1] / "training"))

from lungfield_training.films import SIDE
from lungfield_training.lung_frame import Frame, whole_film
from lungfield_training.lung_network import POINTS, find_lungs, normalise, shrink
from lungfield_training.network import STRIDE, counts


class Lungs:
    """The lung network, as `find_lungs` takes it."""

    def __init__(self, session: onnxruntime.InferenceSession):
        self.session = session

    def outline(self, luma: torch.Tensor) -> torch.Tensor:
        [outline] = self.session.run(["outline"], {"film": normalise(shrink(luma)).numpy()})
        return functional.pixel_shuffle(torch.from_numpy(outline), POINTS)


def main(parts: Path, films: list[str]) -> None:
    torch.set_num_threads(1)
    orientations, lungs, classifier = (
        onnxruntime.InferenceSession(parts / f"{name}.onnx", providers=["CPUExecutionProvider"])
        for name in ("orientations", "lungs", "classifier")
    )
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(parts / "classifier.onnx").graph.initializer}
    weights = next(array for name, array in stored.items() if name.startswith("classifier.weight")).reshape(-1)
    lungs, frame = Lungs(lungs), Frame()

    def read(film: str) -> numpy.ndarray:
        grey = Image.open(film).convert("L").resize((SIDE, SIDE), Image.BILINEAR)
        luma = torch.from_numpy(numpy.asarray(grey, "f4") / 255)[None, None]
        orientations.run(None, {"picture": whole_film(luma, frame)[:, :1].numpy()})
        found = find_lungs(lungs, luma)
        shown = frame.network_input(*frame.view(luma, found.soft, found.boxes))
        places = counts(shown[:, 1:], [frame.side // STRIDE] * 2)
        fed = {"picture": shown[:, :1].numpy(), "places": places.numpy()}
        _, activations, _, _ = classifier.run(["logit", "explained", "gate", "adult"], fed)
        # Pooling and one linear layer: the logit's gradient is the layer's weights, spread evenly.
        return numpy.maximum(numpy.tensordot(weights, activations[0], 1) / activations[0, 0].size, 0)

    for film in films[:4]:
        read(film)
    start = time.perf_counter()
    for film in films:
        read(film)
    print(len(films) / (time.perf_counter() - start))


main(Path(sys.argv[1]), sys.argv[2:])
