"""From logits to answers: probability, thresholds, and what was measured, on films that the networks did not see."""

import math
from dataclasses import astuple, dataclass, fields

import numpy as np
import torch

from . import metrics
from .films import Films
from .gradcam import grad_cam
from .network import Network
from .recipe import Predictions
from .train import as_luma, network_input

# The largest share of the films, each class weighing half, that may be called uncertain: of films from elsewhere, where more
# are, a tenth may be.
UNCERTAIN = 0.04
# Error levels that are tried, the lowest first.
LEVELS = tuple(level / 1000 for level in range(2, 51))
# Sensitivity that the screening point keeps, and specificity that the rule-in point keeps.
SCREENING, RULE_IN = 0.985, 0.995


@dataclass(frozen=True)
class Calibration:
    """probability = sigmoid(logit / temperature + bias)."""

    temperature: float
    bias: float

    def probability(self, logits) -> np.ndarray:
        return metrics.sigmoid(np.asarray(logits, dtype=np.float64) / self.temperature + self.bias)


@dataclass(frozen=True)
class Thresholds:
    """In probability; ``unlikely_below <= operating_point <= likely_from``. Of cross-fitted answers, one for each film."""

    operating_point: float | np.ndarray
    unlikely_below: float | np.ndarray
    likely_from: float | np.ndarray
    error_level: float | np.ndarray


def fit_calibration(logits: np.ndarray, targets: np.ndarray, biased: bool = False, weights: np.ndarray | None = None) -> Calibration:
    """Temperature scaling (Guo et al. 2017, arXiv 1706.04599), and ``biased`` Platt's (1999), by the lowest log loss, each class
    weighing half, or films by ``weights`` (``metrics.by_cell``).

    So the probability is the one for a film that was as likely as not before it was read, whatever the share of
    pneumonia among the films it was fitted on. As the classes weigh the same in training, a logit of 0 is even odds without a
    bias. Platt's targets, (n + 1) / (n + 2) and 1 / (n + 2), keep the slope finite where the classes do not overlap.
    """
    positive = targets > 0.5
    n = {True: int(positive.sum()), False: int((~positive).sum())}
    aims = np.where(positive, (n[True] + 1) / (n[True] + 2), 1 / (n[False] + 2))
    weights = metrics.balance(targets) if weights is None else weights
    # Newton's method on slope and bias, in which the loss is convex; short steps, so that none leaps over the valley.
    x = np.stack([logits, np.ones_like(logits)])[: 1 + biased]
    found = np.array([1.0, 0.0])[: 1 + biased]
    for _ in range(100):
        p = metrics.sigmoid(found @ x)
        gradient = x @ (weights * (p - aims))
        curvature = (x * (weights * p * (1 - p))) @ x.T + 1e-9 * np.eye(len(x))
        step = np.linalg.solve(curvature, gradient)
        found -= step * min(1.0, 0.5 / np.abs(step).max())
        if np.abs(step).max() < 1e-9:
            break
    slope, bias = float(found[0]), float(found[1]) if biased else 0.0
    if not slope > 0:
        raise ValueError(f"calibration: slope {slope:.3g}: the logits do not tell the classes apart. Train for longer")
    return Calibration(1 / slope, bias)


def conformal(
    probabilities: np.ndarray, targets: np.ndarray, level: float, weights: np.ndarray | None = None
) -> tuple[float, float]:
    """``unlikely_below`` and ``likely_from`` by class-conditional conformal prediction.

    Of new films like these with pneumonia at most ``level`` are called unlikely, of those without at most ``level``
    likely (Vovk 2012, arXiv 1209.2673; the finite-sample quantiles of the split method).
    ``weights`` [N] give the films other shares than equal ones (Tibshirani et al. 2019, arXiv 1904.06019): so it holds for every
    mixture of machines that is as even as they make it.
    """
    if weights is not None:
        below, above = (
            weighted_bound(score[own], weights[own], level)
            for score, own in ((probabilities, targets > 0.5), (-probabilities, targets <= 0.5))
        )
        return (below if np.isfinite(below) else 0.0), (float(np.nextafter(-above, 1)) if np.isfinite(above) else 1.0)
    positive = np.sort(probabilities[targets > 0.5])
    negative = np.sort(probabilities[targets <= 0.5])
    spared = int(math.floor(level * (len(positive) + 1)))
    wrong = int(math.floor(level * (len(negative) + 1)))
    unlikely_below = float(positive[spared - 1]) if spared else 0.0
    likely_from = float(np.nextafter(negative[len(negative) - wrong], 1)) if wrong else 1.0
    return unlikely_below, likely_from


def weighted_bound(scores: np.ndarray, weights: np.ndarray, level: float) -> float:
    """The highest score below which no more than ``level`` of the weight lies, a new film's own counted; -inf where there is
    none."""
    order = np.argsort(scores)
    weights = weights[order] / weights.sum()
    share = (np.cumsum(weights) + weights.mean()) / (1 + weights.mean())
    spared = int((share <= level).sum())
    return float(scores[order][spared]) if spared else -math.inf


def choose_thresholds(probabilities: np.ndarray, targets: np.ndarray, weights: np.ndarray | None = None) -> Thresholds:
    """The operating point and the band of uncertainty around it.

    The operating point is one half: there, a film is as likely to be of either class, so sensitivity and specificity
    are about equal. Read off the calibration, it rests on all films and not on the few misread ones. The band is the
    conformal one of the lowest error level that calls at most ``UNCERTAIN`` of the films uncertain, each class weighing
    half, or of the highest of ``LEVELS`` where none does; it always holds the operating point.
    """
    of_band = metrics.balance(targets) if weights is None else weights
    for level in LEVELS:
        below, above = conformal(probabilities, targets, level, weights)
        below, above = min(below, 0.5), max(above, 0.5)
        uncertain = float(of_band[(probabilities >= below) & (probabilities < above)].sum())
        if uncertain <= UNCERTAIN:
            break
    return Thresholds(operating_point=0.5, unlikely_below=below, likely_from=above, error_level=level)


