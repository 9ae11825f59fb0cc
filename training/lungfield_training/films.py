"""Prepared films: what ``lungfield prepare`` wrote, and their split by patient."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

LABELS = ("normal", "pneumonia")
# Prepared films are squashed to squares of so many pixels.
SIDE = 224
# What ``lungfield prepare --other`` calls pictures that are no children's chest films; their folder is their subtype.
OTHER = "other"
# Runs of neighbouring patient numbers that a fold is made of, of each subtype.
RUNS = 2
SUBTYPES = {"normal": ("normal",), "pneumonia": ("bacteria", "virus")}
COLUMNS = ("row", "path", "label", "patient", "subtype", "width", "height", "sha256")


class FilmsError(ValueError):
    """The prepared films break their contract; the message names the file and the row."""


@dataclass(frozen=True)
class Film:
    """One row of ``index.csv``."""

    row: int
    path: str
    label: str
    patient: str
    subtype: str
    width: int
    height: int
    sha256: str

    @property
    def positive(self) -> bool:
        return self.label == "pneumonia"


@dataclass(frozen=True)
class Films:
    """Films and their pixels: ``pixels[i]`` is the luma of ``films[i]``, uint8 of shape [rows, columns]."""

    pixels: np.ndarray
    films: tuple[Film, ...]

    def __len__(self) -> int:
        return len(self.films)

    @property
    def targets(self) -> np.ndarray:
        """1.0 for pneumonia, 0.0 for normal: float32 of shape [N]."""
        return np.array([film.positive for film in self.films], dtype=np.float32)

    @property
    def patients(self) -> np.ndarray:
        return np.array([film.patient for film in self.films])

    def take(self, indices) -> "Films":
        indices = np.asarray(indices, dtype=np.int64)
        return Films(self.pixels[indices], tuple(self.films[i] for i in indices))


def as_luma(pixels: np.ndarray) -> Tensor:
    """uint8 [N, rows, columns] -> f32 [N, 1, rows, columns] in 0..1."""
    return torch.from_numpy(np.array(pixels, dtype=np.float32)).unsqueeze(1) / 255


def load(directory: str | Path, labels: tuple[str, ...] = LABELS) -> Films:
    """Reads ``films.npy`` and ``index.csv``; refuses what is not exactly as ``lungfield prepare`` promises.

    ``labels`` is what films may be called here: a class, or ``OTHER``.
    """
    directory = Path(directory)
    array, index = directory / "films.npy", directory / "index.csv"
    for path in (array, index):
        if not path.is_file():
            raise FilmsError(f"{path}: not found. Make it with: lungfield prepare FILMS --out {directory}")
    pixels = np.load(array, mmap_mode="r")
    if pixels.dtype != np.uint8 or pixels.shape[1:] != (SIDE, SIDE):
        raise FilmsError(f"{array}: expected uint8 [films, {SIDE}, {SIDE}], found {pixels.dtype} {list(pixels.shape)}")
    films = _read_index(index, labels)
    if len(films) != len(pixels):
        raise FilmsError(f"{index}: row {min(len(films), len(pixels))}: {len(films)} rows for {len(pixels)} films")
    if not films:
        raise FilmsError(f"{index}: no films")
    return Films(pixels, films)


def _read_index(index: Path, labels: tuple[str, ...]) -> tuple[Film, ...]:
    films: list[Film] = []
    patient_of_film: dict[str, Film] = {}
    with index.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise FilmsError(f"{index}: expected the columns {','.join(COLUMNS)}, found {reader.fieldnames}")
        for position, record in enumerate(reader):
            place = f"{index}: row {record['row']}"
            if record["row"] != str(position):
                raise FilmsError(f"{place}: expected row {position}: a row is missing or out of order")
            if None in record or None in record.values():
                raise FilmsError(f"{place}: expected {len(COLUMNS)} fields")
            if record["label"] not in labels:
                raise FilmsError(f"{place}: unknown label {record['label']!r}, expected one of {', '.join(labels)}")
            # A folder that does not name the cause of a pneumonia gives the label itself as subtype.
            if record["label"] != OTHER and record["subtype"] not in (*SUBTYPES[record["label"]], record["label"]):
                raise FilmsError(f"{place}: subtype {record['subtype']!r} does not belong to {record['label']}")
            if not record["patient"]:
                raise FilmsError(f"{place}: no patient")
            names = (record[name] for name in ("path", "label", "patient", "subtype"))
            film = Film(position, *names, int(record["width"]), int(record["height"]), record["sha256"])
            twin = patient_of_film.setdefault(film.sha256, film)
            if twin.patient != film.patient and film.label != OTHER:
                raise FilmsError(f"{place}: the film of row {twin.row}, but of another patient ({twin.patient})")
            films.append(film)
    return tuple(films)


def folds_by_patient(films: Films, folds: int) -> list[list[int]]:
    """Indices of the films of each fold, every patient in one fold only.

    Patients of one subtype are put in the order of their numbers and cut into runs of neighbours, as many as the folds
    get :data:`RUNS` of. Neighbouring numbers were filmed around the same time, so a fold is further from the
    others than a random draw would be: as films from elsewhere are. Nothing is drawn, so the same films give the same
    folds on any machine.
    """
    of_patient: dict[str, list[int]] = {}
    for i, film in enumerate(films.films):
        of_patient.setdefault(film.patient, []).append(i)
    strata: dict[str, list[str]] = {}
    for patient in sorted(of_patient, key=_by_number):
        subtypes = Counter(films.films[i].subtype for i in of_patient[patient])
        strata.setdefault(min(subtypes, key=lambda name: (-subtypes[name], name)), []).append(patient)

    cut: list[list[int]] = [[] for _ in range(folds)]
    for subtype in sorted(strata):
        total = sum(len(of_patient[patient]) for patient in strata[subtype])
        before = 0
        for patient in strata[subtype]:
            cut[before * folds * RUNS // total % folds] += of_patient[patient]
            before += len(of_patient[patient])
    for number, fold in enumerate(cut):
        fold.sort()
        found = {films.films[i].label for i in fold}
        if found != set(LABELS):
            raise FilmsError(f"fold {number} has only {', '.join(sorted(found)) or 'no'} films: both classes are needed")
    return cut


def _by_number(name: str) -> list[tuple[int, str]]:
    """Sorts person9 before person10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def split_off(films: Films, folds: list[list[int]], fold: int) -> tuple[list[int], list[int]]:
    """Indices for training, and those of ``fold``, which is held out."""
    held_out = folds[fold]
    training = sorted(i for number, each in enumerate(folds) if number != fold for i in each)
    refuse_shared_patients([films.films[i] for i in training], [films.films[i] for i in held_out])
    return training, held_out


def refuse_shared_patients(training: list[Film], held_out: list[Film]) -> None:
    """Raises if a patient has films on both sides."""
    rows = {film.patient: film.row for film in training}
    for film in held_out:
        if film.patient in rows:
            raise FilmsError(
                f"patient {film.patient} is on both sides of the split: "
                f"row {rows[film.patient]} in training, row {film.row} held out"
            )


def match_variants(films: Films, variants: Films) -> dict[int, int]:
    """Maps an index in ``films`` to the index in ``variants`` of the same film prepared from another source.

    A variant without its film is refused: its patient could otherwise slip past the split.
    """
    by_path = {film.path: i for i, film in enumerate(films.films)}
    matched: dict[int, int] = {}
    for i, variant in enumerate(variants.films):
        film = by_path.get(variant.path)
        if film is None:
            raise FilmsError(f"variant row {variant.row}: {variant.path} is not among the films")
        if films.films[film].patient != variant.patient or films.films[film].label != variant.label:
            raise FilmsError(f"variant row {variant.row}: {variant.path} has another patient or label than its film")
        matched[film] = i
    return matched
