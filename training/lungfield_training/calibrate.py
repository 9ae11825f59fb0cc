"""From logits to answers: probability, thresholds, and what was measured, on films that the networks did not see."""

import math
from dataclasses import astuple, dataclass, fields

import numpy as np

from . import metrics
from .films import Films

# The largest share of the films, each class weighing half and its machines alike, that may be called uncertain. Of films as they
# come, most of them of the machine that is read more surely, that is eight in a hundred.
UNCERTAIN = 0.12
# Error levels that are tried, the lowest first.
LEVELS = tuple(level / 1000 for level in range(2, 51))
# Sensitivity that the screening point keeps, and specificity that the rule-in point keeps.
SCREENING, RULE_IN = 0.985, 0.995


@dataclass(frozen=True)
class Calibration:
    """probability = sigmoid(logit / temperature + bias)."""

    temperature: float
    bias: float = 0.0

    def probability(self, logits) -> np.ndarray:
        return metrics.sigmoid(np.asarray(logits, dtype=np.float64) / self.temperature + self.bias)


@dataclass(frozen=True)
class Thresholds:
    """In probability; ``unlikely_below <= operating_point <= likely_from``. Of cross-fitted answers, one for each film."""

    operating_point: float | np.ndarray
    unlikely_below: float | np.ndarray
    likely_from: float | np.ndarray
    error_level: float | np.ndarray


@dataclass(frozen=True)
class Predictions:
    """Films, the logit that each was given by a network never trained on its patient, the fold of that patient, and the machine
    that the film was made by."""

    films: Films
    logits: np.ndarray
    folds: np.ndarray
    machines: np.ndarray

    def concat(self, more: "Predictions") -> "Predictions":
        films = Films(np.concatenate([self.films.pixels, more.films.pixels]), self.films.films + more.films.films)
        arrays = ((self.logits, more.logits), (self.folds, more.folds), (self.machines, more.machines))
        return Predictions(films, *(np.concatenate(pair) for pair in arrays))


def fit_calibration(logits: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> Calibration:
    """Temperature scaling (Guo et al. 2017, arXiv 1706.04599) by the lowest log loss of films that weigh ``weights``.

    Where these give each class half, the probability is the one for a film that was as likely as not before it was read,
    whatever the share of pneumonia among the films it was fitted on. As the classes weigh the same in training, a logit of 0 is
    even odds, without a bias. Platt's targets (1999), (n + 1) / (n + 2) and 1 / (n + 2), keep the slope finite where the classes
    do not overlap.
    """
    positive = targets > 0.5
    aims = np.where(positive, (positive.sum() + 1) / (positive.sum() + 2), 1 / ((~positive).sum() + 2))
    # Newton's method on the slope, in which the loss is convex; short steps, so that none leaps over the valley.
    slope = 1.0
    for _ in range(100):
        p = metrics.sigmoid(slope * logits)
        gradient, curvature = (weights * (p - aims) * logits).sum(), (weights * p * (1 - p) * logits**2).sum() + 1e-9
        step = gradient / curvature
        slope -= step * min(1.0, 0.5 / max(abs(step), 1e-12))
        if abs(step) < 1e-9:
            break
    if not slope > 0:
        raise ValueError(f"calibration: slope {slope:.3g}: the logits do not tell the classes apart. Train for longer")
    return Calibration(float(1 / slope))


def conformal(probabilities: np.ndarray, targets: np.ndarray, weights: np.ndarray, level: float) -> tuple[float, float]:
    """``unlikely_below`` and ``likely_from`` by class-conditional conformal prediction.

    Of new films like these with pneumonia at most ``level`` are called unlikely, of those without at most ``level``
    likely (Vovk 2012, arXiv 1209.2673; the finite-sample quantiles of the split method). ``weights`` [N] give the films other
    shares than equal ones (Tibshirani et al. 2019, arXiv 1904.06019): so it holds for a mixture of machines as even as they
    make it.
    """
    positive = targets > 0.5
    below = lowest_kept(probabilities[positive], weights[positive], level)
    above = lowest_kept(-probabilities[~positive], weights[~positive], level)
    return (0.0 if below is None else below), (1.0 if above is None else float(np.nextafter(-above, 1)))


def lowest_kept(scores: np.ndarray, weights: np.ndarray, level: float) -> float | None:
    """The highest score below which no more than ``level`` of the weight lies, a new film's own counted; none where that film's
    alone is more."""
    order = np.argsort(scores)
    weights = weights[order] / weights.sum()
    share = (np.cumsum(weights) - weights + weights.mean()) / (1 + weights.mean())
    kept = int((share <= level).sum())
    return float(scores[order][kept - 1]) if kept else None


def choose_thresholds(probabilities: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> Thresholds:
    """The operating point and the band of uncertainty around it.

    The operating point is one half: there, a film is as likely to be of either class, so sensitivity and specificity
    are about equal. Read off the calibration, it rests on all films and not on the few misread ones. The band is the
    conformal one of the lowest error level that calls at most ``UNCERTAIN`` of the films uncertain, by ``weights``, or of
    the highest of ``LEVELS`` where none does; it always holds the operating point.
    """
    for level in LEVELS:
        below, above = conformal(probabilities, targets, weights, level)
        below, above = min(below, 0.5), max(above, 0.5)
        uncertain = float(weights[(probabilities >= below) & (probabilities < above)].sum())
        if uncertain <= UNCERTAIN:
            break
    return Thresholds(operating_point=0.5, unlikely_below=below, likely_from=above, error_level=level)


@dataclass(frozen=True)
class Answers:
    """What films were told: probability of pneumonia, [N], and the thresholds that it was held against."""

    probabilities: np.ndarray
    thresholds: Thresholds

    @property
    def called(self) -> np.ndarray:
        """Whether pneumonia is rather there than not, [N]."""
        return self.probabilities >= self.thresholds.operating_point

    @property
    def uncertain(self) -> np.ndarray:
        """Whether the answer is that it is uncertain, [N]."""
        return (self.probabilities >= self.thresholds.unlikely_below) & (self.probabilities < self.thresholds.likely_from)

    def right(self, targets: np.ndarray) -> np.ndarray:
        """Whether they lie on the right side of the operating point, [N]."""
        return self.called == (targets > 0.5)


def pooled(predictions: dict[str, Predictions], views: tuple[str, ...], fold=None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits and targets of several views, those that there are, and weights by which each class counts half and its machines
    alike; of a ``fold``, only those that are not of it."""
    own = [predictions[name] for name in views if name in predictions]
    kept = [slice(None) if fold is None else view.folds != fold for view in own]
    logits, targets, machines = (
        np.concatenate([values[others] for values, others in zip(each, kept)])
        for each in zip(*((view.logits, view.films.targets, view.machines) for view in own))
    )
    return logits, targets, metrics.by_cell(targets, machines)


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
        logits, targets, weights = pooled(predictions, chosen_on, away)
        chosen = astuple(choose_thresholds(calibration.probability(logits), targets, weights))
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
    right, uncertain = answers.right(targets), answers.uncertain
    shares = {"accuracy": right, "uncertain": uncertain, "accuracy_where_certain": right[~uncertain]}
    return {
        "auroc": metrics.estimate(
            metrics.auroc(logits, targets), len(targets), *metrics.auroc_interval(logits, targets, patients)
        ),
        **at_point(answers.probabilities, targets, answers.thresholds.operating_point),
        **{name: metrics.proportion(hits) for name, hits in shares.items() if len(hits)},
        "calibration_error": metrics.estimate(metrics.calibration_error(answers.probabilities, targets), len(targets)),
    }
