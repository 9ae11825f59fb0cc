"""Numbers about a set of logits, and their 95 % intervals."""

import math

import numpy as np


def auroc(scores: np.ndarray, targets: np.ndarray) -> float:
    """Area under the receiver operating characteristic; ties count half."""
    positive = np.asarray(targets) > 0.5
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n, p = int((~positive).sum()), int(positive.sum())
    return float((ranks[positive].sum() - p * (p + 1) / 2) / (n * p))


def auroc_interval(scores, targets, patients, resamples: int = 2000, seed: int = 0) -> tuple[float, float]:
    """95 % interval by resampling patients, not films: films of one patient resemble each other."""
    names, member = np.unique(patients, return_inverse=True)
    films = [np.flatnonzero(member == i) for i in range(len(names))]
    generator = np.random.default_rng(seed)
    areas = []
    while len(areas) < resamples:
        drawn = np.concatenate([films[i] for i in generator.integers(len(films), size=len(films))])
        if 0 < targets[drawn].sum() < len(drawn):
            areas.append(auroc(scores[drawn], targets[drawn]))
    low, high = np.quantile(areas, [0.025, 0.975])
    return float(low), float(high)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927)."""
    z = 1.959964
    centre = (successes + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(successes * (n - successes) / n + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def balance(targets: np.ndarray) -> np.ndarray:
    """Weights with which each class is half of the total of 1."""
    positive = np.asarray(targets) > 0.5
    return np.where(positive, 0.5 / positive.sum(), 0.5 / (~positive).sum())


def log_loss(logits: np.ndarray, targets: np.ndarray) -> float:
    """Mean negative log likelihood, each class weighing half."""
    signed = np.where(np.asarray(targets) > 0.5, -logits, logits)
    return float((balance(targets) * np.logaddexp(0, signed)).sum())


def calibration_error(probabilities: np.ndarray, targets: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width, every film counting the same."""
    bin_of = np.minimum((probabilities * bins).astype(int), bins - 1)
    return float(
        sum(
            (bin_of == i).mean() * abs(probabilities[bin_of == i].mean() - targets[bin_of == i].mean())
            for i in np.unique(bin_of)
        )
    )


def sigmoid(x):
    return 1 / (1 + np.exp(-np.asarray(x, dtype=np.float64)))
