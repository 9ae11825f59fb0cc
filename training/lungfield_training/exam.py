"""The exam: whether an answer rests on the lungs, or on how the film was framed, marked, printed and by what machine.

    python -m lungfield_training exam --films FILMS --outlines OUTLINES --out exam.json

Held-out films are changed in ways that no lung knows of (``making``); how far the logit moves, and what becomes of sensitivity,
specificity and the answers, is written down for each change and class. What is asked is a function, so that any network can be asked.
"""

import csv
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor

from . import metrics
from .calibrate import Answers, Calibration, Thresholds
from .films import LABELS, folds_by_patient, split_off
from .lung_masks import OutlinedFilms
from .making import CHANGES, CODES, Batch, Lenders, framed_as, hide_lungs
from .reader import Reader

# Luma [N, 1, rows, columns] in 0..1 and the lungs in it, f32 of the same shape -> logits [N]. A function that finds the lungs
# by itself leaves the second aside.
Answer = Callable[[Tensor, Tensor], Tensor]
# Logits [N] -> what the films are told.
Tell = Callable[[np.ndarray], Answers]

PORTION = 64
# Films whose frame alone is asked about are shown as this many films of each class.
COMMON_FILMS = 3


def answer_of(reader: Reader) -> Answer:
    """What a model answers, within the lungs that it finds itself."""
    return lambda luma, lungs: reader.logits(luma)


def as_told_by(manifest: dict) -> Tell:
    """By the manifest's calibration and thresholds."""
    calibration = Calibration(manifest["calibration"]["temperature"], manifest["calibration"]["bias"])
    thresholds = Thresholds(**{field.name: manifest["thresholds"][field.name] for field in fields(Thresholds)})
    return lambda logits: Answers(calibration.probability(logits), thresholds)


def plainly(logits: np.ndarray) -> Answers:
    """Pneumonia from a logit of 0 on, and no film uncertain."""
    return Answers(metrics.sigmoid(logits), Thresholds(0.5, 0.5, 0.5, 0.0))


def examine(answer: Answer, films: OutlinedFilms, lenders: OutlinedFilms, tell: Tell = plainly, report=print, changes=None) -> dict:
    """Every record of the exam for ``films``, none of which the network was trained on.

    ``lenders`` lend surroundings, markers and tones.
    """
    portions = [batch_of(films, range(i, min(i + PORTION, len(films)))) for i in range(0, len(films), PORTION)]
    plain = ask(answer, [(batch.luma, batch.lungs) for batch in portions])
    unknown = set(changes or ()) - CHANGES.keys()
    if unknown:
        raise ValueError(f"unknown change {sorted(unknown)}: one of {list(CHANGES)}")
    found = {
        "changes": records("as it is", plain, plain, films.targets, tell),
        "cells": cells(films, plain, tell),
        "surroundings_alone": surroundings_alone(answer, portions, films.targets),
        "frame_alone": frame_alone(answer, portions, lenders, films.targets),
    }
    for name, change in (CHANGES if changes is None else {name: CHANGES[name] for name in changes}).items():
        generator = Generator().manual_seed(len(name) * 1009 + sum(name.encode()))
        logits = ask(answer, (change(batch, Lenders(lenders), generator) for batch in portions))
        found["changes"] += records(name, logits, plain, films.targets, tell)
        normal, pneumonia = found["changes"][-2:]
        report(f"{name}: {normal['mean']:+.2f} {pneumonia['mean']:+.2f}, specificity {normal['right']:.3f}, sensitivity {pneumonia['right']:.3f}")
    found["summary"] = summary(found)
    return found


def batch_of(films: OutlinedFilms, indices) -> Batch:
    indices = list(indices)
    return Batch(films.luma(indices), films.lungs(indices), films.targets[indices], films.multiple_of_8[indices])


@torch.no_grad()
def ask(answer: Answer, pictures) -> np.ndarray:
    """Logits f64 [N] of portions of films and lungs. Pictures have 256 grey levels, as files have."""
    return torch.cat([answer((luma * 255).round() / 255, lungs) for luma, lungs in pictures]).double().numpy()


def records(name: str, logits: np.ndarray, plain: np.ndarray, targets: np.ndarray, tell: Tell) -> list[dict]:
    """A record for each class. Movements are in units of the logit, towards pneumonia; ``worst`` is the 95th percentile of how
    far a film moves either way; ``right`` is specificity or sensitivity. The rest is of both classes together."""
    told = tell(logits)
    right, uncertain = told.right(targets), told.uncertain
    both = {
        "auroc": metrics.auroc(logits, targets),
        "uncertain": float(uncertain.mean()),
        "right_where_certain": float(right[~uncertain].mean()) if not uncertain.all() else None,
        "calibration_error": metrics.calibration_error(told.probabilities, targets),
    }
    out = []
    for positive, label in enumerate(LABELS):
        own = (targets > 0.5) == bool(positive)
        moved = (logits - plain)[own]
        out.append(
            {
                "change": name,
                "class": label,
                "n": int(own.sum()),
                "mean": float(moved.mean()),
                "worst": float(np.quantile(np.abs(moved), 0.95)),
                "logit": float(logits[own].mean()),
                "right": float(right[own].mean()),
                **both,
            }
        )
    return out


