"""The shortcut audit: what the shipped network's answers and heatmaps rest on, on films that it was not trained on.

No lung masks exist for these films, so "the lungs" is one box for all of them: the middle 76 % of the width and the rows
from 12 % to 80 %. It holds the lungs of nearly every film, and the spine and heart between them.
"""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from . import metrics
from .augment import Augmentation, compress, cumulative_histograms, match_histogram, with_local_contrast
from .calibrate import Calibration
from .films import Films
from .gradcam import grad_cam
from .network import Network
from .train import Split, as_luma, network_input, predict

TOP, BOTTOM, SIDE = 0.12, 0.80, 0.12
BORDER = 0.08
# Widths over height that every film is cropped to: about the median of normal films, of both classes, and of pneumonia.
ASPECTS = (1.2, 1.35, 1.5)
COMMON_ASPECT = ASPECTS[1]
STEPS = 14


def masked(luma: Tensor, keep_inside: bool) -> Tensor:
    """The box of the lungs alone, or everything but it; the rest is the film's mean grey."""
    rows, columns = luma.shape[-2:]
    inside = torch.zeros(rows, columns, dtype=torch.bool)
    inside[int(TOP * rows) : int(BOTTOM * rows), int(SIDE * columns) : int((1 - SIDE) * columns)] = True
    mean = luma.mean((2, 3), keepdim=True)
    return torch.where(inside if keep_inside else ~inside, luma, mean)


def without_border(luma: Tensor) -> Tensor:
    """The outer part of each side, where markers and collimator edges are, as the film's mean grey."""
    rows, columns = luma.shape[-2:]
    inside = torch.zeros(rows, columns, dtype=torch.bool)
    high, wide = int(BORDER * rows), int(BORDER * columns)
    inside[high : rows - high, wide : columns - wide] = True
    return torch.where(inside, luma, luma.mean((2, 3), keepdim=True))


def recompressed(quality: float) -> Callable[[Tensor], Tensor]:
    settings = replace(Augmentation(), p_jpeg=1.0, jpeg_qualities=(quality, quality))
    return lambda luma: compress(luma, settings, torch.Generator().manual_seed(0))


def blurred(luma: Tensor) -> Tensor:
    small = functional.interpolate(luma, (112, 112), mode="bilinear", antialias=True, align_corners=False)
    return functional.interpolate(small, luma.shape[-2:], mode="bilinear", align_corners=False)


def at_aspect(films: Films, aspect: float) -> Films:
    """Films cropped about their middle to one width over height, so that squashing distorts all of them alike."""
    out = []
    for film, about in zip(as_luma(films.pixels), films.films):
        rows, columns = film.shape[-2:]
        ratio = aspect / (about.width / about.height)
        wide, high = (round(columns * ratio), rows) if ratio < 1 else (columns, round(rows / ratio))
        top, left = (rows - high) // 2, (columns - wide) // 2
        crop = film[None, :, top : top + high, left : left + wide]
        out.append(functional.interpolate(crop, (rows, columns), mode="bilinear", antialias=True, align_corners=False))
    return from_luma(torch.cat(out), films)


def with_histogram_of(films: Films, lender_of: Callable[[bool], bool]) -> Films:
    """Each film in the whole tone of one drawn at random from the class (True: pneumonia) that ``lender_of`` its own names."""
    generator = torch.Generator().manual_seed(0)
    curves = torch.cat([cumulative_histograms(as_luma(part.pixels)) for part in films.portions()])
    classes = {positive: np.flatnonzero(films.targets == positive) for positive in (False, True)}
    lenders = [classes[lender_of(film.positive)] for film in films.films]
    drawn = [int(each[torch.randint(0, len(each), (1,), generator=generator).item()]) for each in lenders]
    parts = zip(films.portions(), curves.split(64), curves[drawn].split(64))
    lent = [match_histogram(as_luma(part.pixels), own, other, torch.ones(len(own))) for part, own, other in parts]
    return from_luma(torch.cat(lent), films)


