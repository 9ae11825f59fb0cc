"""The gate: whether a picture is a chest film and how it lies, by the whole of it; how far it is from the films that the model
knows, and how like the adults' films that it was shown, by the lungs alone.

Both look at the means of quarters of two layers (``Network.gate_features``), taken by a matrix to ``DIMENSIONS`` numbers that are
white over children's films: mean 0, covariance 1. The root mean square of those of the lungs is the Mahalanobis distance (Lee et
al. 2018, arXiv 1807.03888), about 1 for a child's film. One softmax tells the eight orientations of a film from everything else,
and one more linear score the adults' films that it was shown from children's.
"""

import json
import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional

from . import metrics
from .augment import per_film, photographed
from .films import SIDE, Films, as_luma
from .lung_frame import Making, vary
from .lung_network import LungFields
from .lung_training import Framing, made_otherwise
from .reader import PORTION, Reader
from .rounding import MOST_LEVELS, rounded

DIMENSIONS = 256
# Quarter turns clockwise that the film was given, and whether black is white; the last class is everything else.
ORIENTATIONS = [(turns, inverted) for inverted in (False, True) for turns in range(4)]
UPRIGHT, NOT_A_FILM = 0, len(ORIENTATIONS)
# Shares of children's films, from patients never trained on and whoever made them, that may be called unlike the training films:
# for their distance, and of the rest for being more like adults' films.
FAR, LIKE_ADULTS = 0.05, 0.02
# Of films made otherwise, so many lie mirrored.
MIRRORED = 0.5
# Of children's films, whoever made them, so many may be taken for no film.
NOT_FILMS = 0.002
# So many may be refused for their distance. Fewer would leave some photographs of other things an answer on request.
TOO_FAR = 0.01
# Lungs that take less of a film's width or height than this are none: the least of films made otherwise have twice as much.
LEAST_SIDE = 0.2
# Films that it is fitted to, and those of them that are shown lying in every way.
FITTED_ON, ORIENTED = 1500, 1800
# The adult score is shown children's films in adults' making and adults' in children's, so that no making tells it which is which:
# so many of each, of every collection of adults.
CROSSED = Making(p_texture=1.0, texture_from=6, p_histogram=1.0)
CROSSED_FILMS = 600
# Keeps the weights of the score of few adults small.
ADULT_DECAY = 0.05


@dataclass(frozen=True)
class Gate:
    """``weights @ features + bias`` of the whole film scores how it lies; ``projection @ features + offset`` of the lung frame is
    white over children's films."""

    weights: Tensor
    bias: Tensor
    projection: Tensor
    offset: Tensor
    adult_weights: Tensor | None = None
    adult_bias: float = 0.0
    adults: int = 0
    unlike_from: float = math.inf
    refused_from: float = math.inf

    def lies(self, whole: Tensor) -> Tensor:
        """Scores of each orientation and of no film, [N, len(ORIENTATIONS) + 1]."""
        return whole @ self.weights.T + self.bias

    def numbers(self, framed: Tensor) -> Tensor:
        """[N, DIMENSIONS]"""
        return framed @ self.projection.T + self.offset

    def distance(self, framed: Tensor) -> np.ndarray:
        return self.numbers(framed).square().mean(1).sqrt().double().numpy()

    def adult_score(self, framed: Tensor) -> np.ndarray:
        """From 0 on more like the adults' films; of a gate that was shown none, below 0 for every film."""
        if self.adult_weights is None:
            return np.full(len(framed), -math.inf)
        return (self.numbers(framed) @ self.adult_weights + self.adult_bias).double().numpy()


