"""Trains a classifier of the lung frame so that its answer does not know how a film was made."""

import copy
import json
import math
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Generator, nn
from torch.nn import functional

from .exchange import exchange
from .lung_frame import Frame, Making, vary
from .lung_masks import OutlinedFilms
from .network import Network, from_imagenet

# The part of the steps in which the learning rate rises.
WARM_UP = 0.05


@dataclass(frozen=True)
class Settings:
    """How one network is trained. Kept in its checkpoint; a run that goes on must have the same."""

    epochs: int = 22
    # Films drawn for an epoch, each class half of them; the machines of a class by the square root of how many films they have.
    films_an_epoch: int = 4320
    machine_power: float = 0.5
    batch: int = 32
    learning_rate: float = 4e-4
    weight_decay: float = 0.02
    average_decay: float = 0.98
    label_smoothing: float = 0.02
    # Weight of how far apart the logits of two makings of one film are.
    consistency: float = 0.25
    seed: int = 1
    frame: Frame = field(default_factory=Frame)
    making: Making = field(default_factory=Making)


def draw(films: OutlinedFilms, among: np.ndarray, settings: Settings, generator: Generator) -> list[int]:
    """The films of one epoch, in order: each class half, and within it the machines by a power of how many films they have."""
    drawn = []
    for positive in (False, True):
        of_class = among[(films.targets[among] > 0.5) == positive]
        cells = [own for flag in (False, True) if len(own := of_class[films.multiple_of_8[of_class] == flag])]
        weights = np.array([len(own) ** settings.machine_power for own in cells])
        for own, share in zip(cells, weights / weights.sum()):
            count = round(settings.films_an_epoch / 2 * share)
            passes = [torch.randperm(len(own), generator=generator) for _ in range(-(-count // len(own)))]
            drawn += own[torch.cat(passes)[:count].numpy()].tolist()
    return [drawn[i] for i in torch.randperm(len(drawn), generator=generator).tolist()]


def train(
    films: OutlinedFilms, found: OutlinedFilms, among: list[int], weights: str | Path, run: Path, settings: Settings, report=print
) -> Network:
    """Trains on the films ``among`` (indices) and returns the moving average of the network.

    ``found`` are the same films with the lungs that the lung network finds: one of a film's two makings has these, the other
    those that were drawn. It begins with ``weights`` from ImageNet. A checkpoint is kept in ``run`` after each epoch and gone on
    from. The last epoch counts: no epoch is picked.
    """
    torch.manual_seed(settings.seed)
    network = Network()
    from_imagenet(network, weights)
    network = network.to(memory_format=torch.channels_last)
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(groups(network, settings.weight_decay), lr=settings.learning_rate)
    checkpoint = run / "checkpoint.pt"
    first = 0
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        if state["settings"] != asdict(settings):
            raise ValueError(f"{checkpoint}: made with other settings. Give them again, or choose another --out")
        first = state["epoch"]
        for name, each in (("network", network), ("average", average), ("optimiser", optimiser)):
            each.load_state_dict(state[name])
    for epoch in range(first, settings.epochs):
        started = time.monotonic()
        loss = train_epoch(network, average, optimiser, films, found, np.array(among), epoch, settings)
        report(json.dumps({"epoch": epoch + 1, "loss": round(loss, 4), "seconds": round(time.monotonic() - started)}))
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        state = {"network": network.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict()}
        save(state | {"epoch": epoch + 1, "settings": asdict(settings)}, checkpoint)
    return average.eval()


def train_epoch(
    network: Network,
    average: Network,
    optimiser: torch.optim.Optimizer,
    films: OutlinedFilms,
    found: OutlinedFilms,
    among: np.ndarray,
    epoch: int,
    settings: Settings,
) -> float:
    """One pass; returns the mean loss. Random numbers depend on seed and epoch alone."""
    generator = Generator().manual_seed(settings.seed * 10_000 + epoch)
    torch.manual_seed(settings.seed * 10_000 + epoch)  # dropout
    order = draw(films, among, settings, generator)
    size = settings.batch // 2
    batches = [order[i : i + size] for i in range(0, len(order) - size + 1, size)]
    network.train()
    total = 0.0
    for done, indices in enumerate(batches):
        step, steps = epoch * len(batches) + done, settings.epochs * len(batches)
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate * schedule(step / steps)
        shown = indices * 2
        boxes = torch.from_numpy(np.concatenate([each.boxes[indices] for each in (films, found)]))
        lungs = torch.cat([each.lungs(indices) for each in (films, found)])
        luma, lungs = vary(films.luma(shown), lungs, boxes, settings.frame, settings.making, generator)
        x = settings.frame.network_input(luma, lungs)
        x, aim = exchange(x, torch.from_numpy(films.targets[shown]), generator)
        with torch.autocast("cpu", torch.bfloat16, multiplies_bfloat16()):
            _, logits = network(x)
        logits = logits.flatten().float()
        aim = aim * (1 - settings.label_smoothing) + settings.label_smoothing / 2
        apart = functional.smooth_l1_loss(*logits.chunk(2))
        loss = functional.binary_cross_entropy_with_logits(logits, aim) + settings.consistency * apart
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        update_average(average, network, min(settings.average_decay, (1 + step) / (10 + step)))
        total += loss.item()
    return total / len(batches)


def multiplies_bfloat16() -> bool:
    """Whether bfloat16 is faster than f32. A processor without AVX-512 imitates it: a step took sixteen times as long."""
    return torch.backends.cpu.get_cpu_capability().startswith("AVX512")


def schedule(progress: float) -> float:
    """Linear warm-up, then a half cosine down to zero; ``progress`` in 0..1."""
    if progress < WARM_UP:
        return progress / WARM_UP
    return 0.5 * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP)))


def groups(network: nn.Module, weight_decay: float) -> list[dict]:
    """Weights decay, biases do not."""
    weights = [p for p in network.parameters() if p.ndim > 1]
    biases = [p for p in network.parameters() if p.ndim == 1]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": biases, "weight_decay": 0.0}]


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Moves the exponential moving average of the weights, and of batch-norm's statistics, one step."""
    values = [[v for v in each.state_dict().values() if v.is_floating_point()] for each in (average, network)]
    torch._foreach_lerp_(*values, 1 - decay)


def save(state: dict, path: Path) -> None:
    """Writes a checkpoint so that an interruption leaves either the old one or the new one."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)
