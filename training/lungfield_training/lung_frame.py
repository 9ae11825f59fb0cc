"""The frame that is read: the lung field, with margins that know nothing of the class, brought to one square and one tone,
without its surroundings.

What it gives does not depend on how a film was framed, on what is written beside the lungs, or on how bright it was printed.
"""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

from .augment import Augmentation, blurred, borrow_histogram, change_local_contrast, degrade, per_film, uniform
from .making import grown

# Beyond the lung box, on either side, as a part of the box's side.
MARGIN = 0.06
# Standardised luma is within this many standard deviations; a standard deviation is at least so much, of a luma in 0..1.
LIMIT, LEAST_DEVIATION = 3.0, 0.02


@dataclass(frozen=True)
class Frame:
    """How the lung field is shown: ``side`` in pixels."""

    side: int = 112

    @property
    def reach(self) -> int:
        """Pixels beyond the lungs that are shown, before they fade."""
        return max(1, self.side // 32)

    @property
    def softness(self) -> float:
        """Standard deviation, in pixels, of how they fade."""
        return self.side / 64

    def view(self, luma: Tensor, lungs: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
        """Films [N, 1, rows, columns] in 0..1, their lungs (soft, same shape) and lung boxes [N, 4] -> luma and lungs in the
        frame, [N, 1, side, side]."""
        return crop(luma, lungs, with_margin(boxes, torch.full((4,), MARGIN)), torch.zeros(len(luma)), self.side)

    def network_input(self, luma: Tensor, lungs: Tensor) -> Tensor:
        """Luma and lungs in the frame -> what the network takes, [N, 2, side, side]: the picture, standardised within the lungs,
        and the lungs."""
        seen = grown(lungs, self.reach, self.softness)
        return torch.cat([standardised(luma, lungs) * seen, lungs], 1)


def whole_film(luma: Tensor, frame: Frame) -> Tensor:
    """Whole films [N, 1, rows, columns] in 0..1 -> what the network takes of them, [N, 2, side, side]: nothing is hidden, and
    every place counts. By this it is seen how a film lies."""
    if luma.shape[-1] != frame.side:
        luma = functional.interpolate(luma, (frame.side, frame.side), mode="bilinear", antialias=True, align_corners=False)
    everywhere = torch.ones_like(luma)
    return torch.cat([standardised(luma, everywhere), everywhere], 1)


def with_margin(boxes: Tensor, margins: Tensor) -> Tensor:
    """Boxes [N, 4] widened by ``margins`` (left, top, right, bottom, as parts of the box's sides; [4] or [N, 4])."""
    size = (boxes[:, 2:] - boxes[:, :2]).repeat(1, 2)
    return boxes + size * margins * torch.tensor([-1.0, -1.0, 1.0, 1.0])


def crop(luma: Tensor, lungs: Tensor, boxes: Tensor, angles: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """The boxes [N, 4] of films [N, 1, rows, columns], turned by ``angles`` [N] (radians) about their middle, as squares; what
    lies beside the film is its edge drawn out."""
    middle, half = boxes[:, :2] + boxes[:, 2:] - 1, boxes[:, 2:] - boxes[:, :2]
    cos, sin = angles.cos(), angles.sin()
    theta = torch.stack([half[:, 0] * cos, -half[:, 0] * sin, middle[:, 0], half[:, 1] * sin, half[:, 1] * cos, middle[:, 1]], 1)
    grid = functional.affine_grid(theta.view(-1, 2, 3), [len(luma), 1, side, side], align_corners=False)
    both = functional.grid_sample(torch.cat([luma, lungs], 1), grid, mode="bilinear", padding_mode="border", align_corners=False)
    return both[:, :1].clamp(0, 1), both[:, 1:].clamp(0, 1)


def standardised(luma: Tensor, lungs: Tensor) -> Tensor:
    """[N, 1, rows, columns] with mean 0 and standard deviation 1 within the lungs, and nothing beyond ``LIMIT`` of them."""
    weight = lungs / lungs.sum((2, 3), keepdim=True).clamp_min(1)
    mean = (luma * weight).sum((2, 3), keepdim=True)
    deviation = ((luma - mean) ** 2 * weight).sum((2, 3), keepdim=True).sqrt()
    return ((luma - mean) / deviation.clamp_min(LEAST_DEVIATION)).clamp(-LIMIT, LIMIT)


@dataclass(frozen=True)
class Making:
    """How the making of films is varied in training, and how often."""

    degrees: float = 8.0
    # Margins beyond the lung box, each side by itself, as parts of the box.
    margins: tuple[float, float] = (0.0, 0.14)
    # The outline is drawn as softly as it is found (standard deviation in pixels of the frame), too wide or too narrow.
    outline_softness: float = 1.5
    outline_levels: tuple[float, float] = (0.25, 0.75)
    p_surroundings: float = 0.5
    p_texture: float = 0.5
    # Periods across the frame above which texture is borrowed.
    texture_from: int = 12
    p_histogram: float = 0.8
    p_degrade: float = 0.8
    p_mirrored: float = 0.5


def vary(
    luma: Tensor, lungs: Tensor, boxes: Tensor, frame: Frame, a: Making, generator: Generator, lenders: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Whole films -> luma and lungs in the frame, made in another way: framed, surrounded, textured, toned, stored.

    What is borrowed is borrowed from ``lenders`` [N], the films' numbers; without, from films drawn anew each time."""
    n = len(luma)
    lent_by = lambda: torch.randperm(n, generator=generator) if lenders is None else lenders  # noqa: E731
    margins = uniform(4 * n, *a.margins, generator).view(n, 4)
    angles = uniform(n, -a.degrees, a.degrees, generator) * math.pi / 180
    luma, lungs = crop(luma, lungs, with_margin(boxes, margins), angles, frame.side)
    lungs = outlined_roughly(lungs, a, generator)
    if a.p_surroundings:
        luma = borrow_surroundings(luma, lungs, lent_by(), a, generator)
    if a.p_texture:
        luma = borrow_texture(luma, lent_by(), a, generator)
    b = Augmentation(p_histogram=a.p_histogram, smallest_side=frame.side * 3 // 7)
    if a.p_degrade:
        degraded = degrade(luma, b, generator).clamp(0, 1)
        kept = per_film(torch.rand(n, generator=generator) >= a.p_degrade)
        luma = change_local_contrast(torch.where(kept, luma, degraded), b, generator)
    luma = borrow_histogram(luma, b, generator, lenders) if a.p_histogram else luma
    if a.p_mirrored:
        mirrored = per_film(torch.rand(n, generator=generator) < a.p_mirrored)
        luma, lungs = (torch.where(mirrored, each.flip(-1), each) for each in (luma, lungs))
    return luma, lungs


def outlined_roughly(lungs: Tensor, a: Making, generator: Generator) -> Tensor:
    """Lungs whose edge is soft and lies a little within or beyond where it was drawn: they are found, not given."""
    level = per_film(uniform(len(lungs), *a.outline_levels, generator))
    return ((blurred(lungs, a.outline_softness) - level) * 2 + 0.5).clamp(0, 1)


def borrow_surroundings(luma: Tensor, lungs: Tensor, lender: Tensor, a: Making, generator: Generator) -> Tensor:
    """What lies around the lungs is another film's, whatever its class: their lung boxes lie in the same place already."""
    n = len(luma)
    own = grown(lungs, max(1, luma.shape[-1] // 40), luma.shape[-1] / 100)
    changed = torch.lerp(luma[lender], luma, own)
    return torch.where(per_film(torch.rand(n, generator=generator) < a.p_surroundings), changed, luma)


def radial_power(luma: Tensor) -> tuple[Tensor, Tensor]:
    """The mean power of films [N, 1, side, side] at each whole number of periods, [N, side // 2 + 1], and to which of them each
    coefficient of ``rfft2`` belongs."""
    side = luma.shape[-1]
    window = torch.hann_window(side, periodic=False)
    power = torch.fft.rfft2((luma - luma.mean((2, 3), keepdim=True)) * window * window.unsqueeze(1))[:, 0].abs() ** 2
    down = torch.fft.fftfreq(side, 1 / side).unsqueeze(1)
    ring = (down**2 + torch.arange(side // 2 + 1) ** 2).sqrt().round().long().clamp(max=side // 2)
    total = torch.zeros(len(luma), side // 2 + 1).index_add_(1, ring.flatten(), power.flatten(1))
    return total / torch.bincount(ring.flatten(), minlength=side // 2 + 1), ring


def borrow_texture(luma: Tensor, lender: Tensor, a: Making, generator: Generator) -> Tensor:
    """Films whose detail finer than ``texture_from`` periods is as strong, at each number of periods, as another film's, in part
    or wholly, whatever its machine and class."""
    n, side = len(luma), luma.shape[-1]
    power, ring = radial_power(luma)
    strength = uniform(n, 0, 1, generator) * (torch.rand(n, generator=generator) < a.p_texture)
    ratio = (power[lender] / power.clamp_min(1e-9)).clamp(1 / 16, 16)
    gain = ratio ** (0.5 * strength.unsqueeze(1))
    periods = torch.arange(side // 2 + 1)
    fade = ((periods - a.texture_from) / (0.5 * a.texture_from)).clamp(0, 1)
    gain = torch.lerp(torch.ones_like(gain), gain, fade)
    spectrum = torch.fft.rfft2(luma)
    return torch.fft.irfft2(spectrum * gain[:, ring].unsqueeze(1), s=luma.shape[-2:]).clamp(0, 1)
