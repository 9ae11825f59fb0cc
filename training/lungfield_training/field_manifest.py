"""The manifest of the classifier of the lung frame, ``lungfield.manifest/3``, but for what ``lungfield convert`` fills in."""

from dataclasses import dataclass

import numpy as np
import torch

from . import field_export, metrics, network
from .calibrate import Answers, choose_thresholds, cross_fit, fit_calibration, measure, operating_points, pooled
from .export import ADULT, GATE, LOGIT, ORIENTATIONS as LIES
from .field_gate import LEAST_SIDE, Eyes, FieldGate
from .field_network import STRIDE
from .films import Films, match_variants
from .gate import ORIENTATIONS
from .gradcam import grad_cam
from .lung_frame import LEAST_DEVIATION, LIMIT, MARGIN
from .lung_masks import OutlinedFilms
from .lung_network import FILM
from .lung_network import SIDE as FILM_SIDE
from .manifest import CALIBRATED_ON, CHOSEN_ON, DATA, LICENCE, POPULATION, VIEWS, cohort, varied, written
from .recipe import Predictions
from .train import as_luma

NAME, VERSION = "lungfield-mobilenetv2", "0.15.0"


@dataclass(frozen=True)
class Machines:
    """The machine of each film by its path, to weigh the machines of a class alike."""

    of: dict[str, bool]

    @classmethod
    def known(cls, films: OutlinedFilms) -> "Machines":
        return cls({film.path: bool(flag) for film, flag in zip(films.films.films, films.multiple_of_8)})

    def weights(self, films: tuple[Films, ...]) -> np.ndarray:
        """``metrics.by_cell`` of the films of several views, one behind the other."""
        machines = np.array([self.of[film.path] for each in films for film in each.films])
        return metrics.by_cell(np.concatenate([each.targets for each in films]), machines)


@torch.no_grad()
def logits_of(eyes: Eyes, films: Films) -> np.ndarray:
    """What the network answers to whole films, within the lungs that are found in them: f64 [N]."""
    found = []
    for start in range(0, len(films), 64):
        luma = as_luma(films.pixels[start : start + 64])
        lungs = eyes.find(luma)
        x = eyes.frame.network_input(*eyes.frame.view(luma, lungs.soft, lungs.boxes))
        found.append(eyes.network(x.contiguous(memory_format=torch.channels_last))[1].flatten())
    return torch.cat(found).double().numpy()


def predictions(eyes: Eyes, films: Films, variants: Films | None, fold: int, report=print) -> dict[str, Predictions]:
    """The answers of a network that was kept from the patients of ``films``: as they come, at full size, and varied."""
    views = {"films": films, **varied(films)}
    if variants is not None:
        paths = {film.path for film in films.films}
        views["variants"] = variants.take([i for i, film in enumerate(variants.films) if film.path in paths])
        match_variants(films, views["variants"])
    found = {}
    for name, view in views.items():
        report(f"answers to {len(view)} films of fold {fold}: {name}")
        found[name] = Predictions(view, logits_of(eyes, view), np.full(len(view), fold))
    return found


def joined(parts: list[dict[str, Predictions]]) -> dict[str, Predictions]:
    """The predictions of several folds, view by view."""
    first, *rest = parts
    for more in rest:
        first = {name: own.concat(more[name]) for name, own in first.items()}
    return first


def full_scale(eyes: Eyes, films: Films) -> dict[str, float]:
    """The Grad-CAM value painted at full colour: 95th percentile of the maps' maxima over each class's own films."""
    scale = {}
    for name, sign in (("pneumonia", 1.0), ("normal", -1.0)):
        own = films.take([i for i, film in enumerate(films.films) if film.label == name])
        maxima = []
        for start in range(0, len(own), 64):
            luma = as_luma(own.pixels[start : start + 64])
            lungs = eyes.find(luma)
            with torch.no_grad():
                explained, _ = eyes.network(eyes.frame.network_input(*eyes.frame.view(luma, lungs.soft, lungs.boxes)))
            maxima += grad_cam(explained, eyes.network.head, sign).amax((1, 2)).tolist()
        scale[name] = metrics.figures(float(np.quantile(maxima, 0.95)))
        if not scale[name] > 0:
            raise ValueError(f"heatmap: nothing in the {name} films speaks for {name}. Train for longer")
    return scale


def describe(
    eyes: Eyes,
    films: OutlinedFilms,
    held_out: dict[str, Predictions],
    cross_validated: dict[str, Predictions],
    gate: FieldGate,
    of_gate: list[dict],
) -> dict:
    """Calibrates the model on the cross-validated answers, machines of a class weighing alike, and measures it on the fold that
    was kept from training."""
    machines = Machines.known(films)
    of = lambda views: tuple(cross_validated[name].films for name in views if name in cross_validated)  # noqa: E731
    calibration = fit_calibration(*pooled(cross_validated, CALIBRATED_ON), weights=machines.weights(of(CALIBRATED_ON)))
    logits, targets = pooled(cross_validated, CHOSEN_ON)
    probabilities = calibration.probability(logits)
    thresholds = choose_thresholds(probabilities, targets, machines.weights(of(CHOSEN_ON)))
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
    answered, frame = cross_validated["films"].films, eyes.frame
    return {
        "schema": "lungfield.manifest/3",
        "name": NAME,
        "version": VERSION,
        "input": {
            "preprocessing": "lung-frame/1",
            # The squashed copy of the film that all else is made of.
            "film": {"rows": network.ROWS, "columns": network.COLUMNS},
            "side": frame.side,
            "margin": MARGIN,
            "reach": frame.reach,
            "softness": frame.softness,
            "limit": LIMIT,
            "least_deviation": LEAST_DEVIATION,
            "stride": STRIDE,
        },
        "lungs": {"side": FILM_SIDE, "mean": network.MEAN, "std": network.STD, "least_side": LEAST_SIDE},
        "inputs": {"film": FILM, "picture": field_export.PICTURE, "places": field_export.PLACES},
        "outputs": {
            "outline": field_export.OUTLINE,
            "activations": field_export.EXPLAINED,
            "logit": LOGIT,
            "gate": GATE,
            "orientations": LIES,
            **({} if gate.adult_weights is None else {"adult": ADULT}),
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
        "gate": {
            "orientations": [*({"quarter_turns": turns, "inverted": inverted} for turns, inverted in ORIENTATIONS), None],
            "unlike_from": round(gate.unlike_from, 4),
            "refused_from": round(gate.refused_from, 4),
            "films": cohort("held-out", held_out["films"].films, "films"),
            **(
                {}
                if gate.adult_weights is None
                else {"adults": {"source": "training", "group": "adults", "split": "fitted", "count": gate.adults}}
            ),
        },
        "heatmap": {
            "method": "grad-cam",
            "layer": field_export.LAST_LAYER,
            "full_scale": full_scale(eyes, held_out["films"].films),
        },
        "measured": [written(record) for record in measured + of_gate],
        "intended_population": POPULATION,
        "licence": LICENCE,
        "data": {**DATA, "films": len(films), "patients": len(set(films.films.patients))},
    }
