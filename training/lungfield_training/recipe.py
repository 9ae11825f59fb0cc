"""From films to the weights that ship: several teachers, the mean of their weights, and a student of all of them."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from . import parallel
from .network import Network, imagenet
from .train import Settings, Sides, device, measure, train


@dataclass(frozen=True)
class Recipe:
    """How many networks, and how the student's training differs from its teachers'."""

    folds: int = 6
    fold: int = 0
    teachers: int = 2
    student_epochs: int = 4
    student_learning_rate: float = 1.5e-4


def fine_tune(sides: Sides, weights: str | Path, run: Path, recipe: Recipe, settings: Settings, report=print) -> Network:
    """Trains every network of the recipe and returns the one that the held-out films like best.

    The teachers start from ImageNet and differ in their seed: in the order of films, the augmentation and the
    classifier's first weights. They end near enough to each other for the mean of their weights to be a network as good
    as any (Wortsman et al. 2022, arXiv 2203.05482). The student starts there and learns from the teachers' mean answer to
    the very picture that it sees (Beyer et al. 2022, arXiv 2106.05237). Candidates are compared by log loss on the
    held-out films, each class weighing half; ``candidates.json`` has all of them.
    """
    start = imagenet(weights)
    teachers, table = [], {}
    for number in range(1, recipe.teachers + 1):
        report(f"teacher {number} of {recipe.teachers}")
        each = replace(settings, seed=settings.seed + number - 1)
        teachers.append(train(sides, start, run / f"teacher-{number}", each, report))
        table[f"teacher {number}"] = measure(sides, teachers[-1])
    table["mean of the teachers' logits"] = measure(sides, *teachers)
    candidates = {f"teacher {number}": teacher for number, teacher in enumerate(teachers, start=1)}
    if len(teachers) > 1:
        candidates["mean of the teachers' weights"] = mean_of(teachers)
        student = replace(settings, epochs=recipe.student_epochs, learning_rate=recipe.student_learning_rate)
        report("student")
        first = candidates["mean of the teachers' weights"].state_dict()
        candidates["student"] = train(sides, first, run / "student", student, report, teachers)
    for name, candidate in candidates.items():
        table.setdefault(name, measure(sides, candidate))
    best = min(candidates, key=lambda name: table[name]["films"]["log_loss"])
    for name, measured in table.items():
        report(f"{name}: {json.dumps(measured)}")
    report(f"the held-out films pick: {best}")
    if parallel.first():
        written = {"recipe": asdict(recipe), "settings": asdict(settings), "picked": best, "candidates": table}
        (run / "candidates.json").write_text(json.dumps(written, indent=1) + "\n")
    network = Network()
    network.load_state_dict({key: value.cpu() for key, value in candidates[best].state_dict().items()})
    return network.eval()


def mean_of(networks: list[Network]) -> Network:
    """The network whose every weight is the mean of the others'."""
    states = [network.state_dict() for network in networks]
    mean: dict[str, Tensor] = {key: torch.stack([state[key] for state in states]).mean(0) for key in states[0]}
    network = Network().to(device(), memory_format=torch.channels_last)
    network.load_state_dict(mean)
    return network.eval()
