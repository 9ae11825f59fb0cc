"""The lung field: a small network that outlines the lungs, of convolutions, ReLU6 and additions alone.

It works at a quarter of the film's size throughout and widens its view by dilation, so that the reader needs no operator that
it does not have for the classifier.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from scipy import ndimage
from torch import Tensor, nn
from torch.nn import functional

from .graph import GraphWriter, arrays_of, load_weights
from .lung_masks import OutlinedFilms, box_of
from .network import normalise

# The film, squashed to a square of so many pixels.
SIDE = 112
# A cell of the network's grid is 4 x 4 pixels and answers for 2 x 2 points.
CELL, POINTS = 4, 2
OUTLINE_SIDE = SIDE // CELL * POINTS
CHANNELS, EXPANSION = 32, 2
DILATIONS = (1, 2, 4, 8, 1, 2, 4, 8)


class Normed(nn.Module):
    """A convolution and, while it is trained, the batch-norm behind it."""

    def __init__(self, inputs: int, outputs: int, size: int, stride: int = 1, dilation: int = 1, groups: int = 1):
        super().__init__()
        padding = dilation * (size // 2)
        self.convolution = nn.Conv2d(inputs, outputs, size, stride, padding, dilation, groups)
        self.norm: nn.Module = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.convolution(x))

    @torch.no_grad()
    def fold(self) -> None:
        """Makes the batch-norm, as it is in evaluation, part of the convolution."""
        if isinstance(self.norm, nn.BatchNorm2d):
            scale = self.norm.weight / (self.norm.running_var + self.norm.eps).sqrt()
            self.convolution.weight.mul_(scale.view(-1, 1, 1, 1))
            self.convolution.bias.copy_((self.convolution.bias - self.norm.running_mean) * scale + self.norm.bias)
            self.norm = nn.Identity()


class DilatedResidual(nn.Module):
    """Expand, filter each channel with a dilated window, project, add."""

    def __init__(self, channels: int, expansion: int, dilation: int):
        super().__init__()
        hidden = channels * expansion
        self.expand = Normed(channels, hidden, 1)
        self.depthwise = Normed(hidden, hidden, 3, dilation=dilation, groups=hidden)
        self.project = Normed(hidden, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu6(self.expand(x))
        return x + self.project(functional.relu6(self.depthwise(y)))


class LungNetwork(nn.Module):
    """Normalised luma [N, 1, 112, 112] -> logits of "within the lungs" [N, 4, 28, 28]; see ``outline``."""

    def __init__(self):
        super().__init__()
        self.stem = Normed(1, 16, 3, stride=2)
        self.down = Normed(16, CHANNELS, 3, stride=2)
        self.blocks = nn.ModuleList(DilatedResidual(CHANNELS, EXPANSION, dilation) for dilation in DILATIONS)
        self.head = nn.Conv2d(CHANNELS, POINTS**2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu6(self.down(functional.relu6(self.stem(x))))
        for block in self.blocks:
            x = block(x)
        return self.head(x)

    def outline(self, luma: Tensor) -> Tensor:
        """Luma [N, 1, rows, columns] in 0..1 of whole films -> logits of "within the lungs", [N, 1, 56, 56]: the four values of a
        cell are its upper left, upper right, lower left and lower right quarters."""
        return functional.pixel_shuffle(self(normalise(shrink(luma))), POINTS)

    def fold(self) -> "LungNetwork":
        """Makes every batch-norm part of its convolution; returns itself."""
        for module in self.modules():
            if isinstance(module, Normed):
                module.fold()
        return self.eval()


def shrink(luma: Tensor) -> Tensor:
    """[N, 1, rows, columns] -> what the network sees, [N, 1, 112, 112]."""
    if luma.shape[-2:] == (SIDE, SIDE):
        return luma
    return functional.interpolate(luma, (SIDE, SIDE), mode="bilinear", antialias=True, align_corners=False)


@dataclass(frozen=True)
class LungFields:
    """``soft`` f32 [N, 1, rows, columns] in 0..1 is how sure each pixel is within the lungs; ``boxes`` f32 [N, 4] as
    ``OutlinedFilms.boxes``."""

    soft: Tensor
    boxes: Tensor


@torch.no_grad()
def find_lungs(network: LungNetwork, luma: Tensor) -> LungFields:
    """The lungs of whole films [N, 1, rows, columns] in 0..1."""
    logits = torch.cat([network.outline(part) for part in luma.split(64)])
    logits = functional.interpolate(logits, luma.shape[-2:], mode="bilinear", align_corners=False)
    lit = (logits > 0)[:, 0].numpy()
    return LungFields(logits.sigmoid(), torch.from_numpy(box_of(largest_pieces(lit))))


def found_by(network: LungNetwork, films: OutlinedFilms) -> OutlinedFilms:
    """The same films with the lungs that a lung network finds in them."""
    masks, boxes = np.empty_like(films.masks), np.empty_like(films.boxes)
    for start in range(0, len(films), 64):
        part = slice(start, min(start + 64, len(films)))
        found = find_lungs(network, films.luma(range(part.start, part.stop)))
        masks[part], boxes[part] = (found.soft[:, 0] > 0.5).numpy(), found.boxes.numpy()
    return OutlinedFilms(films.films, masks, boxes, films.multiple_of_8)


def largest_pieces(masks, keep: int = 2, least: float = 0.1):
    """bool [N, rows, columns] with the largest pieces alone, those at least ``least`` of the largest: the two lungs."""
    kept = masks.copy()
    for mask in kept:
        pieces, count = ndimage.label(mask)
        if count > 1:
            sizes = ndimage.sum_labels(mask, pieces, range(1, count + 1))
            order = sizes.argsort()[::-1][:keep]
            mask &= sum(pieces == i + 1 for i in order if sizes[i] >= least * sizes[order[0]]) > 0
    return kept


FILM, OUTLINE = "film", "outline"


def to_onnx(network: LungNetwork) -> onnx.ModelProto:
    """One normalised film, f32 [1, 1, 112, 112] -> outline [1, 4, 28, 28], of a folded network; weights in half precision."""
    writer = GraphWriter()
    write(writer, network)
    writer.in_half_precision()
    cells = SIDE // CELL
    return writer.model("lungs", {FILM: [1, 1, SIDE, SIDE]}, {OUTLINE: [1, POINTS**2, cells, cells]})


def write(writer: GraphWriter, network: LungNetwork) -> None:
    """Writes a folded network from ``FILM`` to ``OUTLINE``."""
    writer.constant("zero", 0.0)
    writer.constant("six", 6.0)
    x = FILM
    for name in ("stem", "down"):
        x = writer.relu6(writer.convolution(name, getattr(network, name).convolution, x))
    for number, block in enumerate(network.blocks):
        y, name = x, f"blocks.{number}"
        for part in ("expand", "depthwise"):
            y = writer.relu6(writer.convolution(f"{name}.{part}", getattr(block, part).convolution, y))
        y = writer.convolution(f"{name}.project", block.project.convolution, y)
        x = writer.node("Add", [x, y], f"{name}.sum")
    head = [writer.constant("head.weight", network.head.weight), writer.constant("head.bias", network.head.bias)]
    writer.node("Conv", [x, *head], OUTLINE, kernel_shape=[1, 1])


def load_onnx(path: str | Path) -> LungNetwork:
    """Reads a network that ``to_onnx`` wrote."""
    return read(arrays_of(path), path)


def read(arrays: dict, path: str | Path) -> LungNetwork:
    """The network whose weights are in ``arrays``, by the names that ``write`` gives; ``path`` is for the message."""
    network = LungNetwork()
    for module in network.modules():
        if isinstance(module, Normed):
            module.norm = nn.Identity()
    load_weights(network, arrays, path, {key: key.replace(".convolution", "") for key in network.state_dict()})
    return network
