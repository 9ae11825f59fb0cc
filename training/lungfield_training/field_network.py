"""The classifier of the lung frame: MobileNetV2's first layers, its answer the mean over the lungs of what each place says."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .network import STAGES, STEM_CHANNELS, InvertedResidual


class FieldNetwork(nn.Module):
    """Picture and lungs [N, 2, side, side] (``Frame.network_input``) -> activations [N, C, side / stride, side / stride] and logit
    [N, 1].

    ``layers`` of MobileNetV2's features are kept (13: up to the last of stride 16; 17: all); ``dense`` leaves out the last
    halving and widens the windows behind it instead, which gives the same filters at four times as many places.
    ``over_lungs``: places outside the lungs count nothing.
    """

    def __init__(self, layers: int = 13, channels: int = 512, dense: bool = False, over_lungs: bool = True, dropout: float = 0.2):
        super().__init__()
        features: list[nn.Module] = [nn.Conv2d(1, STEM_CHANNELS, 3, 2, 1)]
        inputs = STEM_CHANNELS
        for expansion, outputs, repeats, stride in STAGES:
            for repeat in range(repeats):
                if len(features) <= layers:
                    features.append(InvertedResidual(inputs, outputs, expansion, stride if repeat == 0 else 1))
                    inputs = outputs
        features.append(nn.Conv2d(inputs, channels, 1))
        self.features = nn.ModuleList(features)
        self.classifier = nn.Linear(channels, 1)
        nn.init.normal_(self.classifier.weight, std=0.01)
        nn.init.zeros_(self.classifier.bias)
        self.layers, self.over_lungs, self.dropout, self.frozen = layers, over_lungs, dropout, 0
        if dense:
            self.make_dense()

    def make_dense(self) -> None:
        """Leaves out the last halving; the weights stay as they are."""
        last = max(i for i in range(1, self.layers + 1) if self.features[i].depthwise.stride != (1, 1))
        for i in range(last, self.layers + 1):
            window = self.features[i].depthwise
            window.stride = (1, 1)
            if i > last:
                window.dilation, window.padding = (2, 2), (2, 2)

    def freeze(self, layers: int) -> None:
        """The first ``layers`` stay as they are: what they know of texture is ImageNet's, and no gradient is worth their cost."""
        self.frozen = layers
        for layer in self.features[:layers]:
            layer.requires_grad_(False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        lungs = x[:, 1:].float()
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            y = functional.relu6(self.features[0](x[:, :1]))
        for number, block in enumerate(self.features[1:-1], start=1):
            with torch.set_grad_enabled(torch.is_grad_enabled() and number >= self.frozen):
                y = block(y)
        activations = functional.relu6(self.features[-1](y))
        return activations, self.head(activations, lungs)

    def weights_of(self, lungs: Tensor, size) -> Tensor:
        """How much each place counts: [N, 1, rows, columns], their sum 1."""
        places = functional.adaptive_avg_pool2d(lungs, size)
        if not self.over_lungs:
            places = torch.ones_like(places)
        return places / places.sum((2, 3), keepdim=True).clamp_min(1e-6)

    def head(self, activations: Tensor, lungs: Tensor) -> Tensor:
        """Activations and lungs -> logit [N, 1]."""
        pooled = (activations.float() * self.weights_of(lungs, activations.shape[-2:])).sum((2, 3))
        return self.classifier(functional.dropout(pooled, self.dropout, self.training))


def from_imagenet(network: FieldNetwork, state: dict[str, Tensor]) -> None:
    """Loads what MobileNetV2's ImageNet weights (``network.imagenet``) have for the layers that are kept."""
    own = network.state_dict()
    last = f"features.{network.layers + 1}."
    full = network.layers == 17 and own["features.18.weight"].shape == state["features.18.weight"].shape
    network.load_state_dict(own | {k: v for k, v in state.items() if k in own and (full or not k.startswith(last))})
    if not full:
        nn.init.kaiming_normal_(network.features[-1].weight, nonlinearity="relu")
        nn.init.zeros_(network.features[-1].bias)
