"""What each part of the recipe is worth: changes of it, one at a time, cross-validated by patient.

Many networks have to be trained for that, so they are trained on small films, for a fifth of the work, and briefly. The
fold that the recipe holds out is in none of them, so that no choice is made on it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from . import metrics
from .audit import COMMON_ASPECT, at_aspect, masked
from .augment import Augmentation
from .films import Films
from .manifest import varied
from .network import imagenet
from .recipe import Recipe
from .train import Settings, Split, as_luma, predict, train

SIZE, EPOCHS = 96, 2


@dataclass(frozen=True)
class Change:
    """What differs from the recipe: by field, and in what becomes of a film before the network sees it."""

    augmentation: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    # Whether films are stretched from their own aspect ratio, or all by as much, whatever theirs is.
    from_own_aspect: bool = True
    prepare: Callable[[Tensor], Tensor] = field(default=lambda luma: luma)


def stretched(luma: Tensor) -> Tensor:
    """Each film's luma from its first to its last hundredth over the whole range."""
    low, high = torch.quantile(luma.flatten(1), torch.tensor([0.01, 0.99]), dim=1).view(2, -1, 1, 1, 1)
    return ((luma - low) / (high - low).clamp_min(1e-3)).clamp(0, 1)


CHANGES = {
    "none": Change(),
    "surroundings never hidden": Change({"p_hide": 0.0}),
    "aspect ratio as it is": Change({"aspects": (1.3, 1.3)}, from_own_aspect=False),
    "aspect ratio varied about each film's own": Change(from_own_aspect=False),
    "exposure as it is": Change({"log_gamma": 0.0, "log_contrast": 0.0, "brightness": 0.0}),
    "sharpness, resizing, compression and noise as they are": Change(
        {"p_sharpness": 0.0, "p_resize": 0.0, "p_jpeg": 0.0, "p_noise": 0.0}
    ),
    "twice the epochs": Change(settings={"epochs": 2 * EPOCHS}),
    "classes weigh as many as there are": Change(settings={"class_weights": False}),
    "batch-norm left folded in": Change(settings={"batch_norm": False}),
    "no film left sharp and clean": Change({"p_clean": 0.0}),
    "black beside every film that was moved": Change({"p_replicate": 0.0}),
    "each film in its own tone": Change({"p_histogram": 0.0}),
    "local contrast as it is": Change({"p_local": 0.0}),
    "each film's contrast stretched": Change(prepare=stretched),
}


def smaller(films: Films) -> Films:
    """Films of ``SIZE`` x ``SIZE``, each pixel the mean of those it covers."""
    parts = [
        functional.interpolate(as_luma(films.pixels[i : i + 256]), (SIZE, SIZE), mode="area")[:, 0]
        for i in range(0, len(films), 256)
    ]
    return Films((torch.cat(parts) * 255).round().byte().numpy(), films.films)


def views(split: Split) -> dict[str, Films]:
    """What a network is measured on: its validation films, and as they come from elsewhere."""
    seen = split.views()
    own = seen["films"]
    if "variants" in seen:
        seen["one aspect ratio"] = at_aspect(seen["variants"], COMMON_ASPECT)
    box = changed(own, lambda luma: masked(luma, keep_inside=True))
    return {**seen, **varied(own), "lungs' box": box}


def changed(films: Films, change: Callable[[Tensor], Tensor]) -> Films:
    """The same films, their luma [N, 1, rows, columns] in 0..1 changed."""
    return Films((change(as_luma(films.pixels))[:, 0] * 255).round().byte().numpy(), films.films)


def compare(
    films: Films,
    variants: Films | None,
    weights: str | Path,
    out: Path,
    changes: list[str],
    folds: list[int],
    seeds: list[int],
    of: int = Recipe.folds,
    report=print,
) -> list[dict]:
    """Trains a network for each change, seed and fold, of ``of`` folds in all; ``out/compare.json`` has a row for each.

    Networks that have their row there already are not trained again.
    """
    out.mkdir(parents=True, exist_ok=True)
    table = out / "compare.json"
    rows = json.loads(table.read_text()) if table.is_file() else []
    films, variants = smaller(films), smaller(variants) if variants else None
    for fold in folds:
        split = Split.hold_out(films, variants, of, fold, excluded_fold=Recipe.fold)
        for seed in seeds:
            for name in changes:
                if any((row["change"], row["fold"], row["seed"]) == (name, fold, seed) for row in rows):
                    continue
                change = CHANGES[name]
                settings = replace(Settings(epochs=EPOCHS, small_epochs=0, seed=seed), **change.settings)
                run = out / f"{list(CHANGES).index(name)}-{fold}-{seed}"
                augment = replace(Augmentation(smallest_side=SIZE * 3 // 7), **change.augmentation)
                told = lambda log_aspects: log_aspects if change.from_own_aspect else None  # noqa: E731
                vary = lambda luma, draw, aspects: tuple(  # noqa: E731
                    map(change.prepare, augment.teacher_and_student_views(luma, draw, told(aspects)))
                )
                network = train(split, lambda: imagenet(weights), run, settings, lambda _: None, augment=vary)
                row = {"change": name, "fold": fold, "seed": seed}
                for view, seen in views(split).items():
                    logits = predict(network, changed(seen, change.prepare))
                    row[view] = {
                        "auroc": metrics.auroc(logits, seen.targets),
                        "log_loss": metrics.log_loss(logits, seen.targets),
                    }
                rows.append(row)
                table.write_text(json.dumps(rows, indent=1) + "\n")
                report(json.dumps(row))
    return rows


def as_markdown(rows: list[dict]) -> str:
    """A line a change: mean and standard deviation over its networks."""
    measured = [key for key in rows[0] if isinstance(rows[0][key], dict)]
    lines = [
        "| change | networks | " + " | ".join(f"{view}: AUROC, log loss" for view in measured) + " |",
        "|---|---|" + "---|" * len(measured),
    ]
    for name in dict.fromkeys(row["change"] for row in rows):
        own = [row for row in rows if row["change"] == name]
        cells = [
            spread([row[view]["auroc"] for row in own]) + ", " + spread([row[view]["log_loss"] for row in own], 3)
            for view in measured
        ]
        lines.append(f"| {name} | {len(own)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def spread(values: list[float], digits: int = 4) -> str:
    return f"{np.mean(values):.{digits}f} ± {np.std(values):.{digits}f}"
