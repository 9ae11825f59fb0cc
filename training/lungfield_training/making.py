"""Changes of how a film was made that no lung knows of: framing, markers, surroundings, sharpness, noise, tone, storage.

Each takes films [N, 1, rows, columns] in 0..1 with their lungs, f32 of the same shape, and gives both back changed. What is
drawn is drawn by the generator that is given, so that the same films are changed alike every time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional

from .augment import Augmentation, blurred, compress, cumulative_histograms, match_histogram
from .lung_masks import OutlinedFilms, box_of

# A side marker lies in this part of a film's left side, from the top: parts of the width and of the height.
CORNER = (0.18, 0.45)
# A film's surroundings begin so many pixels of 224 beyond its lungs, and so softly (standard deviation).
BEYOND, SOFT = 5, 2.0


@dataclass(frozen=True)
class Lenders:
    """Films that lend what is not lungs."""

    films: OutlinedFilms

    def draw(self, chosen: np.ndarray, n: int, generator: Generator) -> np.ndarray:
        """``n`` indices of the films for which ``chosen`` (bool [films]) holds."""
        among = np.flatnonzero(chosen)
        return among[torch.randint(0, len(among), (n,), generator=generator).numpy()]


@dataclass(frozen=True)
class Batch:
    """What a change is given: luma and lungs [N, 1, rows, columns] in 0..1, and the class and machine of each film."""

    luma: Tensor
    lungs: Tensor
    targets: np.ndarray
    multiple_of_8: np.ndarray


Change = Callable[[Batch, Lenders, Generator], tuple[Tensor, Tensor]]


def grown(lungs: Tensor, pixels: int = BEYOND, soft: float = SOFT) -> Tensor:
    """The lungs and what is within ``pixels`` of them, softly: f32 in 0..1."""
    wide = functional.max_pool2d(lungs, 2 * pixels + 1, 1, pixels)
    return blurred(wide, soft).clamp(0, 1)


def boxes_of(lungs: Tensor) -> Tensor:
    """[N, 1, rows, columns] -> f32 [N, 4]: left, top, right, bottom as parts of the sides."""
    return torch.from_numpy(box_of((lungs[:, 0] > 0.5).numpy()))


def moved_to(luma: Tensor, own: Tensor, wanted: Tensor) -> Tensor:
    """Films shifted and stretched so that what lay in the boxes ``own`` [N, 4] lies in ``wanted``; edges drawn out."""
    scale = (own[:, 2:] - own[:, :2]) / (wanted[:, 2:] - wanted[:, :2])
    shift = own[:, :2] + own[:, 2:] - 1 - scale * (wanted[:, :2] + wanted[:, 2:] - 1)
    zero = torch.zeros(len(luma))
    theta = torch.stack([scale[:, 0], zero, shift[:, 0], zero, scale[:, 1], shift[:, 1]], 1).view(-1, 2, 3)
    grid = functional.affine_grid(theta, list(luma.shape), align_corners=False)
    return functional.grid_sample(luma, grid, mode="bilinear", padding_mode="border", align_corners=False)


def surroundings_of(positive: bool) -> Change:
    """These lungs in the surroundings of a film of one class, its lungs brought to the same place."""

    def change(batch: Batch, lenders: Lenders, generator: Generator):
        drawn = lenders.draw((lenders.films.targets > 0.5) == positive, len(batch.luma), generator)
        around = moved_to(lenders.films.luma(drawn), boxes_of(lenders.films.lungs(drawn)), boxes_of(batch.lungs))
        return torch.lerp(around, batch.luma, grown(batch.lungs)), batch.lungs

    return change


def in_the_corner(batch: Batch, other: Tensor) -> Tensor:
    """The films with the upper left corner of ``other``, the lungs left alone."""
    rows, columns = batch.luma.shape[-2:]
    corner = torch.zeros_like(batch.luma)
    corner[..., : round(CORNER[1] * rows), : round(CORNER[0] * columns)] = 1
    return torch.lerp(batch.luma, other, corner * (1 - grown(batch.lungs, 2, 1.0)))


def lay_marker(batch: Batch, lenders: Lenders, generator: Generator):
    """The corner with the side marker of a film of the other machine."""
    luma = batch.luma.clone()
    drawn = np.zeros(len(luma), dtype=np.int64)
    for flag in (False, True):
        own = batch.multiple_of_8 == flag
        if own.any():
            drawn[own] = lenders.draw(lenders.films.multiple_of_8 != flag, int(own.sum()), generator)
    return in_the_corner(batch, lenders.films.luma(drawn)), batch.lungs


def take_marker(batch: Batch, lenders: Lenders, generator: Generator):
    """What is bright and narrow in the corner is gone: a morphological opening."""
    eroded = -functional.max_pool2d(-batch.luma, 17, 1, 8)
    opened = functional.max_pool2d(eroded, 17, 1, 8)
    return in_the_corner(batch, blurred(torch.minimum(opened, batch.luma), 1.0)), batch.lungs


def mirror_marker(batch: Batch, lenders: Lenders, generator: Generator):
    """The corner with the side marker, mirrored where it lies."""
    wide = round(CORNER[0] * batch.luma.shape[-1])
    mirrored = batch.luma.clone()
    mirrored[..., :wide] = batch.luma[..., :wide].flip(-1)
    return in_the_corner(batch, mirrored), batch.lungs


def of_luma(change: Callable[[Tensor], Tensor]) -> Change:
    """A change that needs no lungs, nor moves them."""
    return lambda batch, lenders, generator: (change(batch.luma).clamp(0, 1), batch.lungs)


def add_noise(batch: Batch, lenders: Lenders, generator: Generator):
    """Noise with a standard deviation of 6 of 255 grey levels."""
    noise = torch.randn(batch.luma.shape, generator=generator)
    return (batch.luma + 6 / 255 * noise).clamp(0, 1), batch.lungs


def resized(luma: Tensor, size: tuple[int, int], mode: str = "bilinear") -> Tensor:
    if mode == "nearest":
        return functional.interpolate(luma, size, mode=mode)
    return functional.interpolate(luma, size, mode=mode, antialias=True, align_corners=False)


def cut_off(part: float) -> Change:
    """``part`` of each side is gone from the film, half of it at either end; the rest is resized to what the film had."""

    def change(batch: Batch, lenders: Lenders, generator: Generator):
        rows, columns = batch.luma.shape[-2:]
        high, wide = round(part * rows / 2), round(part * columns / 2)
        inner = (..., slice(high, rows - high), slice(wide, columns - wide))
        return resized(batch.luma[inner], (rows, columns)), resized(batch.lungs[inner], (rows, columns)).round()

    return change


def add_margin(part: float, fill: str) -> Change:
    """``part`` of each side of the film that comes out is margin, half of it at either end: ``edge``, ``black`` or ``white``."""

    def change(batch: Batch, lenders: Lenders, generator: Generator):
        rows, columns = batch.luma.shape[-2:]
        high, wide = round(part * rows / 2), round(part * columns / 2)
        sides, size = (wide, wide, high, high), (rows - 2 * high, columns - 2 * wide)
        luma, lungs = resized(batch.luma, size), resized(batch.lungs, size).round()
        if fill == "edge":
            luma = functional.pad(luma, sides, mode="replicate")
        else:
            luma = functional.pad(luma, sides, value=float(fill == "white"))
        return luma, functional.pad(lungs, sides)

    return change


def tone_of(positive: bool) -> Change:
    """The whole tone of a film of one class."""

    def change(batch: Batch, lenders: Lenders, generator: Generator):
        drawn = lenders.draw((lenders.films.targets > 0.5) == positive, len(batch.luma), generator)
        lent = cumulative_histograms(lenders.films.luma(drawn))
        return match_histogram(batch.luma, cumulative_histograms(batch.luma), lent, torch.ones(len(batch.luma))), batch.lungs

    return change


def recompress(quality: float) -> Change:
    settings = replace(Augmentation(), p_jpeg=1.0, jpeg_qualities=(quality, quality))
    return lambda batch, lenders, generator: (compress(batch.luma, settings, generator), batch.lungs)


# Every change, by name. What is measured against is the film as it is.
CHANGES: dict[str, Change] = {
    "surroundings of a normal film": surroundings_of(False),
    "surroundings of a film with pneumonia": surroundings_of(True),
    "marker of the other machine": lay_marker,
    "marker taken away": take_marker,
    "marker mirrored": mirror_marker,
    "mirrored": lambda batch, lenders, generator: (batch.luma.flip(-1), batch.lungs.flip(-1)),
    "blur 1": of_luma(lambda luma: blurred(luma, 1.0)),
    "blur 2": of_luma(lambda luma: blurred(luma, 2.0)),
    "noise 6": add_noise,
    "sharpened": of_luma(lambda luma: luma + (luma - blurred(luma, 1.0))),
    "8 % cut off": cut_off(0.08),
    "16 % cut off": cut_off(0.16),
    "8 % of edge added": add_margin(0.08, "edge"),
    "16 % of edge added": add_margin(0.16, "edge"),
    "8 % of black added": add_margin(0.08, "black"),
    "16 % of black added": add_margin(0.16, "black"),
    "8 % of white added": add_margin(0.08, "white"),
    "16 % of white added": add_margin(0.16, "white"),
    "tone of a normal film": tone_of(False),
    "tone of a film with pneumonia": tone_of(True),
    "JPEG quality 30": recompress(30),
    "JPEG quality 75": recompress(75),
    "down and up, bicubic": of_luma(lambda luma: resized(resized(luma, (160, 160), "bicubic"), luma.shape[-2:], "bicubic")),
    "up and down, nearest": of_luma(lambda luma: resized(resized(luma, (290, 290)), luma.shape[-2:], "nearest")),
}


# What the manifest calls films that were changed so; the page has the words for it.
CODES = {
    "surroundings of a normal film": "normal-surroundings",
    "surroundings of a film with pneumonia": "pneumonia-surroundings",
    "marker of the other machine": "side-marker",
    "marker taken away": "no-marker",
    "marker mirrored": "mirrored-marker",
    "mirrored": "mirrored",
    "blur 1": "blurred-1",
    "blur 2": "blurred-2",
    "noise 6": "noise",
    "sharpened": "sharpened",
    "8 % cut off": "cropped-8",
    "16 % cut off": "cropped-16",
    "8 % of edge added": "edge-replicated",
    "16 % of edge added": "edge-replicated-16",
    "8 % of black added": "black-8",
    "16 % of black added": "black-16",
    "8 % of white added": "white-8",
    "16 % of white added": "white-16",
    "tone of a normal film": "normal-tone",
    "tone of a film with pneumonia": "pneumonia-tone",
    "JPEG quality 30": "jpeg-30",
    "JPEG quality 75": "jpeg-75",
    "down and up, bicubic": "resized-bicubic",
    "up and down, nearest": "resized-nearest",
}


def hide_lungs(batch: Batch) -> Tensor:
    """The surroundings alone: the lungs, and softly a little more, are the mean grey of the film."""
    mean = batch.luma.mean((2, 3), keepdim=True)
    return torch.lerp(batch.luma, mean.expand_as(batch.luma), grown(batch.lungs))


def framed_as(batch: Batch, luma: Tensor, lungs: Tensor) -> tuple[Tensor, Tensor]:
    """The frame alone: one film [1, 1, rows, columns] and its lungs, framed as each of the batch is."""
    wanted, n = boxes_of(batch.lungs), len(batch.luma)
    own = boxes_of(lungs).expand(n, 4)
    return moved_to(luma.expand(n, -1, -1, -1), own, wanted), moved_to(lungs.expand(n, -1, -1, -1), own, wanted).round()
