"""Trains the classifier of the lung frame so that its answer does not know how a film was made."""

import copy
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional

from .exam import Answer
from .field_network import FieldNetwork, from_imagenet
from .lung_frame import Frame, Making, vary
from .lung_masks import OutlinedFilms
from .lung_network import LungNetwork, find_lungs
from .making import boxes_of
from .network import imagenet
from .train import groups, multiplies_bfloat16, save, schedule, update_ema


@dataclass(frozen=True)
class FieldSettings:
    """How one network of the lung frame is trained."""

    epochs: int = 14
    # Films drawn for an epoch, each class half of them; the machines of a class by the square root of how many films they have.
    films_an_epoch: int = 1920
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


def draw(films: OutlinedFilms, among: np.ndarray, settings: FieldSettings, generator: Generator) -> list[int]:
    """The films of one epoch, in order: each class half, and within it the machines by a power of how many films they have."""
    drawn = []
    for positive in (False, True):
        cells = [among[(films.targets[among] > 0.5) == positive]]
        cells = [own for flag in (False, True) if len(own := cells[0][films.multiple_of_8[cells[0]] == flag])]
        weights = np.array([len(own) ** settings.machine_power for own in cells])
        for own, share in zip(cells, weights / weights.sum()):
            count = round(settings.films_an_epoch / 2 * share)
            passes = [torch.randperm(len(own), generator=generator) for _ in range(-(-count // len(own)))]
            drawn += own[torch.cat(passes)[:count].numpy()].tolist()
    return [drawn[i] for i in torch.randperm(len(drawn), generator=generator).tolist()]


def train_field(
    films: OutlinedFilms,
    among: np.ndarray,
    weights: str | Path,
    settings: FieldSettings,
    run: Path | None = None,
    targets: np.ndarray | None = None,
    found: OutlinedFilms | None = None,
    start: FieldNetwork | None = None,
    report=print,
) -> FieldNetwork:
    """Trains on the films ``among`` (indices) and returns the moving average of the network.

    ``targets`` f32 [films] are the probabilities that are learnt, where they are not the labels. ``found`` are the same films
    with the lungs that the lung network finds: one of a film's two makings has these, the other those that were drawn.
    ``start`` is a network to go on from, else it begins with ``weights`` from ImageNet. With ``run`` a checkpoint is kept after
    each epoch and gone on from.
    """
    torch.manual_seed(settings.seed)
    network = FieldNetwork()
    if start is None:
        from_imagenet(network, imagenet(weights))
    else:
        network.load_state_dict(start.state_dict())
    network = network.to(memory_format=torch.channels_last)
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(groups(network, settings.weight_decay), lr=settings.learning_rate)
    aims = films.targets if targets is None else targets
    first, checkpoint = 0, run / "checkpoint.pt" if run else None
    if checkpoint and checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        if state["settings"] != asdict(settings):
            raise ValueError(f"{checkpoint}: made with other settings. Give them again, or choose another --out")
        first = state["epoch"]
        for name, each in (("network", network), ("average", average), ("optimiser", optimiser)):
            each.load_state_dict(state[name])
    for epoch in range(first, settings.epochs):
        generator = Generator().manual_seed(settings.seed * 10_000 + epoch)
        torch.manual_seed(settings.seed * 10_000 + epoch)
        order = draw(films, among, settings, generator)
        size = settings.batch // 2
        batches = [order[i : i + size] for i in range(0, len(order) - size + 1, size)]
        network.train()
        total, started = 0.0, time.monotonic()
        for done, indices in enumerate(batches):
            step, steps = epoch * len(batches) + done, settings.epochs * len(batches)
            for group in optimiser.param_groups:
                group["lr"] = settings.learning_rate * schedule(step / steps, 0.05)
            shown = indices * 2
            boxes = torch.from_numpy(np.concatenate([each.boxes[indices] for each in (films, found or films)]))
            lungs = torch.cat([each.lungs(indices) for each in (films, found or films)])
            luma, lungs = vary(films.luma(shown), lungs, boxes, settings.frame, settings.making, generator)
            x = settings.frame.network_input(luma, lungs).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16, multiplies_bfloat16(x.device)):
                _, logits = network(x)
            logits = logits.flatten().float()
            aim = torch.from_numpy(aims[shown]).float()
            aim = aim * (1 - settings.label_smoothing) + settings.label_smoothing / 2
            apart = functional.smooth_l1_loss(*logits.chunk(2))
            loss = functional.binary_cross_entropy_with_logits(logits, aim) + settings.consistency * apart
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            update_ema(average, network, min(settings.average_decay, (1 + step) / (10 + step)))
            total += loss.item()
        seconds = round(time.monotonic() - started)
        report(json.dumps({"epoch": epoch + 1, "loss": round(total / len(batches), 4), "seconds": seconds}))
        if checkpoint:
            run.mkdir(parents=True, exist_ok=True)
            state = {"network": network.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict()}
            save(state | {"epoch": epoch + 1, "settings": asdict(settings)}, checkpoint)
    return average.eval()


def field_answer(network: FieldNetwork, frame: Frame, lung_network: LungNetwork | None = None) -> Answer:
    """The network's answer to whole films: within the lungs that ``lung_network`` finds, or else within those that are given."""

    def answer(luma: Tensor, lungs: Tensor) -> Tensor:
        if lung_network is not None:
            found = find_lungs(lung_network, luma)
            return logits(luma, found.soft, found.boxes)
        return logits(luma, lungs, boxes_of(lungs))

    def logits(luma: Tensor, lungs: Tensor, boxes: Tensor) -> Tensor:
        x = frame.network_input(*frame.view(luma, lungs, boxes))
        return network(x.contiguous(memory_format=torch.channels_last))[1].flatten().float()

    return answer