def cells(films: OutlinedFilms, logits: np.ndarray, tell: Tell) -> list[dict]:
    """How many are right of each class, machine and third of lung height in the film."""
    right = tell(logits).right(films.targets)
    heights = films.lung_heights
    low, high = np.quantile(heights, [1 / 3, 2 / 3])
    third = (heights > low).astype(int) + (heights > high)
    out = []
    for positive, label in enumerate(LABELS):
        for machine in (False, True):
            for number, name in enumerate(("small", "middle", "large")):
                own = ((films.targets > 0.5) == bool(positive)) & (films.multiple_of_8 == machine) & (third == number)
                out.append(
                    {
                        "class": label,
                        "sides_multiple_of_8": machine,
                        "lungs": name,
                        "n": int(own.sum()),
                        "right": float(right[own].mean()) if own.any() else None,
                        "logit": float(logits[own].mean()) if own.any() else None,
                    }
                )
    return out


def surroundings_alone(answer: Answer, portions: list[Batch], targets: np.ndarray) -> float:
    """AUROC of films whose lungs are hidden."""
    return metrics.auroc(ask(answer, [(hide_lungs(batch), batch.lungs) for batch in portions]), targets)


def frame_alone(answer: Answer, portions: list[Batch], lenders: OutlinedFilms, targets: np.ndarray) -> float:
    """AUROC of the same few films, framed as each of the films is: the mean over those few."""
    areas = []
    generator = Generator().manual_seed(0)
    for positive in (False, True):
        for common in Lenders(lenders).draw((lenders.targets > 0.5) == positive, COMMON_FILMS, generator):
            luma, lungs = lenders.luma([common]), lenders.lungs([common])
            areas.append(metrics.auroc(ask(answer, (framed_as(batch, luma, lungs) for batch in portions)), targets))
    return float(np.mean(areas))


def summary(found: dict) -> dict:
    """The worst of everything: what is chosen by."""
    plain, changed = found["changes"][:2], found["changes"][2:]
    by_class = {label: [row for row in changed if row["class"] == label] for label in LABELS}
    furthest = max(changed, key=lambda row: abs(row["mean"])) if changed else plain[0]
    return {
        "specificity": plain[0]["right"],
        "sensitivity": plain[1]["right"],
        "auroc": plain[0]["auroc"],
        # Between the classes' mean logits: what a movement is large or small against.
        "gap": plain[1]["logit"] - plain[0]["logit"],
        "furthest_movement": furthest["mean"],
        "furthest_change": f"{furthest['change']}, {furthest['class']}",
        "lowest_specificity": min((row["right"] for row in by_class["normal"]), default=plain[0]["right"]),
        "lowest_sensitivity": min((row["right"] for row in by_class["pneumonia"]), default=plain[1]["right"]),
        "lowest_auroc": min((row["auroc"] for row in changed), default=plain[0]["auroc"]),
        "most_uncertain": max(row["uncertain"] for row in found["changes"]),
        "lowest_right_where_certain": min(row["right_where_certain"] or 0.0 for row in found["changes"]),
        "largest_calibration_error": max(row["calibration_error"] for row in found["changes"]),
        "surroundings_alone": found["surroundings_alone"],
        "frame_alone": found["frame_alone"],
    }


def measured(found: dict, patients: int) -> list[dict]:
    """The manifest's ``measured`` of each change of films of so many ``patients``: sensitivity, specificity and how far normal
    films move, at the operating point. The first is the change of the lowest specificity."""
    rows = found["changes"][2:]
    records = []
    for normal, pneumonia in zip(rows[::2], rows[1::2]):
        films = {
            "source": "training",
            "group": "children",
            "split": "held-out",
            "views": [CODES[normal["change"]]],
            "count": normal["n"] + pneumonia["n"],
            "normal": normal["n"],
            "pneumonia": pneumonia["n"],
            "patients": patients,
        }
        right = {"specificity": normal, "sensitivity": pneumonia}
        shares = {name: metrics.share(round(row["right"] * row["n"]), row["n"]) for name, row in right.items()}
        records.append({"films": films, "metrics": {**shares, "normal_logit_shift": metrics.estimate(normal["mean"], normal["n"])}})
    worst = min(records, key=lambda record: record["metrics"]["specificity"]["value"], default=None)
    return sorted(records, key=lambda record: record is not worst)


def held_out(films: OutlinedFilms, folds: int, fold: int, limit: int | None = None) -> tuple[OutlinedFilms, OutlinedFilms]:
    """The films of ``fold``, and all others, which lend. ``limit`` keeps so many, each class half of them, at even steps."""
    others, own = split_off(films.films, folds_by_patient(films.films, folds), fold)
    own = np.array(own)
    if limit is not None and limit < len(own):
        kept = []
        for positive in (False, True):
            of_class = own[(films.targets[own] > 0.5) == positive]
            count = min(len(of_class), limit // 2)
            kept += of_class[np.linspace(0, len(of_class) - 1, count).round().astype(int)].tolist()
        own = np.array(sorted(kept))
    return films.take(own), films.take(others)


def write(found: dict, path: Path) -> None:
    """The whole as JSON and the changes as CSV beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    with path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(found["changes"][0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found["changes"])
