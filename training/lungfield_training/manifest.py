"""The model's manifest, ``lungfield.manifest/2``, but for the file's name, size and hash, which ``lungfield convert`` fills in.

What is learnt is in the network's file; what was measured is records of fields, which the interface puts into words. A record's
``films`` say which films (:func:`cohort`), its ``metrics`` what was measured on them.
"""

from dataclasses import replace

import torch

from . import export, metrics, network
from .augment import Augmentation
from .calibrate import Answers, choose_thresholds, cross_fit, fit_calibration, full_scale, measure, operating_points, pooled
from .films import Films
from .gate import ORIENTATIONS, Gate
from .network import Network
from .recipe import Predictions
from .train import Split, as_luma, aspects_of

NAME, VERSION = "lungfield-mobilenetv2", "0.14.0"
# The films that the answers are for.
POPULATION = {"projection": "frontal", "from_years": 1, "to_years": 5}
LICENCE = "MIT OR Apache-2.0"
DATA = {
    "citation": "Kermany D, Zhang K, Goldbaum M. Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for "
    "Classification. Mendeley Data, 2018. Guangzhou Women and Children's Medical Center.",
    "doi": "10.17632/rscbjbr9sj",
    "licence": "CC-BY-4.0",
}


# How each film is varied once: whole films, degraded, with another histogram and local contrast, as films from elsewhere
# may come; films moved and stretched as in training; and both together, with parts hidden.
VARIATIONS = {
    "degraded": Augmentation().unmoved,
    "stretched": Augmentation(p_clean=1.0, p_local=0.0, p_histogram=0.0),
    "augmented": Augmentation(),
}
# The views that the probability's temperature is fitted to: films as they come, pre-shrunk and at full size.
CALIBRATED_ON = ("films", "variants")
# The views that thresholds are chosen on, degraded films among them: chosen without those, thresholds would sit in a gap that
# new films fill.
CHOSEN_ON = ("films", "degraded")
# What the manifest calls the views of the films that are measured, in its order.
VIEWS = {"films": "original", "variants": "full-size", "degraded": "degraded", "stretched": "stretched", "augmented": "augmented"}


def varied(films: Films, seed: int = 0) -> dict[str, Films]:
    """The films varied in each of ``VARIATIONS``, side by side with films drawn at random, as in training."""
    views = {}
    for name, vary in VARIATIONS.items():
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(films), generator=generator)
        parts = films.take(order.tolist()).portions()
        luma = torch.cat([vary(as_luma(part.pixels), generator, aspects_of(part)) for part in parts])
        views[name] = replace(films, pixels=(luma[order.argsort(), 0] * 255).round().byte().numpy())
    return views


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


def describe(
    model: Network,
    split: Split,
    held_out: dict[str, Predictions],
    cross_validated: dict[str, Predictions],
    gate: Gate,
    of_gate: list[dict],
) -> dict:
    """Calibrates the model on the cross-validated answers, and measures it on the fold that was kept from training.

    ``split`` has that fold for its validation, ``held_out`` what the model answered there.
    """
    calibration = fit_calibration(*pooled(cross_validated, CALIBRATED_ON))
    logits, targets = pooled(cross_validated, CHOSEN_ON)
    probabilities = calibration.probability(logits)
    thresholds = choose_thresholds(probabilities, targets)
    answered = cross_validated["films"].films
    calibrated_on = [view for view in CALIBRATED_ON if view in cross_validated]
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
    return {
        "schema": "lungfield.manifest/2",
        "name": NAME,
        "version": VERSION,
        "input": {
            "preprocessing": "luma-squash-triangle-margin/1",
            "rows": network.ROWS,
            "columns": network.COLUMNS,
            "channels": 1,
            "mean": [network.MEAN],
            "std": [network.STD],
            "margin": network.MARGIN,
        },
        "outputs": {
            "activations": export.ACTIVATIONS,
            "logit": export.LOGIT,
            "gate": export.GATE,
            "orientations": export.ORIENTATIONS,
            **({} if gate.adult_weights is None else {"adult": export.ADULT}),
        },
        "classes": {"negative": "normal", "positive": "pneumonia"},
        "calibration": {
            "temperature": round(calibration.temperature, 6),
            "bias": round(calibration.bias, 6),
            "films": cohort("cross-validation", answered, *calibrated_on),
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
            "full_scale": full_scale(model, held_out["films"].films),
        },
        "measured": [written(record) for record in measured + of_gate],
        "intended_population": POPULATION,
        "licence": LICENCE,
        "data": {**DATA, "films": len(split.films), "patients": len(set(split.films.patients))},
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
