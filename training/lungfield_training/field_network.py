"""The classifier of the lung frame: MobileNetV2's first layers, its answer the mean over the lungs of what each place says."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .network import GATE_CELLS, GATE_LAYERS, STAGES, STEM_CHANNELS, InvertedResidual

# The layers of MobileNetV2 that are kept: all of stride 16 and finer.
LAYERS = 13
# The layer of the last halving, which is left out here: what comes behind it widens its windows instead.
UNDIVIDED = 7
# The places of the last layer are so many pixels apart.
STRIDE = 8
CHANNELS = 512


class FieldNetwork(nn.Module):
    """Picture and lungs [N, 2, side, side] (``Frame.network_input``) -> what each place says, [N, CHANNELS, side / STRIDE,
    side / STRIDE], and logit [N, 1].

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
        y = functional.relu6(self.features[0](x[:, :1]))
        for block in self.features[1 : UNDIVIDED + 1]:
            y = block(y)
        y = phases(y)
        for block in self.features[UNDIVIDED + 1 : -1]:
            y = block(y)
        activations = together(functional.relu6(self.features[-1](y)))
        explained = activations.float() * counts(x[:, 1:].float(), activations.shape[-2:])
        return explained, self.head(explained)

    def gate_features(self, x: Tensor) -> Tensor:
        """What the gate sees: the mean of each quarter of two layers, [N, GATE_FEATURES]."""
        y, seen = functional.relu6(self.features[0](x[:, :1])), []
        for number, block in enumerate(self.features[1:-1], start=1):
            y = block(y)
            if number == UNDIVIDED:
                y = phases(y)
            if number in GATE_LAYERS:
                whole = together(y)
                seen.append(functional.avg_pool2d(whole, whole.shape[-1] // GATE_CELLS).flatten(1))
        return torch.cat(seen, 1)

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


def from_imagenet(network: FieldNetwork, state: dict[str, Tensor]) -> None:
    """Loads what MobileNetV2's ImageNet weights (``network.imagenet``) have for the layers that are kept."""
    own, last = network.state_dict(), f"features.{LAYERS + 1}."
    network.load_state_dict(own | {k: v for k, v in state.items() if k in own and not k.startswith(last)})
    nn.init.kaiming_normal_(network.features[-1].weight, nonlinearity="relu")
    nn.init.zeros_(network.features[-1].bias)


def load(path: str | Path) -> FieldNetwork:
    """Reads a network's weights, a NumPy archive by their names."""
    network = FieldNetwork()
    with np.load(path) as arrays:
        network.load_state_dict({name: torch.from_numpy(arrays[name].astype(np.float32)) for name in arrays.files})
    return network.eval().to(memory_format=torch.channels_last)
