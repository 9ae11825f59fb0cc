"""Weights in few bits each, so that a network is short to send: whole multiples of a step, one for each output of a layer.

How many steps a layer's weights may be apart is measured: it gets the fewest that move the answers no more than they may, all layers
together. Those near the film need more than eight bits hold, and stay in half precision.

Whatever is measured or fitted behind a network rests on it as it ships, so weights are rounded first, and exactly: a step and a
multiple of it have no more binary digits together than half precision, and the file keeps the multiples in eight bits
(``lungfield.network/3``), of which compression sends no more than they say.
"""

import math

import numpy as np
import torch
from torch import Tensor, nn

from .network import Network
from .reader import PORTION

# A weight of so many steps and more is no longer kept in eight bits.
MOST_LEVELS, LEAST_LEVELS = 127, 7
# The root mean square that the logits of films may move by, and the levels at which each layer is tried.
MOVEMENT, TRIED_LEVELS = 0.02, 31
# Binary digits of half precision, and the exponent of its least number.
DIGITS, LEAST_EXPONENT = 11, -24

def steps(weights: Tensor, levels: int) -> Tensor:
    """The least steps of which each output's greatest weight is at most ``levels``: f64, of the shape [outputs, 1, ...]."""
    least = (weights.detach().double().flatten(1).abs().amax(1) / levels).numpy()
    exponent = np.maximum(np.frexp(least)[1] - (DIGITS - levels.bit_length()), LEAST_EXPONENT)
    step = np.ldexp(np.ceil(np.ldexp(least, -exponent)), exponent)
    return torch.from_numpy(step).view(-1, *[1] * (weights.dim() - 1))


def rounded(weights: Tensor, levels: int | None) -> Tensor:
    """Weights [outputs, ...] as whole multiples of their outputs' steps, at most ``levels`` of them; without, in half precision."""
    if levels is None:
        return weights.half().to(weights.dtype)
    step = steps(weights, levels)
    multiples = (weights.detach().double() / step.clamp_min(2.0**LEAST_EXPONENT)).round()
    return (multiples * step).to(weights.dtype)


@torch.no_grad()
def round_weights(network: Network, x: Tensor, report=print) -> None:
    """Rounds the weights of every layer by what that does to the logits of ``x``, some of the films that it learnt from as the
    network takes them. Biases, which are few, stay as they are."""
    layers = {name: layer for name, layer in network.named_modules() if isinstance(layer, (nn.Conv2d, nn.Linear))}
    exact = {name: layer.weight.detach().clone() for name, layer in layers.items()}
    logits = answers(network, x)
    moved = {}
    for name, layer in layers.items():
        layer.weight.copy_(rounded(exact[name], TRIED_LEVELS))
        moved[name] = (answers(network, x) - logits).square().mean().sqrt().item()
        layer.weight.copy_(exact[name])
    levels = allotted(moved, {name: weights.numel() for name, weights in exact.items()})
    for name, layer in layers.items():
        layer.weight.copy_(rounded(exact[name], levels[name]))
    apart = (answers(network, x) - logits).square().mean().sqrt().item()
    report(f"rounded: {sum(levels[name] is not None for name in layers)} of {len(layers)} layers; logits move by {apart:.4f}")


def answers(network: Network, x: Tensor) -> Tensor:
    """Logits, [N]."""
    return torch.cat([network(part)[1].flatten() for part in x.split(PORTION)])


def allotted(moved: dict[str, float], counts: dict[str, int]) -> dict[str, int | None]:
    """The levels of each layer; none where it needs more than ``MOST_LEVELS``.

    ``moved`` is what a layer moves at ``TRIED_LEVELS``: at other levels inversely as much, and layers together as their squares
    add up. A weight costs the logarithm of its levels in bits. By Lagrange the bits are fewest for a movement where levels are
    to each other as a layer's movement by the root of its weights.
    """

    def at(scale: float) -> dict[str, int | None]:
        wanted = {name: scale * moved[name] / math.sqrt(counts[name]) for name in moved}
        return {name: None if each > MOST_LEVELS else max(LEAST_LEVELS, round(each)) for name, each in wanted.items()}

    def movement(levels: dict[str, int | None]) -> float:
        return math.sqrt(sum((moved[name] * TRIED_LEVELS / each) ** 2 for name, each in levels.items() if each))

    low, high = 1e-6, 1e12
    for _ in range(100):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if movement(at(middle)) <= MOVEMENT else (middle, high)
    return at(high)
