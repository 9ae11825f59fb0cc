"""The gate: whether a picture is a child's chest film as the model knows them, which way up it is, and how far from them.

It uses what the network computes anyway, half-way up, projected by one matrix to ``DIMENSIONS`` numbers that are white over
children's films: mean 0, covariance 1. Their root mean square is the Mahalanobis distance (Lee et al. 2018, arXiv
1807.03888), about 1 for a child's film. One softmax of them tells the eight orientations of a film from everything else, and
one more linear score the adults' films that it was shown from children's.
"""

import json
import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from . import metrics
from .augment import Augmentation, photographed
from .films import Films
from .network import Network
from .train import Split, as_luma, aspects_of, network_input

DIMENSIONS = 256
# Quarter turns clockwise that the film was given, and whether black is white; the last class is everything else.
ORIENTATIONS = [(turns, inverted) for inverted in (False, True) for turns in range(4)]
UPRIGHT, NOT_A_FILM = 0, len(ORIENTATIONS)
# Shares of children's films, from patients never trained on, that may be called unlike the training films: for their
# distance, and of the rest for being more like adults' films.
FAR, LIKE_ADULTS = 0.015, 0.005
# Films that the projection is fitted on, drawn at random.
FITTED_ON = 2500


@dataclass(frozen=True)
class Gate:
    """``gate = projection @ features + offset``; the rest is what the reader does with it."""

    projection: Tensor
    offset: Tensor
    weights: Tensor
    bias: Tensor
    adult_weights: Tensor | None = None
    adult_bias: float = 0.0
    adults: int = 0
    unlike_from: float = math.inf
    refused_from: float = math.inf

    def project(self, features: Tensor) -> Tensor:
        """Features [N, GATE_FEATURES] -> gate [N, DIMENSIONS]."""
        return features @ self.projection.T + self.offset

    def distance(self, gate: Tensor) -> np.ndarray:
        return gate.square().mean(1).sqrt().double().numpy()

    def adult_score(self, gate: Tensor) -> np.ndarray:
        """From 0 on more like the adults' films; of a gate that was shown none, below 0 for every film."""
        if self.adult_weights is None:
            return np.full(len(gate), -math.inf)
        return (gate @ self.adult_weights + self.adult_bias).double().numpy()

    def flags(self, gate: Tensor) -> np.ndarray:
        """Whether films are unlike the training films."""
        return (self.distance(gate) >= self.unlike_from) | (self.adult_score(gate) >= 0)

    def orientations(self, gate: Tensor) -> Tensor:
        """Probability of each orientation, and of no chest film, [N, len(ORIENTATIONS) + 1]."""
        return functional.softmax(gate @ self.weights.T + self.bias, 1)


def by_kind(films: Films | None) -> dict[str, np.ndarray]:
    """Prepared pictures by what ``lungfield prepare`` wrote as their subtype: the name of their folder."""
    if films is None:
        return {}
    kinds = np.array([film.subtype for film in films.films])
    return {kind: np.array(films.pixels[np.flatnonzero(kinds == kind)]) for kind in sorted(set(kinds.tolist()))}


def orient(luma: Tensor, turns: int, inverted: bool) -> Tensor:
    """Films [N, 1, rows, columns] turned clockwise by quarters, and black made white."""
    luma = torch.rot90(luma, -turns, (2, 3))
    return 1 - luma if inverted else luma


@torch.no_grad()
def features(network: Network, luma: Tensor, batch: int = 64) -> Tensor:
    """Gate features, f32 [N, GATE_FEATURES], of luma in 0..1."""
    network.eval()
    return torch.cat([network.gate_features(network_input(part, network)).float().cpu() for part in luma.split(batch)])


def all_orientations(network: Network, luma: Tensor) -> Tensor:
    """Gate features of pictures in each of ``ORIENTATIONS``, [len(ORIENTATIONS), N, GATE_FEATURES]."""
    return torch.stack([features(network, orient(luma, turns, inverted)) for turns, inverted in ORIENTATIONS])


