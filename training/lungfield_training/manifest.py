"""The model's manifest, but for the file's name, size and hash, which ``lungfield convert`` fills in."""

from dataclasses import replace

import numpy as np
import torch

from . import export, network
from .augment import Augmentation
from .calibrate import Answers, choose_thresholds, cross_fit, fit_calibration, full_scale, measure, operating_points, pooled
from .films import Films
from .gate import ORIENTATIONS, Gate
from .network import Network
from .recipe import Predictions
from .train import Split, as_luma, aspects_of

NAME, VERSION = "lungfield-mobilenetv2", "0.14.0"
POPULATION = (
    "Frontal chest X-rays of children aged 1 to 5 years. Not for adults, newborns, lateral films, or pictures that are "
    "not chest X-rays."
)
LICENCE = "MIT OR Apache-2.0; attribution of the training data (CC BY 4.0) must be kept"
DATA = (
    "Kermany D, Zhang K, Goldbaum M. Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for "
    "Classification. Mendeley Data, 2018. Guangzhou Women and FeatureSets's Medical Center. CC BY 4.0. "
    "{n} films of {patients} patients, training set only."
)


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
# What the manifest calls the views of the films that are measured, the first first.
VIEWS = {
    "films": "",
    "variants": ", full-size films",
    "degraded": ", made worse",
    "stretched": ", stretched",
    "augmented": ", augmented",
}


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


def count(films: Films) -> str:
    normal = int((films.targets < 0.5).sum())
    patients = len(set(films.patients))
    return f"{len(films)} films ({normal} normal, {len(films) - normal} pneumonia) of {patients} patients"


def describe(
    model: Network, split: Split, held_out: dict[str, Predictions], cross_validated: dict[str, Predictions], gate: Gate, of_gate: list[dict]
) -> dict:
    """Calibrates the model on the cross-validated answers, and measures it on the fold that was kept from training.

    ``split`` has that fold for its validation, ``held_out`` what the model predictions there.
    """
    calibration = fit_calibration(*pooled(cross_validated, CALIBRATED_ON))
    logits, targets = pooled(cross_validated, CHOSEN_ON)
    probabilities = calibration.probability(logits)
    thresholds = choose_thresholds(probabilities, targets)
    whose = f"cross-validation: {count(cross_validated['films'].films)}"
    calibrated_on, chosen_on = f"{whose}, as they are", f"{whose}, as they are and made worse"
    shipped = {name: Answers(calibration.probability(view.logits), thresholds) for name, view in held_out.items()}
    cross_fitted = cross_fit(cross_validated, CALIBRATED_ON, CHOSEN_ON)
    measured = []
    for title, answers, predictions in (
        ("held out", shipped, held_out),
        ("cross-validation", cross_fitted, cross_validated),
    ):
        for name, view in VIEWS.items():
            if name in predictions:
                films = predictions[name].films
                measured += measure(answers[name], predictions[name].logits, films, f"{title}{view}: {count(films)}")
    return {
        "schema": "lungfield.manifest/1",
        "name": NAME,
        "version": VERSION,
        "input": {
            "preprocessing": "luma-squash-triangle-margin/1",
            "rows": network.ROWS,
            "columns": network.COLUMNS,
            "channels": 1,
            "mean": [network.MEAN],
            "std": [network.STD],
        },
        "outputs": {"activations": export.ACTIVATIONS, "logit": export.LOGIT, "gate": export.GATE},
        "classes": {"negative": "normal", "positive": "pneumonia"},
        "calibration": {
            "temperature": round(calibration.temperature, 6),
            "bias": round(calibration.bias, 6),
            "films": calibrated_on,
        },
        "thresholds": {
            "operating_point": round(thresholds.operating_point, 6),
            "unlikely_below": round(thresholds.unlikely_below, 6),
            "likely_from": round(thresholds.likely_from, 6),
            "error_level": thresholds.error_level,
            "films": chosen_on,
        },
        "operating_points": operating_points(probabilities, targets, chosen_on),
        "gate": describe_gate(gate, count(held_out["films"].films)),
        "heatmap": {
            "method": "grad-cam",
            "layer": network.LAST_LAYER,
            "full_scale": full_scale(model, held_out["films"].films),
        },
        "measured": measured + of_gate,
        "intended_population": POPULATION,
        "licence": LICENCE,
        "data": DATA.format(n=len(split.films), patients=len(set(split.films.patients))),
    }


def describe_gate(gate: Gate, films: str) -> dict:
    """The manifest's ``gate``. Five figures: the reader's answer is the same, and the file half as long."""
    figures = lambda values: [float(f"{value:.5g}") for value in values]  # noqa: E731
    views = [{"quarter_turns": turns, "inverted": inverted} for turns, inverted in ORIENTATIONS] + [None]
    return {
        "views": [
            {"film": view, "weights": figures(weights), "bias": float(f"{bias:.5g}")}
            for view, weights, bias in zip(views, gate.weights.tolist(), gate.bias.tolist())
        ],
        **adult_score(gate, figures),
        "unlike_from": round(gate.unlike_from, 4),
        "refused_from": round(gate.refused_from, 4),
        "films": f"limits of the distance: held-out patients, {films}",
    }


def adult_score(gate: Gate, figures) -> dict:
    """The gate's ``adults``, where it was shown some."""
    if gate.adult_weights is None:
        return {}
    films = f"{gate.adults} adults' films: what tells their collection from the children's, which need not be age"
    bias = float(f"{gate.adult_bias:.5g}")
    return {"adults": {"weights": figures(gate.adult_weights.tolist()), "bias": bias, "films": films}}
