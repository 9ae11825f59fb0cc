"""The model's manifest, ``lungfield.manifest/3``, but for the file's name, size and hash, which ``lungfield convert`` fills in.

What is learnt is in the network's file; what was measured is records of fields, which the interface puts into words. A record's
``films`` say which films (:func:`cohort`), its ``metrics`` what was measured on them.
"""

from dataclasses import replace

import numpy as np
import torch

from . import export, metrics, network
from .augment import Augmentation
from .calibrate import (
    Answers,
    Predictions,
    choose_thresholds,
    cross_fit,
    fit_calibration,
    measure,
    operating_points,
    pooled,
)
from .films import SIDE, Films, as_luma, match_variants
from .gate import LEAST_SIDE, ORIENTATIONS, Gate
from .gradcam import grad_cam
from .lung_frame import LEAST_DEVIATION, LIMIT, MARGIN
from .lung_masks import OutlinedFilms
from .lung_network import FILM, OUTLINE
from .lung_network import SIDE as LUNG_SIDE
from .reader import PORTION, Reader

NAME, VERSION = "lungfield-mobilenetv2", "0.20.0"
# The films that the answers are for.
POPULATION = {"projection": "frontal", "from_years": 1, "to_years": 5}
LICENCE = "MIT OR Apache-2.0"
DATA = {
    "citation": "Kermany D, Zhang K, Goldbaum M. Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for "
    "Classification. Mendeley Data, 2018. Guangzhou Women and Children's Medical Center.",
    "doi": "10.17632/rscbjbr9sj",
    "licence": "CC-BY-4.0",
}
# The views that the probability's temperature is fitted to: films as they come, pre-shrunk and at full size.
CALIBRATED_ON = ("films", "variants")
# The views that thresholds are chosen on, degraded films among them: chosen without those, thresholds would sit in a gap that
# new films fill.
CHOSEN_ON = ("films", "degraded")
# What the manifest calls the views of the films that are measured, in its order.
VIEWS = {"films": "original", "variants": "full-size", "degraded": "degraded"}


def degraded(films: Films, seed: int = 0) -> Films:
    """The films degraded, with another tone and local contrast, as films from elsewhere may come; side by side with films drawn
    at random, as in training."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(films), generator=generator)
    luma = as_luma(films.pixels[order.numpy()])
    changed = torch.cat([Augmentation()(part, generator) for part in luma.split(PORTION)])
    return replace(films, pixels=(changed[order.argsort(), 0] * 255).round().byte().numpy())


def logits_of(reader: Reader, films: Films) -> np.ndarray:
    """What is answered to whole films, f64 [N]."""
    return reader.logits(as_luma(films.pixels)).double().numpy()


def predictions(reader: Reader, films: OutlinedFilms, variants: Films | None, fold: int, report=print) -> dict[str, Predictions]:
    """The answers of a network that was kept from the patients of ``films``: as they come, degraded, and at full size."""
    views = {"films": films.films, "degraded": degraded(films.films)}
    machine_of = {film.path: machine for film, machine in zip(films.films.films, films.multiple_of_8)}
    if variants is not None:
        views["variants"] = variants.take([i for i, film in enumerate(variants.films) if film.path in machine_of])
        match_variants(films.films, views["variants"])
    found = {}
    for name, view in views.items():
        report(f"answers to {len(view)} films of fold {fold}: {name}")
        machines = np.array([machine_of[film.path] for film in view.films])
        found[name] = Predictions(view, logits_of(reader, view), np.full(len(view), fold), machines)
    return found


def joined(parts: list[dict[str, Predictions]]) -> dict[str, Predictions]:
    """The predictions of several folds, view by view."""
    first, *rest = parts
    for more in rest:
        first = {name: own.concat(more[name]) for name, own in first.items()}
    return first


def told_apart(found: dict[str, Predictions]) -> dict[str, dict[str, float]]:
    """AUROC, and log loss, each class weighing half, of films as they come and at full size."""
    return {
        name: {"log_loss": metrics.log_loss(view.logits, view.films.targets), "auroc": metrics.auroc(view.logits, view.films.targets)}
        for name, view in found.items()
        if name in CALIBRATED_ON
    }


def cohort(split: str, films: Films, *views: str) -> dict:
    """Which films something was fitted to or measured on: the manifest's ``films``."""
    normal = int((films.targets < 0.5).sum())
    return {
        "source": "training",
        "group": "children",
        "split": split,
        "views": [VIEWS[view] for view in views],
        "count": len(films),
        "normal": normal,
        "pneumonia": len(films) - normal,
        "patients": len(set(films.patients)),
    }