@dataclass(frozen=True)
class Children:
    """Children's films as they came, made otherwise, and as a phone sees them: luma [N, 1, rows, columns] each."""

    original: Tensor
    otherwise: Tensor
    photographed: Tensor

    @classmethod
    def of(cls, films: Films, limit: int, seed: int) -> "Children":
        """At most ``limit`` of the films, in any order."""
        generator = Generator().manual_seed(seed)
        order = torch.randperm(len(films), generator=generator)[:limit].tolist()
        luma = as_luma(films.pixels[order])
        framing = Framing(p_invert=0.0, far_degrees=20.0)
        otherwise = torch.cat([made_otherwise(part, torch.ones_like(part), generator, framing, side=SIDE)[0] for part in luma.split(PORTION)])
        mirrored = per_film(torch.rand(len(luma), generator=generator) < MIRRORED)
        return cls(luma, torch.where(mirrored, otherwise.flip(-1), otherwise), torch.cat([photographed(part, generator) for part in luma.split(PORTION)]))

    def all(self) -> Tensor:
        return torch.cat([self.original, self.otherwise, self.photographed])


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


def crossed(reader: Reader, children: Tensor, adults: Tensor, generator: Generator) -> tuple[Tensor, Tensor]:
    """Gate features of the lung frames of children's films, each made as an adult's film that was drawn is, and of that one made
    as the child's is."""
    child, adult = [], []
    for part in children.split(PORTION):
        n = len(part)
        both = torch.cat([part, adults[torch.randint(len(adults), (n,), generator=generator)]])
        found = reader.find(both)
        made = vary(both, found.soft, found.boxes, reader.frame, CROSSED, generator, torch.arange(2 * n).roll(n))
        features = reader.gate_features(reader.frame.network_input(*made))
        child.append(features[:n])
        adult.append(features[n:])
    return torch.cat(child), torch.cat(adult)


def fit(reader: Reader, children: Children, negatives: dict[str, Tensor], adults: dict[str, Tensor], seed: int = 1) -> Gate:
    """All that is learnt: ``negatives`` and ``adults`` are luma by kind."""
    generator = Generator().manual_seed(seed)
    upright = children.all()
    whole = reader.gate_of_whole(upright)
    some = upright[torch.randperm(len(upright), generator=generator)[:ORIENTED]]
    seen, classes, weights = [whole], [torch.full((len(whole),), UPRIGHT)], [torch.ones(len(whole))]
    for number, (turns, inverted) in enumerate(ORIENTATIONS):
        if number != UPRIGHT:
            seen.append(reader.gate_of_whole(orient(some, turns, inverted)))
            classes.append(torch.full((len(some),), number))
            weights.append(torch.ones(len(some)))
    for pictures in negatives.values():
        # A picture may lie any way up, and be no film. Every kind weighs the same.
        seen.append(torch.cat([reader.gate_of_whole(orient(pictures, *each)) for each in ORIENTATIONS]))
        classes.append(torch.full((len(seen[-1]),), NOT_A_FILM))
        weights.append(torch.full((len(seen[-1]),), 1 / len(seen[-1])))
    projection, offset = whitening(whole)
    white = torch.cat(seen) @ projection.T + offset
    lies, bias = softmax_regression(white, torch.cat(classes), torch.cat(weights), len(ORIENTATIONS) + 1)
    framed = reader.gate_of_frame(upright)
    own_projection, own_offset = whitening(framed)
    gate = Gate(lies @ projection, lies @ offset + bias, own_projection, own_offset)
    if adults:
        some = children.original[:CROSSED_FILMS]
        child, adult = map(torch.cat, zip(*(crossed(reader, some, films, generator) for films in adults.values())))
        both = gate.numbers(torch.cat([child, adult, *(reader.gate_of_frame(films) for films in adults.values())]))
        is_adult = (torch.arange(len(both)) >= len(child)).long()
        weights, bias = softmax_regression(both, is_adult, torch.ones(len(both)), 2, ADULT_DECAY)
        count = sum(len(films) for films in adults.values())
        gate = replace(gate, adult_weights=weights[1] - weights[0], adult_bias=float(bias[1] - bias[0]), adults=count)
    return gate


