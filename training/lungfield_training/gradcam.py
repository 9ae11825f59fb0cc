"""Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391) by PyTorch's own differentiation."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional


def grad_cam(activations: Tensor, head: Callable[[Tensor], Tensor], sign: float) -> Tensor:
    """Maps f32 [N, rows, columns] >= 0, in units of the logit, not rescaled.

    ``activations`` is [N, C, rows, columns], ``head`` maps it to logits [N, 1]; ``sign`` is 1 to explain the positive
    class and -1 the negative one. The gradient averaged over space weighs the channels.
    """
    activations = activations.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(sign * head(activations).sum(), activations)
    weights = gradient.mean((2, 3), keepdim=True)
    return functional.relu((weights * activations.detach()).sum(1))