# Whose tone a film is given, by whether it shows pneumonia.
HISTOGRAM_DONORS: dict[str, Callable[[bool], bool]] = {
    "in the tone of another film of their class": lambda positive: positive,
    "in the tone of a film of the other class": lambda positive: not positive,
    "all in the tone of normal films": lambda positive: False,
    "all in the tone of films with pneumonia": lambda positive: True,
}
CHANGES: dict[str, Callable[[Tensor], Tensor]] = {
    "original": lambda luma: luma,
    "borders and markers erased": without_border,
    "only the lungs' box": lambda luma: masked(luma, keep_inside=True),
    "everything but the lungs' box": lambda luma: masked(luma, keep_inside=False),
    "JPEG quality 75 again": recompressed(75),
    "JPEG quality 30 again": recompressed(30),
    "half the resolution": blurred,
    "darker (gamma 1.4)": lambda luma: luma**1.4,
    "brighter (gamma 0.7)": lambda luma: luma**0.7,
    "half the local contrast": lambda luma: with_local_contrast(luma, 12, torch.tensor(0.5)),
    "twice the local contrast": lambda luma: with_local_contrast(luma, 12, torch.tensor(2.0)),
}


def changes(views: dict[str, Films]) -> Iterator[tuple[str, Films]]:
    """Every change and the held-out films so changed."""
    films = views["films"]
    for name, change in CHANGES.items():
        yield name, changed(films, change)
    for name, lender_of in HISTOGRAM_DONORS.items():
        yield name, with_histogram_of(films, lender_of)
    if "variants" in views:
        yield "full size", views["variants"]
        for aspect in ASPECTS:
            yield f"full size, all {aspect} times as wide as high", at_aspect(views["variants"], aspect)


def audit(network: Network, manifest: dict, split: Split, report=print) -> dict:
    """Every number of the audit."""
    views = split.views()
    films = views["films"]
    found: dict = {"films": [], "subgroups": [], "heat": {}}
    for name, each in changes(views):
        found["films"].append(row(name, network, manifest, each))
        report(json.dumps(found["films"][-1]))
    for subtype in sorted({film.subtype for film in films.films}):
        own = films.take([i for i, film in enumerate(films.films) if film.subtype == subtype])
        called = is_called(manifest, predict(network, own))
        right = called if own.films[0].positive else ~called
        low, high = metrics.wilson(int(right.sum()), len(right))
        found["subgroups"].append({"subtype": subtype, "right": float(right.mean()), "low": low, "high": high, "n": len(own)})
    found["mistakes"] = mistakes(network, manifest, films)
    found["heat"] = heat(network, films, report)
    return found


def mistakes(network: Network, manifest: dict, films: Films) -> dict:
    """How many films lie on the wrong side of the operating point, and how many of those with pneumonia as low as nine
    normal ones in ten do."""
    logits, positive = predict(network, films), films.targets > 0.5
    called = is_called(manifest, logits)
    among_normal = logits < np.quantile(logits[~positive], 0.9)
    return {
        "missed": int((positive & ~called).sum()),
        "missed_among_normal": int((positive & ~called & among_normal).sum()),
        "pneumonia": int(positive.sum()),
        "called": int((~positive & called).sum()),
        "normal": int((~positive).sum()),
    }


def changed(films: Films, change: Callable[[Tensor], Tensor]) -> Films:
    return from_luma(torch.cat([change(as_luma(part.pixels)) for part in films.portions()]), films)


def from_luma(luma: Tensor, films: Films) -> Films:
    return Films((luma[:, 0].clamp(0, 1) * 255).round().byte().numpy(), films.films)


def is_called(manifest: dict, logits: np.ndarray) -> np.ndarray:
    """Which films lie on pneumonia's side of the operating point."""
    calibration = manifest["calibration"]
    probabilities = Calibration(calibration["temperature"], calibration.get("bias", 0.0)).probability(logits)
    return probabilities >= manifest["thresholds"]["operating_point"]


def row(name: str, network: Network, manifest: dict, films: Films) -> dict:
    """AUROC, and what happens at the operating point."""
    logits, targets = predict(network, films), films.targets
    called, positive = is_called(manifest, logits), targets > 0.5
    return {
        "change": name,
        "n": len(films),
        "auroc": metrics.auroc(logits, targets),
        "sensitivity": float(called[positive].mean()),
        "specificity": float((~called[~positive]).mean()),
    }


