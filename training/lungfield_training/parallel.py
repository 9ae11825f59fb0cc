"""One run in several processes, on one machine or many, as ``torchrun`` starts them.

Every process holds the whole network, takes its share of each batch, and adds its gradient to the others'. Alone, all
of this is nothing.
"""

import os

import torch
from torch import Tensor, distributed


def start() -> None:
    """Joins the other processes, if ``torchrun`` started some."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1 and not distributed.is_initialized():
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")


def stop() -> None:
    if distributed.is_initialized():
        distributed.destroy_process_group()


def local_rank() -> int:
    """Which of this machine's processes this is, from 0."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def first() -> bool:
    """Whether this process is the one that writes files and reports."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


def share(n: int) -> slice:
    """The part of a batch of ``n`` that is this process's; together the parts are the batch."""
    if not distributed.is_initialized():
        return slice(0, n)
    rank, world = distributed.get_rank(), distributed.get_world_size()
    return slice(n * rank // world, n * (rank + 1) // world)


def add_up(tensors: list[Tensor]) -> None:
    """Replaces each tensor by its sum over the processes, in one message."""
    if not tensors or not distributed.is_initialized():
        return
    flat = torch.cat([tensor.flatten() for tensor in tensors])
    distributed.all_reduce(flat)
    for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors])):
        tensor.copy_(part.view_as(tensor))


def average(tensors: list[Tensor]) -> None:
    """Replaces each tensor by its mean over the processes."""
    if tensors and distributed.is_initialized():
        add_up(tensors)
        torch._foreach_div_(tensors, distributed.get_world_size())


def sum_of(value: float) -> float:
    if not distributed.is_initialized():
        return value
    total = torch.tensor([value], dtype=torch.float64 if not torch.cuda.is_available() else torch.float32)
    total = total.to("cuda" if torch.cuda.is_available() else "cpu")
    distributed.all_reduce(total)
    return float(total.item())
