"""Augmentation: whole batches of luma, in 0..1, as tensor operations.

In the training films the class can be told from things that are not the lungs: JPEG quality, original size, exposure, tone.
Every operation here makes one of those useless.
"""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Augmentation:
    """How far each property of a film is varied, and how often."""

    log_gamma: float = 0.35
    log_contrast: float = 0.25
    brightness: float = 0.08
    sharpen: float = 1.0
    noise: float = 0.03
    smallest_side: int = 96
    jpeg_qualities: tuple[float, float] = (35.0, 95.0)
    p_resize: float = 0.35
    p_sharpness: float = 0.6
    p_jpeg: float = 0.4
    p_noise: float = 0.4
    # Films whose detail of some size is made stronger, to twice as strong, or weaker, to half.
    p_local: float = 0.6
    local_sides: tuple[float, float] = (6.0, 48.0)
    # Films that borrow the tone of another film of the batch, whatever its class.
    p_histogram: float = 0.8

    def __call__(self, luma: Tensor, generator: Generator) -> Tensor:
        """[N, 1, rows, columns] in 0..1 -> the same, degraded and as another apparatus might show them."""
        luma = degrade(luma, self, generator).clamp(0, 1)
        return borrow_histogram(change_local_contrast(luma, self, generator), self, generator)


def degrade(luma: Tensor, a: Augmentation, generator: Generator) -> Tensor:
    """What a film may suffer on its way from the apparatus to the reader."""
    for change in (change_exposure, lose_resolution, change_sharpness, compress, add_noise):
        luma = change(luma, a, generator)
    return luma


def uniform(n: int, low: float, high: float, generator: Generator) -> Tensor:
    return torch.rand(n, generator=generator) * (high - low) + low


def chosen(n: int, probability: float, generator: Generator) -> Tensor:
    """Indices of the films that an operation of this probability falls on."""
    return (torch.rand(n, generator=generator) < probability).nonzero().flatten()


def few_at_a_time(indices: Tensor) -> tuple[Tensor, ...]:
    """In fours, that share what is drawn for them."""
    return indices.split(4) if len(indices) else ()


def per_film(values: Tensor) -> Tensor:
    """One value for each film, [N] -> [N, 1, 1, 1]."""
    return values.view(-1, 1, 1, 1)


def blurred(luma: Tensor, sigma: float) -> Tensor:
    """A Gaussian blur, in pixels."""
    reach = max(1, int(3 * sigma + 0.5))
    tap = torch.exp(-torch.arange(-reach, reach + 1, dtype=luma.dtype) ** 2 / (2 * sigma**2))
    tap = tap / tap.sum()
    padded = functional.pad(luma, (reach,) * 4, mode="replicate")
    return functional.conv2d(functional.conv2d(padded, tap.view(1, 1, -1, 1)), tap.view(1, 1, 1, -1))


# Up to here a film is black, not dark: collimated, or air around the body. Black stays black, and no tone is made of it.
BLACK = 8


def cumulative_histograms(luma: Tensor) -> Tensor:
    """The share of each film's pixels, those that are black aside, that are darker than each grey level, half of those that
    have it included: [N, 1, rows, columns] in 0..1 -> [N, 256]."""
    n = len(luma)
    levels = (luma * 255).round().long().flatten(1) + 256 * torch.arange(n).unsqueeze(1)
    counts = torch.bincount(levels.flatten(), minlength=256 * n).view(n, 256).float()
    counts[:, : BLACK + 1] = 0
    counts += 1e-3
    return (counts.cumsum(1) - counts / 2) / counts.sum(1, keepdim=True)


def match_histogram(luma: Tensor, own: Tensor, lent: Tensor, nearness: Tensor) -> Tensor:
    """Films of ``cumulative_histograms`` ``own`` [N, 256], their grey levels moved, in their order, ``nearness`` of the way (f32 [N] in 0..1)
    to where they have those of ``lent`` [N, 256]: histogram specification."""
    above = torch.searchsorted(lent, own).clamp(1, 255)
    low, high = lent.gather(1, above - 1), lent.gather(1, above)
    borrowed = above - 1 + ((own - low) / (high - low).clamp_min(1e-9)).clamp(0, 1)
    own_levels = torch.arange(256).float()
    moved = torch.lerp(own_levels.expand_as(borrowed), borrowed, nearness.unsqueeze(1)) / 255
    moved[:, : BLACK + 1] = own_levels[: BLACK + 1] / 255
    return moved.gather(1, (luma * 255).round().long().flatten(1)).view_as(luma)