def heat(network: Network, films: Films, report, limit: int = 100) -> dict:
    """Where the heat lies, whether it follows the weights, and whether it matters to the answer."""
    called = np.flatnonzero((predict(network, films) > 0) & (films.targets > 0.5))[:limit]
    called = films.take(called)
    luma = as_luma(called.pixels)
    maps = heatmaps(network, luma)
    ring = torch.ones(7, 7, dtype=torch.bool)
    ring[1:-1, 1:-1] = False
    shares = (maps[:, ring].sum(1) / maps.sum((1, 2)).clamp_min(1e-9)).numpy()
    found = {
        "n": len(luma),
        "share_of_heat_in_the_outer_cells": float(shares.mean()),
        "share_of_area_of_the_outer_cells": float(ring.float().mean()),
        "randomised": randomised(network, luma, maps),
        "removal": removal(network, called, maps),
    }
    report(json.dumps(found))
    return found


@torch.no_grad()
def activations_of(network: Network, luma: Tensor) -> Tensor:
    return torch.cat([network(network_input(part, network))[0] for part in luma.split(64)])


def heatmaps(network: Network, luma: Tensor) -> Tensor:
    """Grad-CAM for pneumonia, [N, 7, 7]."""
    return torch.cat([grad_cam(part, network.head, 1.0) for part in activations_of(network, luma).split(64)]).detach()


def randomised(network: Network, luma: Tensor, maps: Tensor) -> list[dict]:
    """Adebayo et al. 2018 (arXiv 1810.03292): weights are redrawn from the classifier downwards. A map that does not
    change does not show what was learnt. Mean rank correlation with the true maps."""
    torch.manual_seed(0)
    other = copy.deepcopy(network)
    rows = []
    for name in ("classifier", "features.18", "features.17", "features.14", "features.7", "features.1"):
        for key, value in other.named_parameters():
            if key.startswith(name + "."):
                value.data = value.data.flatten()[torch.randperm(value.numel())].view_as(value)
        found = [rank_correlation(a, b) for a, b in zip(maps, heatmaps(other, luma))]
        known = [value for value in found if value is not None]
        mean = float(np.mean(known)) if known else None
        rows.append({"redrawn_down_to": name, "rank_correlation": mean, "without_heat": 1 - len(known) / len(found)})
    return rows


def rank_correlation(a: Tensor, b: Tensor) -> float | None:
    """Spearman's; a map of one value has none."""
    ranks = [values.flatten().argsort().argsort().double() for values in (a, b)]
    if a.max() == a.min() or b.max() == b.min():
        return None
    return float(torch.corrcoef(torch.stack(ranks))[0, 1])


def removal(network: Network, films: Films, maps: Tensor) -> dict[str, float]:
    """Deletion and insertion (Petsiuk et al. 2018, arXiv 1806.07421): the area under the probability while the film is
    blurred away cell by cell, hottest first, or uncovered so; for Grad-CAM and for a random order."""
    luma = as_luma(films.pixels)
    background = luma
    for _ in range(6):
        background = functional.avg_pool2d(functional.pad(background, (12,) * 4, mode="replicate"), 25, 1)
    generator = torch.Generator().manual_seed(0)
    orders = {"grad_cam": maps.flatten(1), "random": torch.rand(len(maps), 49, generator=generator)}
    found = {}
    for name, values in orders.items():
        rank = values.argsort(1, descending=True).argsort(1).view(-1, 1, 7, 7).float()
        rank = functional.interpolate(rank, luma.shape[-2:], mode="nearest")
        for what in ("deletion", "insertion"):
            curve = []
            for step in range(STEPS + 1):
                gone = rank < 49 * step / STEPS
                picture = torch.where(gone if what == "deletion" else ~gone, background, luma)
                logits = predict(network, from_luma(picture, films))
                curve.append(metrics.sigmoid(logits).mean())
            found[f"{what}_{name}"] = float(np.trapezoid(curve) / STEPS)
    return found


def write(found: dict, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
