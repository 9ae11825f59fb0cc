"""The networks of a model, used as the Rust reader uses them: the lungs first, then the frame around them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from .lung_frame import Frame, whole_film
from .lung_network import LungFields, LungNetwork, find_lungs
from .network import Network

# So many films are looked at at once.
PORTION = 64


@dataclass(frozen=True)
class Reader:
    """A classifier, the lung network that finds what it reads, and the frame between them. Films are luma [N, 1, rows, columns]
    in 0..1."""

    network: Network
    lungs: LungNetwork
    frame: Frame = Frame()

    def find(self, luma: Tensor) -> LungFields:
        return find_lungs(self.lungs, luma)

    def framed(self, luma: Tensor, found: LungFields | None = None) -> Tensor:
        """What the classifier takes of films, within the lungs that were ``found``: [N, 2, side, side]."""
        found = found or self.find(luma)
        return self.frame.network_input(*self.frame.view(luma, found.soft, found.boxes)).contiguous(memory_format=torch.channels_last)

    @torch.no_grad()
    def explained(self, luma: Tensor) -> Tensor:
        """What each place says of films: what their heatmaps are made of."""
        return self.network(self.framed(luma))[0]

    @torch.no_grad()
    def logits(self, luma: Tensor) -> Tensor:
        """f32 [N]"""
        return torch.cat([self.network(self.framed(part))[1].flatten() for part in luma.split(PORTION)])

    def gate_of_whole(self, luma: Tensor) -> Tensor:
        """Gate features of whole films, [N, GATE_FEATURES]."""
        return torch.cat([self.gate_features(whole_film(part, self.frame)) for part in luma.split(PORTION)])

    def gate_of_frame(self, luma: Tensor, found: LungFields | None = None) -> Tensor:
        """Gate features of the lung frames of films."""
        if found is not None:
            return self.gate_features(self.framed(luma, found))
        return torch.cat([self.gate_features(self.framed(part)) for part in luma.split(PORTION)])

    @torch.no_grad()
    def gate_features(self, x: Tensor) -> Tensor:
        """Gate features of what the classifier takes."""
        return torch.cat([self.network.gate_features(part.contiguous(memory_format=torch.channels_last)) for part in x.split(PORTION)])
