"""Batch-norm put back into a network that had it folded into its convolutions, and folded in again."""

import copy

import torch
from torch import Tensor, nn

from .network import Network


class Renormalised(nn.Module):
    """A convolution with a batch-norm behind it, which at first changes nothing but the noise of a batch."""

    def __init__(self, convolution: nn.Conv2d, mean: Tensor, variance: Tensor):
        super().__init__()
        self.convolution = convolution
        self.norm = nn.BatchNorm2d(convolution.out_channels, device=mean.device)
        self.norm.running_mean.copy_(mean)
        self.norm.running_var.copy_(variance)
        with torch.no_grad():
            self.norm.weight.copy_((variance + self.norm.eps).sqrt())
            self.norm.bias.copy_(mean)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.convolution(x))

    @torch.no_grad()
    def folded(self) -> nn.Conv2d:
        """The one convolution that does the same in evaluation."""
        convolution, norm = copy.deepcopy(self.convolution), self.norm
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        convolution.weight.mul_(scale.view(-1, 1, 1, 1))
        convolution.bias.copy_((convolution.bias - norm.running_mean) * scale + norm.bias)
        return convolution


@torch.no_grad()
def insert(network: Network, x: Tensor) -> None:
    """Puts a batch-norm behind every convolution, with the statistics that the inputs ``x`` have there."""
    seen: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    def note(convolution: nn.Module, _, output: Tensor) -> None:
        seen[convolution] = output.mean((0, 2, 3)), output.var((0, 2, 3))

    convolutions = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    hooks = [convolution.register_forward_hook(note) for convolution in convolutions]
    network.eval()
    network(x)
    for hook in hooks:
        hook.remove()
    replace(network, nn.Conv2d, lambda convolution: Renormalised(convolution, *seen[convolution]))


def fold(network: Network) -> Network:
    """A copy with every batch-norm folded into its convolution."""
    network = copy.deepcopy(network)
    replace(network, Renormalised, Renormalised.folded)
    return network


def replace(module: nn.Module, kind: type, change) -> None:
    for name, child in list(module.named_children()):
        if isinstance(child, kind):
            setattr(module, name, change(child))
        else:
            replace(child, kind, change)