@dataclass(frozen=True)
class FeatureSets:
    """Gate features of children's films: original, augmented as in training, some of these in all orientations, and as
    photographs."""

    original: Tensor
    augmented: Tensor
    oriented: Tensor
    photographed: Tensor

    @property
    def upright(self) -> Tensor:
        """Every one that is neither turned nor inverted."""
        return torch.cat([self.original, self.augmented, self.photographed])

    @classmethod
    def of(cls, network: Network, split: Split, indices: list[int], limit: int, seed: int) -> "FeatureSets":
        """At most ``limit`` of the films, each from both of its sources, in any order: a tone is lent by a neighbour."""
        generator = torch.Generator().manual_seed(seed)
        drawn = [indices[i] for i in torch.randperm(len(indices), generator=generator)[:limit].tolist()]
        sources = [split.films.take(drawn)]
        other = [split.variant_of[i] for i in drawn if i in split.variant_of]
        if other:
            sources.append(split.variants.take(other))
        luma = torch.cat([as_luma(films.pixels) for films in sources])
        augmented = torch.cat([
            Augmentation()(as_luma(part.pixels), generator, aspects_of(part)) for films in sources for part in films.portions()
        ])
        some = torch.randperm(len(luma), generator=generator)[: len(luma) // 3]
        phone = torch.cat([photographed(part, generator) for part in luma.split(64)])
        return cls(*(features(network, each) for each in (luma, augmented)), all_orientations(network, augmented[some]), features(network, phone))


def fit(children: FeatureSets, negatives: dict[str, Tensor], adults: dict[str, Tensor]) -> Gate:
    """Projection, softmax and the score of adults' films. The projection knows nothing but children's films; ``negatives``
    and ``adults``, each kind's features in all orientations, only train what tells them from those."""
    projection, offset = whitening(torch.cat([children.original, children.upright]))
    gate = Gate(projection, offset, torch.zeros(len(ORIENTATIONS) + 1, len(projection)), torch.zeros(len(ORIENTATIONS) + 1))
    upright = gate.project(children.upright)
    seen, classes, weights = [upright], [torch.full((len(upright),), UPRIGHT)], [torch.ones(len(upright))]
    for orientation, oriented in enumerate(children.oriented):
        if orientation != UPRIGHT:
            seen.append(gate.project(oriented))
            classes.append(torch.full((len(oriented),), orientation))
            weights.append(torch.ones(len(oriented)))
    for oriented in negatives.values():
        # A picture may lie any way up, and be a negative: none of it makes a film of it. Every kind weighs the same.
        seen.append(gate.project(oriented.flatten(0, 1)))
        classes.append(torch.full((len(seen[-1]),), NOT_A_FILM))
        weights.append(torch.full((len(seen[-1]),), 1 / len(seen[-1])))
    weights, bias = softmax_regression(torch.cat(seen), torch.cat(classes), torch.cat(weights), len(ORIENTATIONS) + 1)
    gate = replace(gate, weights=weights, bias=bias)
    if adults:
        adult = gate.project(torch.cat([oriented[UPRIGHT] for oriented in adults.values()]))
        both, is_adult = torch.cat([upright, adult]), torch.arange(len(upright) + len(adult)) >= len(upright)
        weights, bias = softmax_regression(both, is_adult.long(), torch.ones(len(both)), 2)
        gate = replace(gate, adult_weights=weights[1] - weights[0], adult_bias=float(bias[1] - bias[0]), adults=len(adult))
    return gate


def whitening(features: Tensor) -> tuple[Tensor, Tensor]:
    """Matrix and offset that take features to the ``DIMENSIONS`` of greatest variance, each with mean 0, variance 1."""
    features = features.double()
    mean, deviation = features.mean(0), features.std(0).clamp_min(1e-3)
    standard = (features - mean) / deviation
    values, vectors = torch.linalg.eigh(torch.cov(standard.T))
    # Few films span few dimensions; in the others nothing can be said, and nothing is blown up.
    kept = vectors[:, -DIMENSIONS:] / values[-DIMENSIONS:].clamp_min(1e-4 * values[-1]).sqrt()
    # As it ships: half precision, and an offset that fits what is left of the projection.
    projection = (kept / deviation[:, None]).T.half().double()
    return projection.float(), (-projection @ mean).float()


def softmax_regression(
    x: Tensor, classes: Tensor, weight: Tensor, count: int, decay: float = 1e-3
) -> tuple[Tensor, Tensor]:
    """Multinomial logistic regression, every class weighing the same in all, by L-BFGS to convergence."""
    weight = weight.double()
    for each in classes.unique():
        weight[classes == each] /= weight[classes == each].sum()
    weights = torch.zeros(count, x.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(count, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=300, line_search_fn="strong_wolfe")
    x = x.double()

    def loss():
        optimiser.zero_grad()
        losses = functional.cross_entropy(x @ weights.T + bias, classes, reduction="none")
        value = (losses * weight).sum() / weight.sum() + decay * weights.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    return weights.detach().float(), bias.detach().float()


def choose_limits(gate: Gate, held_out: FeatureSets, negatives: dict[str, Tensor]) -> Gate:
    """The limits, on children's films of patients never trained on and on pictures never fitted to.

    Beyond ``unlike_from`` lie ``FAR`` of the films as they are, and ``LIKE_ADULTS`` of the rest have a score of adults'
    films of 0 or more. ``refused_from`` lies half-way, as a ratio, between the last hundredth of the films, varied and
    photographed ones among them, and the nearest hundredth of what is no film.
    """
    original, upright = (gate.distance(gate.project(seen)) for seen in (held_out.original, held_out.upright))
    unlike = float(np.quantile(original, 1 - FAR))
    if gate.adult_weights is not None:
        near = gate.project(held_out.original)[torch.from_numpy(original < unlike)]
        gate = replace(gate, adult_bias=gate.adult_bias - float(np.quantile(gate.adult_score(near), 1 - LIKE_ADULTS)))
    far = float(np.quantile(upright, 0.99))
    near = 2 * far
    if negatives:
        near = float(np.quantile(gate.distance(gate.project(torch.cat([oriented[UPRIGHT] for oriented in negatives.values()]))), 0.01))
    refused = max(unlike, math.sqrt(far * max(near, far)))
    return replace(gate, unlike_from=unlike, refused_from=refused)


@dataclass(frozen=True)
class Judgement:
    """What the reader makes of pictures, each [N]: the orientation they were found in, and their distance once put right."""

    orientation: np.ndarray
    distance: np.ndarray
    refused: np.ndarray
    flagged: np.ndarray


def judge(gate: Gate, oriented: Tensor, shown: int = UPRIGHT) -> Judgement:
    """As the reader does: a turned or inverted film is put right and looked at once more, and must be upright then.

    ``oriented`` has the pictures' features in all orientations; the reader is shown them in ``shown``.
    """
    projected = torch.stack([gate.project(features) for features in oriented])
    found = torch.stack([gate.orientations(each).argmax(1) for each in projected])
    orientation = found[shown]
    turns, inverted = ORIENTATIONS[shown]
    righted = torch.full_like(orientation, shown)
    for each, (their_turns, their_inverted) in enumerate(ORIENTATIONS):
        righted[orientation == each] = ORIENTATIONS.index(((turns - their_turns) % 4, inverted != their_inverted))
    film = torch.arange(len(orientation))
    distance = gate.distance(projected[righted, film])
    refused = (found[righted, film] != UPRIGHT).numpy() | (distance >= gate.refused_from)
    return Judgement(orientation.numpy(), distance, refused, ~refused & gate.flags(projected[righted, film]))


def measure(gate: Gate, held_out: FeatureSets, negatives: dict[str, Tensor], adults: dict[str, Tensor]) -> list[dict]:
    """The manifest's ``measured`` of the gate, on films and pictures that it was not fitted to."""
    records = []
    for view, seen in (
        ("original", held_out.original),
        ("augmented", held_out.augmented),
        ("photographed", held_out.photographed),
    ):
        seen = gate.project(seen)
        orientation = gate.orientations(seen).argmax(1).numpy()
        refused = (gate.distance(seen) >= gate.refused_from) | (orientation == NOT_A_FILM)
        found = {"refused": refused, "flagged": gate.flags(seen) & ~refused, "recognised": orientation == UPRIGHT}
        records.append(record("children", "held-out", found, views=[view]))
    for orientation, (turns, inverted) in enumerate(ORIENTATIONS):
        if orientation != UPRIGHT:
            found = judge(gate, held_out.oriented, orientation)
            lies = {"quarter_turns": turns, "inverted": inverted}
            hits = {"recognised": found.orientation == orientation}
            records.append(record("children", "held-out", hits, views=["augmented"], orientation=lies))
    for kind, oriented in negatives.items():
        records.append(record("not-chest", "held-out", {"refused": judge(gate, oriented).refused}, kind=kind))
    for kind, oriented in adults.items():
        found = judge(gate, oriented)
        hits = {
            "flagged_or_refused": found.flagged | found.refused,
            "flagged_or_refused_by_distance": (found.distance >= gate.unlike_from) | found.refused,
            "refused": found.refused,
        }
        records.append(record("adults", "held-out", hits, kind=kind))
    return records


def unseen_adults(children: FeatureSets, held_out: FeatureSets, adults: dict[str, Tensor]) -> list[dict]:
    """Each kind of adults' films as a gate judges it whose score was fitted to the other kinds."""
    records = []
    for kind, oriented in adults.items():
        rest = {name: each for name, each in adults.items() if name != kind}
        if rest:
            gate = choose_limits(fit(children, {}, rest), held_out, {})
            hits = {"flagged": gate.flags(gate.project(oriented[UPRIGHT]))}
            records.append(record("adults", "unseen-kind", hits, kind=kind))
    return records


def unseen_kinds(children: FeatureSets, held_out: FeatureSets, negatives: dict[str, Tensor]) -> list[dict]:
    """Each kind of picture as a gate judges it that never saw that kind: what to expect of the next surprise."""
    records = []
    for kind, oriented in negatives.items():
        rest = {name: each for name, each in negatives.items() if name != kind}
        gate = choose_limits(fit(children, rest, {}), held_out, rest)
        records.append(record("not-chest", "unseen-kind", {"refused": judge(gate, oriented).refused}, kind=kind))
    return records


def record(group: str, split: str, hits: dict[str, np.ndarray], **more) -> dict:
    """One of the manifest's ``measured``: a share for each of ``hits`` [N], by metric, all of the same pictures."""
    (count,) = {len(each) for each in hits.values()}
    films = {"source": "training", "group": group, "split": split, **more, "count": count}
    return {"films": films, "metrics": {name: metrics.proportion(each) for name, each in hits.items()}}


def build(
    network: Network, split: Split, negatives: Films | None, adults: Films | None, seed: int, report=print
) -> tuple[Gate, list[dict]]:
    """The gate of a trained network, and what it measures.

    Films that the network was trained on fit it, the held-out ones set its limits and measure it. Half of the ``negatives``
    and of the ``adults`` fit what tells them from children's films, half set the limit and measure.
    """
    report("gate: looking at films and other pictures")
    children = FeatureSets.of(network, split, split.training, FITTED_ON, seed)
    held_out = FeatureSets.of(network, split, split.validation, len(split.validation), seed)
    kinds, adult_kinds = (
        {kind: all_orientations(network, as_luma(pixels)) for kind, pixels in by_kind(each).items()} for each in (negatives, adults)
    )
    halves = lambda oriented: [{kind: seen[:, start::2] for kind, seen in oriented.items()} for start in (0, 1)]  # noqa: E731
    (fitted, held_out_negatives), (fitted_adults, held_out_adults) = halves(kinds), halves(adult_kinds)
    report(f"gate: fitting to {len(children.original)} films and {sum(w.shape[1] for w in fitted.values())} other pictures")
    gate = choose_limits(fit(children, fitted, fitted_adults), held_out, held_out_negatives)
    measured = measure(gate, held_out, held_out_negatives, held_out_adults)
    measured += unseen_kinds(children, held_out, kinds) + unseen_adults(children, held_out, adult_kinds)
    for each in measured:
        report(f"gate: {json.dumps(each)}")
    return gate, measured