def whitening(features: Tensor) -> tuple[Tensor, Tensor]:
    """Matrix and offset that take features to the ``DIMENSIONS`` of greatest variance, each with mean 0, variance 1."""
    features = features.double()
    mean, deviation = features.mean(0), features.std(0).clamp_min(1e-3)
    standard = (features - mean) / deviation
    values, vectors = torch.linalg.eigh(torch.cov(standard.T))
    # Few films span few dimensions; in the others nothing can be said, and nothing is blown up.
    kept = vectors[:, -DIMENSIONS:] / values[-DIMENSIONS:].clamp_min(1e-4 * values[-1]).sqrt()
    # As it ships, and an offset that fits what is left of the projection.
    projection = rounded((kept / deviation[:, None]).T, MOST_LEVELS)
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


def choose_limits(gate: Gate, reader: Reader, children: Children, negatives: dict[str, Tensor]) -> Gate:
    """The limits, by children's films and other pictures that it was not fitted to.

    Of the children's films, whoever made them, ``NOT_FILMS`` may be taken for no film, ``FAR`` lie beyond ``unlike_from``, and
    ``LIKE_ADULTS`` of the rest have an adult score of 0 or more. ``refused_from`` leaves ``TOO_FAR`` of them beyond it; where the
    nearest hundredth of what is no film lies farther still, it is half-way to that, as a ratio.
    """
    scores = gate.lies(reader.gate_of_whole(children.all()))
    excess = scores[:, NOT_A_FILM] - scores[:, :NOT_A_FILM].amax(1)
    bias = gate.bias.clone()
    bias[NOT_A_FILM] -= max(0.0, float(np.quantile(excess.numpy(), 1 - NOT_FILMS)))
    gate = replace(gate, bias=bias)
    framed = reader.gate_of_frame(children.all())
    distance = gate.distance(framed)
    unlike = float(np.quantile(distance, 1 - FAR))
    if gate.adult_weights is not None:
        near = gate.adult_score(framed)[distance < unlike]
        gate = replace(gate, adult_bias=gate.adult_bias - float(np.quantile(near, 1 - LIKE_ADULTS)))
    far = float(np.quantile(distance, 1 - TOO_FAR))
    near = 2 * far
    if negatives:
        near = float(np.quantile(gate.distance(torch.cat([reader.gate_of_frame(pictures) for pictures in negatives.values()])), 0.01))
    return replace(gate, unlike_from=unlike, refused_from=max(unlike, math.sqrt(far * max(near, far))))


@dataclass(frozen=True)
class Judgement:
    """What the reader makes of pictures, each [N]: how it found them to lie, whether they get no answer, and whether one with
    care."""

    orientation: np.ndarray
    distance: np.ndarray
    refused: np.ndarray
    flagged: np.ndarray
    adult: np.ndarray


def judge(gate: Gate, reader: Reader, luma: Tensor) -> Judgement:
    """As the reader does: a film that lies is put right and must be upright then; its lungs must be found; then they are looked
    at."""
    found = gate.lies(reader.gate_of_whole(luma)).argmax(1)
    righted = torch.stack([
        orient(picture[None], *back(int(number)))[0] if number not in (UPRIGHT, NOT_A_FILM) else picture
        for picture, number in zip(luma, found)
    ])
    refused = (found == NOT_A_FILM).numpy()
    refused |= (gate.lies(reader.gate_of_whole(righted)).argmax(1) != UPRIGHT).numpy()
    lungs = reader.find(righted)
    refused |= (sides(lungs).amin(1) < LEAST_SIDE).numpy()
    framed = reader.gate_of_frame(righted, lungs)
    distance = gate.distance(framed)
    refused |= distance >= gate.refused_from
    adult = gate.adult_score(framed) >= 0
    return Judgement(found.numpy(), distance, refused, ~refused & ((distance >= gate.unlike_from) | adult), adult)


