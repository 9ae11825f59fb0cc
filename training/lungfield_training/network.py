"""The classifier of the lung frame: MobileNetV2's first layers, its answer the mean over the lungs of what each place says.

The architecture of Sandler et al. 2018 (arXiv 1801.04381) at width 1.0, for one grey channel. Batch-norm is folded into the
convolutions, as in the ImageNet weights it starts from; parameter names are the ones of that file.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

# The grey channel is normalised by the mean of ImageNet's three means and standard deviations.
MEAN, STD = 0.449, 0.226
RGB_MEAN, RGB_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

# Expansion, output channels, repeats, first stride.
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
STEM_CHANNELS = 32
# The layers of MobileNetV2 that are kept: all of stride 16 and finer.
LAYERS = 13
LAST_LAYER = f"features.{LAYERS + 1}"
# The layer of the last halving, which is left out here: what comes behind it widens its windows instead.
UNDIVIDED = 7
# The places of the last layer are so many pixels apart.
STRIDE = 8
CHANNELS = 512
# Where the gate looks: the last layers of 64 and of 96 channels, in quarters. Deep enough to know a rib cage, not so deep that
# everything but pneumonia is forgotten.
GATE_LAYERS, GATE_CELLS = (10, 13), 2
GATE_FEATURES = (64 + 96) * GATE_CELLS**2


class Depthwise(nn.Conv2d):
    """A filter for each channel. In full precision where it moves by more than a pixel: for the gradient of that in bfloat16
    oneDNN 3.13 takes ten to a hundred times as long."""

    def __init__(self, channels: int, stride: int):
        super().__init__(channels, channels, 3, stride, 1, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == (1, 1):
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
    """Picture and lungs [N, 2, side, side] (``Frame.network_input``) -> what each place says, [N, CHANNELS, side / STRIDE,
    side / STRIDE], and logit [N, 1] (positive means pneumonia).

    Without the last halving, each filter behind it looks at the same pixels as in MobileNetV2, at four times as many places.
    """

    def __init__(self, dropout: float = 0.2):
        super().__init__()
        features: list[nn.Module] = [nn.Conv2d(1, STEM_CHANNELS, 3, 2, 1)]
        inputs = STEM_CHANNELS
        for expansion, outputs, repeats, stride in STAGES:
            for repeat in range(repeats):
                number = len(features)
                if number <= LAYERS:
                    halves = stride == 2 and repeat == 0 and number != UNDIVIDED
                    features.append(InvertedResidual(inputs, outputs, expansion, 2 if halves else 1))
                    inputs = outputs
        features.append(nn.Conv2d(inputs, CHANNELS, 1))
        self.features = nn.ModuleList(features)
        self.classifier = nn.Linear(CHANNELS, 1)
        nn.init.normal_(self.classifier.weight, std=0.01)
        nn.init.zeros_(self.classifier.bias)
        self.dropout = dropout

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        for y in self.layers(x):
            pass
        activations = together(functional.relu6(self.features[-1](y)))
        explained = activations.to(x.dtype) * counts(x[:, 1:], activations.shape[-2:])
        return explained, self.head(explained)

    def layers(self, x: Tensor) -> Iterator[Tensor]:
        """What each layer but the last makes of the picture, one after the other; from ``UNDIVIDED`` on taken apart."""
        y = functional.relu6(self.features[0](x[:, :1]))
        for number, block in enumerate(self.features[1:-1], start=1):
            y = block(y)
            if number == UNDIVIDED:
                y = phases(y)
            yield y

    def gate_features(self, x: Tensor) -> Tensor:
        """What the gate sees: the mean of each quarter of two layers, [N, GATE_FEATURES]."""
        seen = [together(y) for number, y in enumerate(self.layers(x), start=1) if number in GATE_LAYERS]
        return torch.cat([functional.avg_pool2d(y, y.shape[-1] // GATE_CELLS).flatten(1) for y in seen], 1)

    def head(self, explained: Tensor) -> Tensor:
        """What each place says -> logit [N, 1]: what Grad-CAM differentiates."""
        return self.classifier(functional.dropout(explained.mean((2, 3)), self.dropout, self.training))


def counts(lungs: Tensor, size) -> Tensor:
    """How much each place counts: [N, 1, rows, columns], as the lungs lie there, their mean 1."""
    places = functional.adaptive_avg_pool2d(lungs, size)
    return places / places.mean((2, 3), keepdim=True).clamp_min(1e-6)


def phases(x: Tensor) -> Tensor:
    """[N, C, 2 rows, 2 columns] -> [4 N, C, rows, columns]: every other row and column, as four pictures. A 3 x 3 window over
    these is one over every other pixel of the whole."""
    n, channels, rows, columns = x.shape
    x = x.permute(0, 2, 3, 1).reshape(n, rows // 2, 2, columns // 2, 2, channels)
    return x.permute(2, 4, 0, 1, 3, 5).reshape(4 * n, rows // 2, columns // 2, channels).permute(0, 3, 1, 2)


def together(x: Tensor) -> Tensor:
    """What ``phases`` took apart, as one picture again."""
    n, channels, rows, columns = x.shape
    x = x.permute(0, 2, 3, 1).reshape(2, 2, n // 4, rows, columns, channels)
    return x.permute(2, 3, 0, 4, 1, 5).reshape(n // 4, 2 * rows, 2 * columns, channels).permute(0, 3, 1, 2)


def normalise(luma: Tensor) -> Tensor:
    """Luma in 0..1 -> the lung network's input."""
    return (luma - MEAN) / STD


def from_imagenet(network: Network, weights: str | Path) -> None:
    """Loads ImageNet weights (``.npz``, RGB, batch-norm folded) into the layers that are kept; the last is drawn anew."""
    own = network.state_dict()
    kept = [name for name in own if name.startswith("features.") and not name.startswith(LAST_LAYER)]
    with np.load(weights) as arrays:
        missing = [name for name in kept if name not in arrays.files]
        if missing:
            raise ValueError(f"{weights}: not these MobileNetV2 weights: missing {', '.join(missing)}")
        state = {name: torch.from_numpy(arrays[name]) for name in kept}
    state["features.0.weight"], state["features.0.bias"] = fold_stem(state["features.0.weight"], state["features.0.bias"])
    network.load_state_dict(own | state)
    nn.init.kaiming_normal_(network.features[-1].weight, nonlinearity="relu")
    nn.init.zeros_(network.features[-1].bias)


def fold_stem(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Folds an RGB stem [C, 3, 3, 3] into a grey one [C, 1, 3, 3] that answers a grey picture the same.

    A luma normalised with ``MEAN`` and ``STD`` stands for x * STD + MEAN in each of the three channels. Equal away from
    the border, where zero padding stands for the mean and the two means differ.
    """
    mean, std = torch.tensor(RGB_MEAN), torch.tensor(RGB_STD)
    scale = (STD / std).view(1, 3, 1, 1)
    offset = ((MEAN - mean) / std).view(1, 3, 1, 1)
    return (weight * scale).sum(1, keepdim=True), bias + (weight * offset).sum((1, 2, 3))
