"""MobileNetV2 for grey films: one input channel, one logit, and the last convolution's activations.

The architecture of Sandler et al. 2018 (arXiv 1801.04381) at width 1.0. Batch-norm is folded into the convolutions, as
in the ImageNet weights it starts from; parameter names are the ones of that file.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

ROWS = COLUMNS = 224
# Pixels on each side of what is read that are the film's replicated edge.
MARGIN = 4
# The grey channel is normalised by the mean of ImageNet's three means and standard deviations.
MEAN, STD = 0.449, 0.226
RGB_MEAN, RGB_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

# Expansion, output channels, repeats, first stride.
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
STEM_CHANNELS, CHANNELS = 32, 1280
LAST_LAYER = "features.18"
# Where the gate looks: the last layers of 64 and of 96 channels, 14 x 14, in quarters. Deep enough to know a rib cage,
# not so deep that everything but pneumonia is forgotten.
GATE_LAYERS, GATE_CELLS = (10, 13), 2
GATE_FEATURES = (64 + 96) * GATE_CELLS**2


class Depthwise(nn.Conv2d):
    """A filter for each channel. In full precision on a CPU where it moves by more than a pixel: for the gradient of that in
    bfloat16 oneDNN 3.13 takes ten to a hundred times as long."""

    def __init__(self, channels: int, stride: int):
        super().__init__(channels, channels, 3, stride, 1, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == (1, 1) or x.device.type != "cpu":
            return super().forward(x)
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.to(self.weight.dtype))


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project; added to its input where the shapes allow."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int):
        super().__init__()
        hidden = inputs * expansion
        self.expand = nn.Conv2d(inputs, hidden, 1) if expansion != 1 else None
        self.depthwise = Depthwise(hidden, stride)
        self.project = nn.Conv2d(hidden, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else functional.relu6(self.expand(x))
        y = self.project(functional.relu6(self.depthwise(y)))
        return x + y if self.residual else y


class Network(nn.Module):
    """[N, 1, 224, 224] normalised luma -> activations [N, 1280, 7, 7] and logit [N, 1] (positive means pneumonia)."""

    def __init__(self, dropout: float = 0.2):
        super().__init__()
        features: list[nn.Module] = [nn.Conv2d(1, STEM_CHANNELS, 3, 2, 1)]
        channels = STEM_CHANNELS
        for expansion, outputs, repeats, stride in STAGES:
            for repeat in range(repeats):
                features.append(InvertedResidual(channels, outputs, expansion, stride if repeat == 0 else 1))
                channels = outputs
        features.append(nn.Conv2d(channels, CHANNELS, 1))
        self.features = nn.ModuleList(features)
        self.dropout = dropout
        self.classifier = nn.Linear(CHANNELS, 1)
        nn.init.normal_(self.classifier.weight, std=0.01)
        nn.init.zeros_(self.classifier.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = functional.relu6(self.features[0](x))
        for block in self.features[1:-1]:
            x = block(x)
        activations = functional.relu6(self.features[-1](x))
        return activations, self.head(activations)

    def gate_features(self, x: Tensor) -> Tensor:
        """What the gate sees of [N, 1, 224, 224]: the mean of each quarter of two layers, [N, GATE_FEATURES]."""
        x = functional.relu6(self.features[0](x))
        seen = []
        for i, block in enumerate(self.features[1 : GATE_LAYERS[-1] + 1], start=1):
            x = block(x)
            if i in GATE_LAYERS:
                seen.append(functional.avg_pool2d(x, x.shape[-1] // GATE_CELLS).flatten(1))
        return torch.cat(seen, 1)

    def head(self, activations: Tensor) -> Tensor:
        """Activations -> logit [N, 1]: what Grad-CAM differentiates."""
        pooled = activations.mean((2, 3))
        return self.classifier(functional.dropout(pooled, self.dropout, self.training))


def with_margin(luma: Tensor, margin: int = MARGIN, mode: str = "replicate") -> Tensor:
    """Whole films [N, 1, rows, columns] as they are read: resized to leave a margin, padded with their replicated edge.

    In training a film's edge hardly ever is the picture's: films are moved, and beside them is black or their edge.
    ``margin`` is in pixels of ``ROWS`` x ``COLUMNS``, less of smaller films; ``mode`` is what ``pad`` fills it with.
    """
    down, across = (side * margin // whole for side, whole in zip(luma.shape[-2:], (ROWS, COLUMNS)))
    size = (luma.shape[-2] - 2 * down, luma.shape[-1] - 2 * across)
    smaller = functional.interpolate(luma, size, mode="bilinear", antialias=True, align_corners=False)
    return functional.pad(smaller, (across, across, down, down), mode=mode)


def normalise(luma: Tensor) -> Tensor:
    """Luma in 0..1 -> network input."""
    return (luma - MEAN) / STD


def imagenet(weights: str | Path) -> dict[str, Tensor]:
    """ImageNet weights (``.npz``, RGB, batch-norm folded) as the state of everything but the classifier."""
    with np.load(weights) as arrays:
        state = {key: torch.from_numpy(arrays[key]) for key in arrays.files if key.startswith("features.")}
    expected = {key: value for key, value in Network().state_dict().items() if key.startswith("features.")}
    missing, unexpected = sorted(expected.keys() - state.keys()), sorted(state.keys() - expected.keys())
    if missing or unexpected:
        raise ValueError(f"{weights}: not these MobileNetV2 weights: missing {missing}, unexpected {unexpected}")
    state["features.0.weight"], state["features.0.bias"] = fold_stem(
        state["features.0.weight"], state["features.0.bias"]
    )
    return state


def fold_stem(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Folds an RGB stem [C, 3, 3, 3] into a grey one [C, 1, 3, 3] that answers a grey picture the same.

    A luma normalised with ``MEAN`` and ``STD`` stands for x * STD + MEAN in each of the three channels. Equal away from
    the border, where zero padding stands for the mean and the two means differ.
    """
    mean, std = torch.tensor(RGB_MEAN), torch.tensor(RGB_STD)
    scale = (STD / std).view(1, 3, 1, 1)
    offset = ((MEAN - mean) / std).view(1, 3, 1, 1)
    return (weight * scale).sum(1, keepdim=True), bias + (weight * offset).sum((1, 2, 3))
