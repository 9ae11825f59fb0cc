"""Parts of films exchanged in training (CutMix, Yun et al. 2019, arXiv 1905.04899), so that each place of the lungs answers for
itself, and not for what it knows of the rest."""

import torch
from torch import Generator, Tensor

# As parts of the frame's side: how wide a strip down the left or right edge is, about a lung; and each side of a patch anywhere.
STRIP, PATCH = (0.35, 0.65), (0.3, 0.7)
P_EXCHANGE, P_STRIP = 0.5, 0.4


def exchange(x: Tensor, targets: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """What the classifier takes, [2 N, 2, side, side]: two makings of N films, one behind the other -> the same with a part of some
    of them another film's, alike in both makings; and what they are aimed at, f32 [2 N] in 0..1.

    Of a film and another of the other class the aim is the root of how much of the lungs is of the one with pneumonia: half of
    its lungs have more than half of the reason to call it so.
    """
    n, side = len(x) // 2, x.shape[-1]
    lender = torch.randperm(n, generator=generator).tolist()
    mixed, aims = x.clone(), targets.clone()
    for film in range(n):
        if draw(generator) < 1 - P_EXCHANGE:
            continue
        rows, columns = region(side, generator)
        for own, other in ((film, lender[film]), (n + film, n + lender[film])):
            mixed[own][:, rows, columns] = x[other][:, rows, columns]
            if targets[own] != targets[other]:
                lent = float(x[other, 1, rows, columns].sum() / mixed[own, 1].sum().clamp_min(1))
                aims[own] = (lent if targets[other] > 0.5 else 1 - lent) ** 0.5
    return mixed.contiguous(memory_format=torch.channels_last), aims


def draw(generator: Generator) -> float:
    return torch.rand(1, generator=generator).item()


def region(side: int, generator: Generator) -> tuple[slice, slice]:
    """Rows and columns of a strip or a patch."""
    length = lambda low, high: int(side * (low + (high - low) * draw(generator)))  # noqa: E731
    if draw(generator) < P_STRIP:
        width = length(*STRIP)
        left = 0 if draw(generator) < 0.5 else side - width
        return slice(0, side), slice(left, left + width)
    height, width = length(*PATCH), length(*PATCH)
    top, left = int((side - height) * draw(generator)), int((side - width) * draw(generator))
    return slice(top, top + height), slice(left, left + width)
