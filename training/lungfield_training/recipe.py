"""From films to the weights that ship: teachers, each trained without one fold of the patients, and a student of all of them."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from . import parallel
from .films import Films, folds_by_patient
from .network import Network, imagenet
from .train import Settings, Split, measure, predict, train


@dataclass(frozen=True)
class Recipe:
    """How many networks, what each is kept from, and how the one that ships is trained.

    The patients are cut into ``folds``. ``fold`` is kept from training. Of the others each teacher is kept from one, so there
    are at most ``folds - 1`` teachers.

    A teacher is trained with batch-norm, on small films at first. The student starts as the first teacher and goes on, on whole
    films, batch-norm folded in, in half the time an epoch, in small steps of which a long average is kept, for long: it learns
    to answer as its teachers do (Beyer et al. 2022, arXiv 2106.05237).
    """

    folds: int = 6
    fold: int = 0
    teachers: int = 5
    student_epochs: int = 20
    student_learning_rate: float = 1e-4
    student_average_decay: float = 0.998

    def of_student(self, settings: Settings) -> Settings:
        """What the student is trained with."""
        rate, decay = self.student_learning_rate, self.student_average_decay
        whole = replace(settings, epochs=self.student_epochs, small_epochs=0, batch_norm=False)
        return replace(whole, learning_rate=rate, average_decay=decay)

    def left_out(self) -> list[int]:
        """The fold that each teacher is kept from."""
        others = [fold for fold in range(self.folds) if fold != self.fold]
        if not 1 <= self.teachers <= len(others):
            raise ValueError(f"{self.teachers} teachers for {self.folds} folds: there must be 1 to {len(others)}")
        return others[: self.teachers]


@dataclass(frozen=True)
class Predictions:
    """Films, the logit that each was given by a network never trained on its patient, and the fold of that patient."""

    films: Films
    logits: np.ndarray
    folds: np.ndarray

    @classmethod
    def of(cls, network: Network, films: Films, fold: int) -> "Predictions":
        return cls(films, predict(network, films), np.full(len(films), fold))

    def concat(self, more: "Predictions") -> "Predictions":
        films = Films(np.concatenate([self.films.pixels, more.films.pixels]), self.films.films + more.films.films)
        return Predictions(films, np.concatenate([self.logits, more.logits]), np.concatenate([self.folds, more.folds]))


def fine_tune(
    films: Films,
    variants: Films | None,
    weights: str | Path,
    run: Path,
    recipe: Recipe,
    settings: Settings,
    report=print,
) -> tuple[Network, list[Network]]:
    """Trains every network of the recipe: returns the student, which ships, and its teachers.

    The teachers start from ImageNet. Each is kept from one fold of the patients, so together they answer every film without
    having seen its patient: what calibration and thresholds are chosen on. The student starts as the first teacher and is
    finished on all the films of its teachers. It learns of each film from its label and from the teacher that was kept from
    it, whose answer does not know the label (Dao et al. 2021, arXiv 2104.09732), to the very picture that it sees (Beyer et
    al. 2022, arXiv 2106.05237) but in the film's own tone: whatever tone and local contrast a
    film is shown in, the answer is to be the same.

    ``networks.json`` has each network's measure on the fold that it was kept from. Nothing is picked by it.
    """
    teachers, table = [], {}
    for number, fold in enumerate(recipe.left_out(), start=1):
        report(f"teacher {number} of {recipe.teachers}")
        split = Split.hold_out(films, variants, recipe.folds, fold, excluded_fold=recipe.fold)
        each = replace(settings, seed=settings.seed + number - 1)
        teachers.append(train(split, lambda: imagenet(weights), run / f"teacher-{number}", each, report))
        table[f"teacher {number}"] = {"fold": fold, **measure(split, teachers[-1])}
    report("student")
    split = Split.hold_out(films, variants, recipe.folds, recipe.fold)
    table["mean of the teachers' logits"] = {"fold": recipe.fold, **measure(split, *teachers)}
    folds = folds_by_patient(films, recipe.folds)
    teacher_of = {i: teacher for fold, teacher in zip(recipe.left_out(), teachers) for i in folds[fold]}
    network = train(split, teachers[0].state_dict, run / "student", recipe.of_student(settings), report, teacher_of)
    table["student"] = {"fold": recipe.fold, **measure(split, network)}
    for name, measured in table.items():
        report(f"{name}: {json.dumps(measured)}")
    if parallel.first():
        written = {"recipe": asdict(recipe), "settings": asdict(settings), "networks": table}
        (run / "networks.json").write_text(json.dumps(written, indent=1) + "\n")
    return network.cpu().eval(), [teacher.cpu().eval() for teacher in teachers]


def predict_held_out(
    films: Films,
    variants: Films | None,
    recipe: Recipe,
    networks: dict[int, Network],
    varied: Callable[[Films], dict[str, Films]],
) -> dict[str, Predictions]:
    """Every film of the folds that ``networks`` were kept from, as it is, at full size and varied, by that network."""
    found: dict[str, Predictions] = {}
    for fold, network in networks.items():
        views = Split.hold_out(films, variants, recipe.folds, fold).views()
        for name, view in {**views, **varied(views["films"])}.items():
            own = Predictions.of(network, view, fold)
            found[name] = found[name].concat(own) if name in found else own
    return found
