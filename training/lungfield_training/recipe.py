"""From outlined films to the classifiers: one that ships, and others like it that calibrate it.

Each is kept from one fold of the patients, and trained alike on the labels of the rest. What it says of its fold it says of
patients that it never saw. No network and no epoch is picked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .films import folds_by_patient, split_off
from .lung_masks import OutlinedFilms
from .network import Network
from .train import Settings, train


@dataclass(frozen=True)
class Recipe:
    """The patients are cut into ``folds``. The network that ships is kept from ``fold``; ``cross_validation`` others, each kept from
    one of the other folds, say where probability and thresholds lie."""

    folds: int = 6
    fold: int = 0
    cross_validation: int = 3

    def kept_from(self) -> list[int]:
        """The fold that each network is kept from, first that of the one that ships."""
        others = [fold for fold in range(self.folds) if fold != self.fold]
        if not 1 <= self.cross_validation <= len(others):
            raise ValueError(f"{self.cross_validation} of {len(others)} other folds for cross-validation: there must be 1 to {len(others)}")
        return [self.fold, *others[: self.cross_validation]]


def train_all(
    films: OutlinedFilms, found: OutlinedFilms, weights: str | Path, run: Path, recipe: Recipe, settings: Settings, report=print
) -> Iterator[tuple[int, Network]]:
    """The networks by the fold that each was kept from. Each keeps its checkpoint in ``run/kept-from-FOLD``, and goes on from
    there. ``found`` are the films with the lungs that are found in them."""
    folds = folds_by_patient(films.films, recipe.folds)
    for fold in recipe.kept_from():
        report(f"training the network that is kept from fold {fold}")
        training, _ = split_off(films.films, folds, fold)
        own = replace(settings, seed=settings.seed + fold)
        yield fold, train(films, found, training, weights, run / f"kept-from-{fold}", own, report)