def borrow_histogram(luma: Tensor, a: Augmentation, generator: Generator, lenders: Tensor | None = None) -> Tensor:
    """Films given the tone of other films of the batch, in part or wholly: of ``lenders`` [N], or of any.

    How bright and how contrasty a film is was set by whoever printed it. It is not alike in the two classes, nor in two
    hospitals: normal films in the tone of other, brighter normal films were called pneumonia.
    """
    index = chosen(len(luma), a.p_histogram, generator)
    lender = torch.randint(0, len(luma), (len(index),), generator=generator) if lenders is None else lenders[index]
    nearness = uniform(len(index), 0, 1, generator)
    curves = cumulative_histograms(luma)
    luma = luma.clone()
    luma[index] = match_histogram(luma[index], curves[index], curves[lender], nearness)
    return luma


def with_local_contrast(luma: Tensor, cells: int, strength: Tensor) -> Tensor:
    """Films with what is finer than a grid of so many cells a side ``strength`` times as strong. Black stays black."""
    coarse = functional.interpolate(luma, (cells, cells), mode="bilinear", antialias=True, align_corners=False)
    coarse = functional.interpolate(coarse, luma.shape[-2:], mode="bicubic", align_corners=False)
    changed = (coarse + strength * (luma - coarse)).clamp(0, 1)
    return torch.where(luma * 255 <= BLACK, luma, changed)


def change_local_contrast(luma: Tensor, a: Augmentation, generator: Generator) -> Tensor:
    """Films with more or less local contrast, of one size or another.

    Makers of X-ray apparatus process their films so, each in its own way (Vuylsteke and Schoeters 1994, multiscale image
    contrast amplification). Films with less were called pneumonia, films with more normal.
    """
    luma = luma.clone()
    for group in few_at_a_time(chosen(len(luma), a.p_local, generator)):
        low, high = (math.log(side) for side in a.local_sides)
        cells = round(math.exp(uniform(1, low, high, generator).item()))
        strength = per_film(uniform(len(group), -1.0, 1.0, generator).mul(math.log(2)).exp())
        luma[group] = with_local_contrast(luma[group], cells, strength)
    return luma


def change_exposure(luma: Tensor, a: Augmentation, generator: Generator) -> Tensor:
    n = len(luma)
    gamma = per_film(uniform(n, -a.log_gamma, a.log_gamma, generator).exp())
    contrast = per_film(uniform(n, -a.log_contrast, a.log_contrast, generator).exp())
    brightness = per_film(uniform(n, -a.brightness, a.brightness, generator))
    luma = luma.clamp_min(1e-4) ** gamma
    mean = luma.mean((1, 2, 3), keepdim=True)
    return ((luma - mean) * contrast + mean + brightness).clamp(0, 1)


def lose_resolution(luma: Tensor, a: Augmentation, generator: Generator) -> Tensor:
    """Down to a smaller grid and up again, each with one of several resize kernels."""
    rows, columns = luma.shape[-2:]
    luma = luma.clone()
    for group in few_at_a_time(chosen(len(luma), a.p_resize, generator)):
        down, up = torch.randint(0, 3, (2,), generator=generator).tolist()
        low = min(a.smallest_side, rows - 1, columns - 1)
        small = torch.randint(low, min(rows, columns), (2,), generator=generator).tolist()
        kernels = (
            {"mode": "bilinear", "antialias": True, "align_corners": False},
            {"mode": "bicubic", "antialias": True, "align_corners": False},
            {"mode": "area"},
        )
        smaller = functional.interpolate(luma[group], small, **kernels[down])
        up_kernel = kernels[up] if kernels[up]["mode"] != "area" else {"mode": "bilinear", "align_corners": False}
        luma[group] = functional.interpolate(smaller, (rows, columns), **up_kernel).clamp(0, 1)
    return luma


def change_sharpness(luma: Tensor, a: Augmentation, generator: Generator) -> Tensor:
    """From blurred (-1) to sharpened (+``sharpen``), relative to a Gaussian of 1 pixel."""
    index = chosen(len(luma), a.p_sharpness, generator)
    amount = per_film(uniform(len(index), -1.0, a.sharpen, generator))
    luma = luma.clone()
    luma[index] = luma[index] + amount * (luma[index] - blurred(luma[index], 1.0))
    return luma.clamp(0, 1)