def sides(found: LungFields) -> Tensor:
    """Width and height of lung boxes, as parts of the film's, [N, 2]; 0 where nothing was found."""
    lit = (found.soft > 0.5).flatten(1).any(1)
    return (found.boxes[:, 2:] - found.boxes[:, :2]) * lit.unsqueeze(1)


def back(number: int) -> tuple[int, bool]:
    """The turns, and whether black is made white, that put a film right that lies so."""
    turns, inverted = ORIENTATIONS[number]
    return (4 - turns) % 4, inverted


def measure(gate: Gate, reader: Reader, children: Children, negatives: dict[str, Tensor], adults: dict[str, Tensor]) -> list[dict]:
    """The manifest's ``measured`` of the gate, on films and pictures that neither fitted it nor set its limits."""
    records = []
    for view, luma in (("original", children.original), ("augmented", children.otherwise), ("photographed", children.photographed)):
        found = judge(gate, reader, luma)
        hits = {"refused": found.refused, "flagged": found.flagged, "recognised": found.orientation == UPRIGHT}
        records.append(record("children", "held-out", hits, views=[view]))
    for number, (turns, inverted) in enumerate(ORIENTATIONS):
        if number != UPRIGHT:
            found = gate.lies(reader.gate_of_whole(orient(children.otherwise, turns, inverted))).argmax(1).numpy()
            lies = {"quarter_turns": turns, "inverted": inverted}
            records.append(record("children", "held-out", {"recognised": found == number}, views=["augmented"], orientation=lies))
    for kind, pictures in negatives.items():
        records.append(record("not-chest", "held-out", {"refused": judge(gate, reader, pictures).refused}, kind=kind))
    for kind, films in adults.items():
        found = judge(gate, reader, films)
        far = (found.distance >= gate.unlike_from) | found.refused
        hits = {"flagged_or_refused": found.flagged | found.refused, "flagged_or_refused_by_distance": far, "refused": found.refused}
        records.append(record("adults", "held-out", hits, kind=kind))
    return records


def record(group: str, split: str, hits: dict[str, np.ndarray], **more) -> dict:
    """One of the manifest's ``measured``: a share for each of ``hits`` [N], by metric, all of the same pictures."""
    (count,) = {len(each) for each in hits.values()}
    films = {"source": "training", "group": group, "split": split, **more, "count": count}
    return {"films": films, "metrics": {name: metrics.proportion(each) for name, each in hits.items()}}


def build(
    reader: Reader, fitted: Films, held_out: Films, negatives: Films | None, adults: Films | None, seed: int, report=print
) -> tuple[Gate, list[dict]]:
    """The gate of trained networks, and what it measures.

    ``fitted`` films fit it. Of the ``held_out`` ones, of patients never trained on, every other patient sets its limits and the
    rest measure it. Half of the ``negatives`` and of the ``adults`` fit it; the other half measures, of the ``negatives`` it
    sets the limit of the distance as well.
    """
    report("gate: looking at films and other pictures")
    patients = sorted(set(held_out.patients))
    choosing = set(patients[::2])
    halves = [[i for i, patient in enumerate(held_out.patients) if (patient in choosing) == first] for first in (True, False)]
    of_kinds, of_adults = (
        {kind: as_luma(pixels) for kind, pixels in by_kind(each).items()} for each in (negatives, adults)
    )
    half = lambda kinds, start: {kind: luma[start::2] for kind, luma in kinds.items()}  # noqa: E731
    gate = fit(reader, Children.of(fitted, FITTED_ON, seed), half(of_kinds, 0), half(of_adults, 0), seed)
    gate = choose_limits(gate, reader, Children.of(held_out.take(halves[0]), len(held_out), seed), half(of_kinds, 1))
    measured = measure(gate, reader, Children.of(held_out.take(halves[1]), len(held_out), seed + 1), half(of_kinds, 1), half(of_adults, 1))
    for each in measured:
        report(f"gate: {json.dumps(each)}")
    return gate, measured