def full_scale(reader: Reader, films: Films) -> dict[str, float]:
    """The Grad-CAM value painted at full colour: 95th percentile of the maps' maxima over each class's own films."""
    scale = {}
    for name, sign in (("pneumonia", 1.0), ("normal", -1.0)):
        own = as_luma(films.pixels[[i for i, film in enumerate(films.films) if film.label == name]])
        maps = [grad_cam(reader.explained(part), reader.network.head, sign) for part in own.split(PORTION)]
        scale[name] = metrics.figures(float(np.quantile(torch.cat(maps).amax((1, 2)).numpy(), 0.95)))
        if not scale[name] > 0:
            raise ValueError(f"heatmap: nothing in the {name} films speaks for {name}. Train for longer")
    return scale


def describe(
    reader: Reader,
    films: Films,
    held_out: dict[str, Predictions],
    cross_validated: dict[str, Predictions],
    gate: Gate,
    of_gate: list[dict],
) -> dict:
    """Calibrates the model on the cross-validated answers, and measures it on the fold that was kept from training."""
    calibration = fit_calibration(*pooled(cross_validated, CALIBRATED_ON))
    logits, targets, weights = pooled(cross_validated, CHOSEN_ON)
    probabilities = calibration.probability(logits)
    thresholds = choose_thresholds(probabilities, targets, weights)
    shipped = {name: Answers(calibration.probability(view.logits), thresholds) for name, view in held_out.items()}
    cross_fitted = cross_fit(cross_validated, CALIBRATED_ON, CHOSEN_ON)
    measured = [
        {
            "films": cohort(title, seen[name].films, name),
            "metrics": measure(answers[name], seen[name].logits, seen[name].films.targets, seen[name].films.patients),
        }
        for title, answers, seen in (("held-out", shipped, held_out), ("cross-validation", cross_fitted, cross_validated))
        for name in VIEWS
        if name in seen
    ]
    answered, frame = cross_validated["films"].films, reader.frame
    return {
        "schema": "lungfield.manifest/3",
        "name": NAME,
        "version": VERSION,
        "input": {
            "preprocessing": "lung-frame/1",
            # The squashed copy of the film that all else is made of.
            "film": {"rows": SIDE, "columns": SIDE},
            "side": frame.side,
            "margin": MARGIN,
            "reach": frame.reach,
            "softness": frame.softness,
            "limit": LIMIT,
            "least_deviation": LEAST_DEVIATION,
            "stride": network.STRIDE,
        },
        "lungs": {"side": LUNG_SIDE, "mean": network.MEAN, "std": network.STD, "least_side": LEAST_SIDE},
        "inputs": {"film": FILM, "picture": export.PICTURE, "places": export.PLACES},
        "outputs": {
            "outline": OUTLINE,
            "activations": export.EXPLAINED,
            "logit": export.LOGIT,
            "gate": export.GATE,
            "orientations": export.ORIENTATIONS,
            **({} if gate.adult_weights is None else {"adult": export.ADULT}),
        },
        "classes": {"negative": "normal", "positive": "pneumonia"},
        "calibration": {
            "temperature": round(calibration.temperature, 6),
            "bias": round(calibration.bias, 6),
            "films": cohort("cross-validation", answered, *(view for view in CALIBRATED_ON if view in cross_validated)),
        },
        "thresholds": {
            "operating_point": round(thresholds.operating_point, 6),
            "unlikely_below": round(thresholds.unlikely_below, 6),
            "likely_from": round(thresholds.likely_from, 6),
            "error_level": thresholds.error_level,
            "films": cohort("cross-validation", answered, *CHOSEN_ON),
        },
        "operating_points": operating_points(probabilities, targets),
        "gate": describe_gate(gate, held_out["films"].films),
        "heatmap": {
            "method": "grad-cam",
            "layer": network.LAST_LAYER,
            "full_scale": full_scale(reader, held_out["films"].films),
        },
        "measured": [written(record) for record in measured + of_gate],
        "intended_population": POPULATION,
        "licence": LICENCE,
        "data": {**DATA, "films": len(films), "patients": len(set(films.patients))},
    }


def written(record: dict) -> dict:
    """A record of what was measured, rounded; an estimate of all its films does not repeat how many these are."""
    count = record["films"]["count"]
    found = metrics.rounded(record["metrics"]).items()
    return {**record, "metrics": {name: {k: v for k, v in each.items() if (k, v) != ("n", count)} for name, each in found}}


def describe_gate(gate: Gate, held_out: Films) -> dict:
    """The manifest's ``gate``: what the scores mean that the network's file computes, and the limits of the distance."""
    lies = [{"quarter_turns": turns, "inverted": inverted} for turns, inverted in ORIENTATIONS]
    fitted = {"source": "training", "group": "adults", "split": "fitted", "count": gate.adults}
    return {
        "orientations": [*lies, None],
        "unlike_from": round(gate.unlike_from, 4),
        "refused_from": round(gate.refused_from, 4),
        "films": cohort("held-out", held_out, "films"),
        **({} if gate.adult_weights is None else {"adults": fitted}),
    }