# Luminance quantisation of JPEG, ITU-T T.81 table K.1.
QUANTISATION = torch.tensor(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    dtype=torch.float32,
)
_K = torch.arange(8).float()
DCT = torch.cos((2 * _K[None, :] + 1) * _K[:, None] * math.pi / 16) * 0.5
DCT[0] *= math.sqrt(0.5)


def compress(luma: Tensor, a: Augmentation, generator: Generator) -> Tensor:
    """The loss of JPEG: each 8 x 8 block's cosine coefficients are rounded to multiples of the quantisation table."""
    rows, columns = luma.shape[-2:]
    index = chosen(len(luma), a.p_jpeg, generator)
    if rows % 8 or columns % 8 or not len(index):
        return luma
    quality = uniform(len(index), *a.jpeg_qualities, generator)
    percent = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)
    table = (QUANTISATION * percent.view(-1, 1, 1, 1, 1) / 100).round().clamp(1, 255) / 255
    blocks = luma[index].view(-1, rows // 8, 8, columns // 8, 8).transpose(2, 3)
    coefficients = (DCT @ (blocks - 0.5) @ DCT.T / table).round() * table
    luma = luma.clone()
    luma[index] = (DCT.T @ coefficients @ DCT + 0.5).transpose(2, 3).reshape(-1, 1, rows, columns).clamp(0, 1)
    return luma


def add_noise(luma: Tensor, a: Augmentation, generator: Generator) -> Tensor:
    index = chosen(len(luma), a.p_noise, generator)
    amount = per_film(uniform(len(index), 0.0, a.noise, generator))
    luma = luma.clone()
    luma[index] += amount * torch.randn(luma[index].shape, generator=generator)
    return luma


def photographed(luma: Tensor, generator: Generator) -> Tensor:
    """Films [N, 1, rows, columns] in 0..1 as a phone sees them off a screen or a light box, cut out and squared again.

    Cut out a little too wide or narrow; black that shines, and less contrast; a screen's moire; light lost towards the
    corners; one or two lamps mirrored; blur and noise: what ``photographs`` does to the whole picture, seen at this size.
    """
    n, _, rows, columns = luma.shape
    draw = lambda low, high: per_film(uniform(n, low, high, generator))  # noqa: E731
    y, x = torch.meshgrid(torch.linspace(-1, 1, rows), torch.linspace(-1, 1, columns), indexing="ij")
    corners = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    moved = corners + uniform(n * 8, -0.04, 0.04, generator).view(n, 4, 2)
    across, down = ((1 + x) / 2)[None, ..., None], ((1 + y) / 2)[None, ..., None]
    top, bottom = (torch.lerp(moved[:, a, None, None], moved[:, b, None, None], across) for a, b in ((0, 1), (2, 3)))
    seen = functional.grid_sample(luma, torch.lerp(top, bottom, down), mode="bicubic", align_corners=True).clamp(1e-4, 1)
    seen = draw(0.03, 0.12) + draw(0.72, 0.92) * seen ** draw(0.85, 1.2)
    angle, period, phase = draw(0, math.pi), draw(1, 7), draw(0, 2 * math.pi)
    pixels = x * columns / 2 * angle.cos() + y * rows / 2 * angle.sin()
    on_screen = (draw(0, 1) < 0.5).float()
    seen = seen + on_screen * draw(0.0, 0.03) * torch.sin(2 * math.pi * pixels / period + phase)
    seen = seen * (1 - draw(0.02, 0.18) * (x**2 + y**2) * 0.7)
    for probability in (0.5, 0.15):
        lit = (draw(0, 1) < probability).float() * draw(0.1, 0.6)
        spot = ((x - draw(-1, 1)) / draw(0.05, 0.3)) ** 2 + ((y - draw(-1, 1)) / draw(0.05, 0.3)) ** 2
        seen = seen + lit * torch.exp(-spot)
    softened = functional.avg_pool2d(functional.pad(seen, (1,) * 4, mode="replicate"), 3, 1)
    seen = torch.lerp(seen, softened, draw(0, 1)) + draw(0.001, 0.006) * torch.randn(seen.shape, generator=generator)
    return seen.clamp(0, 1)
