"""Golden values: what PyTorch makes of the demo films and of small made-up pictures, stage by stage.

The Rust reader is held against them, natively and in a browser; ``tests/golden/README.md`` says what is in which file.
PyTorch resizes in 32 bits; the network and its gradient run in 64, so that the values carry no rounding of their own.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from .export import EXPLAINED, load_onnx
from .films import SIDE
from .gradcam import grad_cam
from .graph import GraphWriter
from .lung_frame import Frame
from .lung_network import find_lungs
from .network import CHANNELS, STRIDE, counts

HIDDEN = 32
CROP = 64
CLASSES = {"pneumonia": 1.0, "normal": -1.0}
# Width and height: enlarged, shrunk, one side each, and a pixel off the target on either side.
PICTURES = {"enlarged": (5, 7), "shrunk": (449, 301), "both": (97, 640), "near": (225, 223)}


def write_goldens(model: str | Path, films: str | Path, out: Path) -> None:
    """Writes ``cases.json``, the arrays it describes, and the ONNX of a head with a hidden layer."""
    paths = sorted(Path(films).glob("*.jpeg"), key=lambda path: path.name)
    paths = [path for path in paths if path.name != "thumbnails.jpeg"]
    if not paths:
        raise ValueError(f"{films}: no films (*.jpeg)")
    out.mkdir(parents=True, exist_ok=True)
    network, lungs = (each.double() for each in load_onnx(model))
    heads = {"linear": network.head, "hidden": HiddenHead(seed=0).double()}
    onnx.save(heads["hidden"].to_onnx(), out / "hidden_head.onnx")

    cases = {"model": hashlib.sha256(Path(model).read_bytes()).hexdigest(), "films": [], "pictures": []}
    crops, inputs, frames, places, maps = [], [], [], [], []
    for path in paths:
        luma = decode(path)
        top, left = ((side - CROP) // 2 for side in luma.shape)
        crops.append(luma[top : top + CROP, left : left + CROP])
        inputs.append(squash(luma.astype(np.float64) / 255))
        found, x = lung_frame(lungs, inputs[-1])
        frames.append(x[0, 0].numpy())
        places.append(counts(x[:, 1:], [x.shape[-1] // STRIDE] * 2)[0, 0].numpy())
        logits, film_maps = explain(network, heads, x)
        maps.append(film_maps)
        case = {"file": path.name, "width": luma.shape[1], "height": luma.shape[0], "mean_luma": float(luma.mean())}
        box = dict(zip(("left", "top", "right", "bottom"), found.boxes[0].tolist()))
        cases["films"].append({**case, "crop": {"left": left, "top": top}, "lungs": box, "logits": logits})
    np.save(out / "film_crops.npy", np.stack(crops))
    np.save(out / "film_inputs.npy", np.stack(inputs))
    np.save(out / "film_frames.npy", np.stack(frames).astype(np.float32))
    np.save(out / "film_places.npy", np.stack(places).astype(np.float32))
    np.save(out / "film_maps.npy", np.stack(maps).astype(np.float32))

    pictures = {name: picture(*size, seed) for seed, (name, size) in enumerate(PICTURES.items())}
    for name, luma in pictures.items():
        np.save(out / f"picture_{name}.npy", luma)
        cases["pictures"].append({"name": name, "width": luma.shape[1], "height": luma.shape[0]})
    np.save(out / "picture_inputs.npy", np.stack([squash(luma / 65535) for luma in pictures.values()]))
    (out / "cases.json").write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")


def decode(path: Path) -> np.ndarray:
    """Luma of a film, uint8 [rows, columns], by Pillow."""
    with Image.open(path) as film:
        return np.asarray(film.convert("L"))


def squash(luma: np.ndarray) -> np.ndarray:
    """Luma in 0..1 of any size -> uint16 [224, 224] by PyTorch's antialiased bilinear resize."""
    film = torch.from_numpy(luma).float()[None, None]
    film = functional.interpolate(film, (SIDE, SIDE), mode="bilinear", antialias=True, align_corners=False)
    return (film[0, 0].double() * 65535).round().clamp(0, 65535).numpy().astype(np.uint16)


def lung_frame(lungs, squashed: np.ndarray):
    """The lungs of one squashed film, and what the classifier takes of them, f64 [1, 2, side, side]."""
    luma = torch.from_numpy(squashed.astype(np.float64) / 65535)[None, None]
    found, frame = find_lungs(lungs, luma), Frame()
    return found, frame.network_input(*frame.view(luma, found.soft, found.boxes.double()))


def explain(network, heads, x: Tensor) -> tuple[dict[str, float], np.ndarray]:
    """Each head's logit, and Grad-CAM maps f64 [heads, classes, rows, columns], of one film's lung frame."""
    with torch.no_grad():
        activations, _ = network(x)
        logits = {name: head(activations).item() for name, head in heads.items()}
    maps = [[grad_cam(activations, head, sign)[0].numpy() for sign in CLASSES.values()] for head in heads.values()]
    return logits, np.array(maps)


class HiddenHead(nn.Module):
    """A head as the original notebook has it, with a hidden layer: pool, linear, ReLU, linear. Weights are made up."""

    def __init__(self, seed: int):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.hidden, self.output = nn.Linear(CHANNELS, HIDDEN), nn.Linear(HIDDEN, 1)
        for layer in (self.hidden, self.output):
            nn.init.normal_(layer.weight, std=layer.in_features**-0.5, generator=generator)
            nn.init.normal_(layer.bias, std=0.1, generator=generator)

    def forward(self, activations: Tensor) -> Tensor:
        return self.output(functional.relu(self.hidden(activations.mean((2, 3)))))

    def to_onnx(self) -> onnx.ModelProto:
        """Activations [1, 512, 14, 14] -> probability [1, 1]: with the sigmoid that an explanation has to skip."""
        writer = GraphWriter()
        x = writer.linear("hidden", self.hidden, writer.pool(EXPLAINED))
        x = writer.linear("output", self.output, writer.node("Relu", [x], "rectified"))
        writer.node("Sigmoid", [x], "probability")
        places = Frame().side // STRIDE
        shape = [1, CHANNELS, places, places]
        return writer.model("hidden_head", {EXPLAINED: shape}, {"probability": [1, 1]})


def picture(width: int, height: int, seed: int) -> np.ndarray:
    """A picture that shows a wrong resize: ramps, an edge, fine stripes and noise. uint16 [height, width]."""
    y, x = np.mgrid[0:height, 0:width]
    luma = 20000 * x / width + 15000 * y / height + 12000 * ((x + 2 * y) % 3) / 2 + 8000 * (3 * x > 2 * y)
    return (luma + np.random.default_rng(seed).uniform(0, 10000, luma.shape)).astype(np.uint16)
