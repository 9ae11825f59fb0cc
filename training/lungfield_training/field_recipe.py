"""From outlined films to the classifier of the lung frame: teachers, each kept from one fold, and a student of them all.

What the student learns of a film is, besides its label, the mean of what a teacher that never saw its patient says of many
makings of it: what the answers to them do not share is the making.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Generator

from .field_network import FieldNetwork
from .field_training import FieldSettings, train_field
from .films import folds_by_patient
from .lung_frame import vary
from .lung_masks import OutlinedFilms
from .train import save


@dataclass(frozen=True)
class FieldRecipe:
    """How many networks, and what the student learns. ``fold`` is kept from all of them."""

    folds: int = 6
    fold: int = 0
    teachers: int = 5
    # Makings of a film that its teacher's answer is the mean of.
    copies: int = 5
    # The share of what the student learns that is its teacher's, not the label's.
    from_teachers: float = 0.5
    student_epochs: int = 24

    def left_out(self) -> list[int]:
        """The fold that each teacher is kept from."""
        return [fold for fold in range(self.folds) if fold != self.fold][: self.teachers]


def train_student(
    films: OutlinedFilms,
    weights: str | Path,
    run: Path,
    recipe: FieldRecipe,
    settings: FieldSettings,
    found: OutlinedFilms | None = None,
    report=print,
) -> tuple[FieldNetwork, dict[int, FieldNetwork]]:
    """Trains every network: the student, and its teachers by the fold that each was kept from. Each keeps its checkpoint in
    ``run`` and goes on from there. ``found`` are the films with the lungs that are found in them (``train_field``)."""
    folds = folds_by_patient(films.films, recipe.folds)
    of = lambda numbers: np.array(sorted(i for number in numbers for i in folds[number]))  # noqa: E731
    others = [fold for fold in range(recipe.folds) if fold != recipe.fold]
    targets, teachers = films.targets.copy(), {}
    for number, fold in enumerate(recipe.left_out(), start=1):
        report(f"teacher {number} of {recipe.teachers}")
        each = replace(settings, seed=settings.seed + number - 1)
        own_run = run / f"teacher-{number}"
        teacher = train_field(films, of(other for other in others if other != fold), weights, each, own_run, found=found, report=report)
        teachers[fold] = teacher
        told = answers_over_makings(teacher, films, of([fold]), each, recipe.copies, own_run / "answers.pt")
        targets[of([fold])] = torch.lerp(torch.from_numpy(targets[of([fold])]), told, recipe.from_teachers).numpy()
    report("student")
    of_student = replace(settings, epochs=recipe.student_epochs)
    student = train_field(films, of(others), weights, of_student, run / "student", targets, found, report=report)
    torch.save({"settings": asdict(of_student), "network": student.state_dict()}, run / "field.pt")
    (run / "recipe.json").write_text(json.dumps({"recipe": asdict(recipe), "settings": asdict(of_student)}, indent=1) + "\n")
    return student, teachers


@torch.no_grad()
def answers_over_makings(
    teacher: FieldNetwork, films: OutlinedFilms, among: np.ndarray, settings: FieldSettings, copies: int, kept: Path
) -> torch.Tensor:
    """The probability of the mean logit over ``copies`` makings of each film ``among``: f32 [n]. What ``kept`` has is not asked
    again."""
    if kept.is_file():
        logits = torch.load(kept, weights_only=True)
        if logits.shape == (copies, len(among)):
            return logits.mean(0).sigmoid()
    teacher.eval()
    rows = []
    for copy in range(copies):
        generator = Generator().manual_seed(settings.seed * 1_000 + copy)
        row = []
        for start in range(0, len(among), settings.batch):
            shown = among[start : start + settings.batch]
            boxes = torch.from_numpy(films.boxes[shown])
            made = vary(films.luma(shown), films.lungs(shown), boxes, settings.frame, settings.making, generator)
            x = settings.frame.network_input(*made).contiguous(memory_format=torch.channels_last)
            row.append(teacher(x)[1].flatten().float())
        rows.append(torch.cat(row))
    logits = torch.stack(rows)
    kept.parent.mkdir(parents=True, exist_ok=True)
    save(logits, kept)
    return logits.mean(0).sigmoid()