@dataclass(frozen=True)
class Answers:
    """What films were told: probability of pneumonia, [N], and the thresholds that it was held against."""

    probabilities: np.ndarray
    thresholds: Thresholds


def pooled(predictions: dict[str, Predictions], views: tuple[str, ...], fold=None) -> tuple[np.ndarray, np.ndarray]:
    """Logits and targets of several views, those that there are; of a ``fold``, only those that are not of it."""
    own = [predictions[name] for name in views if name in predictions]
    kept = [slice(None) if fold is None else view.folds != fold for view in own]
    return (
        np.concatenate([view.logits[others] for view, others in zip(own, kept)]),
        np.concatenate([view.films.targets[others] for view, others in zip(own, kept)]),
    )


def cross_fit(predictions: dict[str, Predictions], calibrated_on: tuple[str, ...], chosen_on: tuple[str, ...]) -> dict[str, Answers]:
    """Each film's answer by a calibration and thresholds that were chosen on the other folds.

    So nothing is measured on the films that it was fitted to. The views ``calibrated_on`` are those that the calibration is
    fitted to, those that thresholds are chosen on ``chosen_on``.
    """
    probabilities = {name: np.empty(len(view.films)) for name, view in predictions.items()}
    thresholds = {name: np.empty((len(view.films), len(fields(Thresholds)))) for name, view in predictions.items()}
    folds = np.unique(np.concatenate([view.folds for view in predictions.values()]))
    for fold in folds:
        # Of one fold alone there are no others: its answers are measured where they were chosen.
        away = fold if len(folds) > 1 else None
        calibration = fit_calibration(*pooled(predictions, calibrated_on, away))
        logits, targets = pooled(predictions, chosen_on, away)
        chosen = astuple(choose_thresholds(calibration.probability(logits), targets))
        for name, view in predictions.items():
            own = view.folds == fold
            probabilities[name][own] = calibration.probability(view.logits[own])
            thresholds[name][own] = chosen
    return {name: Answers(probabilities[name], Thresholds(*thresholds[name].T)) for name in predictions}


def operating_points(probabilities: np.ndarray, targets: np.ndarray) -> list[dict]:
    """Three points by name, with what was measured at each on these very films: the manifest's ``operating_points``."""
    positive, negative = probabilities[targets > 0.5], probabilities[targets <= 0.5]
    points = {
        "screening": min(0.5, float(np.sort(positive)[int(math.floor((1 - SCREENING) * len(positive)))])),
        "balanced": 0.5,
        "rule-in": max(0.5, float(np.nextafter(np.sort(negative)[int(math.ceil(RULE_IN * len(negative))) - 1], 1))),
    }
    return [
        {"name": name, "probability": round(point, 6), **metrics.rounded(at_point(probabilities, targets, point))}
        for name, point in points.items()
    ]


def at_point(probabilities: np.ndarray, targets: np.ndarray, point: float | np.ndarray) -> dict[str, dict]:
    """Sensitivity and specificity of calling films pneumonia from the probability ``point`` on."""
    positive, called = targets > 0.5, probabilities >= point
    return {"sensitivity": metrics.proportion(called[positive]), "specificity": metrics.proportion(~called[~positive])}


def measure(answers: Answers, logits: np.ndarray, targets: np.ndarray, patients: np.ndarray) -> dict[str, dict]:
    """The ``metrics`` of a set of films, each with its 95 % interval but for the calibration error. A metric that these films do
    not give, as every one is uncertain, is not there."""
    probabilities, thresholds = answers.probabilities, answers.thresholds
    positive, called = targets > 0.5, probabilities >= thresholds.operating_point
    uncertain = (probabilities >= thresholds.unlikely_below) & (probabilities < thresholds.likely_from)
    shares = {
        "accuracy": called == positive,
        "uncertain": uncertain,
        "accuracy_where_certain": (called == positive)[~uncertain],
    }
    return {
        "auroc": metrics.estimate(
            metrics.auroc(logits, targets), len(targets), *metrics.auroc_interval(logits, targets, patients)
        ),
        **at_point(probabilities, targets, thresholds.operating_point),
        **{name: metrics.proportion(hits) for name, hits in shares.items() if len(hits)},
        "calibration_error": metrics.estimate(metrics.calibration_error(probabilities, targets), len(targets)),
    }


def full_scale(network: Network, films: Films) -> dict[str, float]:
    """The Grad-CAM value painted at full colour: 95th percentile of the maps' maxima over each class's own films."""
    network.eval()
    scale = {}
    for name, sign in (("pneumonia", 1.0), ("normal", -1.0)):
        own = films.take([i for i, film in enumerate(films.films) if film.label == name])
        maxima = []
        for i in range(0, len(own), 64):
            with torch.no_grad():
                activations, _ = network(network_input(as_luma(own.pixels[i : i + 64]), network))
            maxima += grad_cam(activations, network.head, sign).amax((1, 2)).tolist()
        scale[name] = metrics.figures(float(np.quantile(maxima, 0.95)))
        if not scale[name] > 0:
            raise ValueError(f"heatmap: nothing in the {name} films speaks for {name}. Train for longer")
    return scale
