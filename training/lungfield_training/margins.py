"""What the margin around a film that is read is worth: every network of a finished run, on the films that it was kept from."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import metrics
from .calibrate import fit_calibration
from .films import Films
from .network import MARGIN, Network, with_margin
from .recipe import Recipe
from .train import Settings, Split, as_luma, train, training_input


MARGINS: dict[str, Callable[[Tensor], Tensor]] = {
    "none": lambda luma: luma,
    **{f"{margin} pixels of its edge": partial(with_margin, margin=margin) for margin in (2, MARGIN, 6, 8)},
    "4 pixels mirrored": partial(with_margin, mode="reflect"),
    "2 pixels of black": partial(with_margin, margin=2, mode="constant"),
}


def networks(films: Films, variants: Films | None, run: Path) -> Iterator[tuple[str, Split, Network]]:
    """The networks of a finished run by name, each with the films that it was kept from for its validation."""
    written = json.loads((run / "networks.json").read_text(encoding="utf-8"))
    recipe, settings = Recipe(**written["recipe"]), Settings(**written["settings"])

    def start() -> dict:
        raise ValueError(f"{run}: not a finished run")

    for nth, fold in enumerate(recipe.left_out()):
        split = Split.hold_out(films, variants, recipe.folds, fold, excluded_fold=recipe.fold)
        own = replace(settings, seed=settings.seed + nth)
        yield f"teacher {nth + 1}", split, train(split, start, run / f"teacher-{nth + 1}", own)
    split = Split.hold_out(films, variants, recipe.folds, recipe.fold)
    yield "student", split, train(split, start, run / "student", recipe.of_student(settings))


@torch.no_grad()
def logits(network: Network, films: Films, margin: Callable[[Tensor], Tensor]) -> np.ndarray:
    network.eval()
    found = [network(training_input(margin(as_luma(part.pixels)), network))[1].cpu() for part in films.portions()]
    return torch.cat(found).flatten().double().numpy()


def margins(films: Films, variants: Films | None, run: Path, report=print) -> None:
    """Of each network, view and margin: AUROC, log loss, each class weighing half, of the probability fitted to those very
    answers, and the logit at which one half lies in it."""
    for name, split, network in networks(films, variants, run):
        for view, own in split.views().items():
            for margin, prepare in MARGINS.items():
                answers = logits(network, own, prepare)
                fitted = fit_calibration(answers, own.targets, biased=True)
                row = {"network": name, "films": view, "n": len(own), "margin": margin}
                row |= {"auroc": metrics.auroc(answers, own.targets)}
                row |= {"log_loss": metrics.log_loss(answers / fitted.temperature + fitted.bias, own.targets)}
                report(json.dumps(row | {"half_at": -fitted.bias * fitted.temperature}))
