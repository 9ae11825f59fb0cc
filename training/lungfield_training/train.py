"""Fine-tuning: one run from prepared films to the epoch that validation picks."""

import json
import math
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from . import metrics
from .augment import Augmentation
from .films import Films, match_variants, split_by_patient
from .network import Network, load_imagenet, normalise


@dataclass(frozen=True)
class Settings:
    """What a run depends on besides its films. Written beside the checkpoints; a resumed run must have the same."""

    epochs: int = 10
    batch: int = 32
    learning_rate: float = 4e-4
    weight_decay: float = 0.02
    warm_up: float = 0.05
    label_smoothing: float = 0.01
    average_decay: float = 0.995
    dropout: float = 0.2
    validation: float = 0.15
    seed: int = 1


@dataclass(frozen=True)
class Sides:
    """The films of a run. ``variants`` holds some of the same films from another source, by index into the first."""

    films: Films
    training: list[int]
    validation: list[int]
    variants: Films | None
    variant_of: dict[int, int]

    @classmethod
    def split(cls, films: Films, variants: Films | None, settings: Settings) -> "Sides":
        training, validation = split_by_patient(films, settings.validation, settings.seed)
        return cls(films, training, validation, variants, match_variants(films, variants) if variants else {})

    def views(self) -> dict[str, Films]:
        """The validation films, and those of them that have a variant as that variant."""
        views = {"films": self.films.take(self.validation)}
        if self.variants is not None:
            held_out = [self.variant_of[i] for i in self.validation if i in self.variant_of]
            views["variants"] = self.variants.take(held_out)
        return views

    def batch(self, indices: list[int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Luma [N, 1, rows, columns] in 0..1 and targets [N]; of a film with a variant, one of the two at random."""
        from_variant = torch.rand(len(indices), generator=generator) < 0.5
        pixels = [
            self.variants.pixels[self.variant_of[i]] if other and i in self.variant_of else self.films.pixels[i]
            for i, other in zip(indices, from_variant.tolist())
        ]
        targets = torch.tensor([float(self.films.films[i].positive) for i in indices])
        return as_luma(np.stack(pixels)), targets


def as_luma(pixels: np.ndarray) -> Tensor:
    """uint8 [N, rows, columns] -> f32 [N, 1, rows, columns] in 0..1."""
    return torch.from_numpy(np.array(pixels, dtype=np.float32)).unsqueeze(1) / 255


def train(sides: Sides, weights: str | Path, run: Path, settings: Settings, report=print) -> Path:
    """Trains for ``settings.epochs`` and returns the weights of the epoch with the best validation.

    Writes a checkpoint after each epoch and goes on from it when started again. Best is the lowest log loss over the
    validation films, each class weighing half, averaged over the views: AUROC alone is too flat to pick by.
    """
    run.mkdir(parents=True, exist_ok=True)
    checkpoint, best = run / "checkpoint.pt", run / "best.pt"
    torch.manual_seed(settings.seed)
    network = Network(settings.dropout).to(memory_format=torch.channels_last)
    load_imagenet(network, weights)
    average = Network().to(memory_format=torch.channels_last)
    average.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(groups(network, settings.weight_decay), lr=settings.learning_rate)
    history: list[dict] = []
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        if state["settings"] != asdict(settings):
            raise ValueError(f"{checkpoint}: made with other settings. Give them again, or choose another --out")
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        history = state["history"]
        report(f"going on after epoch {len(history)}")

    for epoch in range(len(history), settings.epochs):
        loss = train_epoch(network, average, optimiser, sides, epoch, settings, report)
        entry = {"epoch": epoch + 1, "loss": loss}
        for name, view in sides.views().items():
            logits = predict(average, view)
            entry[name] = {
                "log_loss": metrics.log_loss(logits, view.targets),
                "auroc": metrics.auroc(logits, view.targets),
            }
        history.append(entry)
        report(json.dumps(entry))
        if epoch_picked(history) == len(history):
            save(average.state_dict(), best)
        save(
            {
                "settings": asdict(settings),
                "network": network.state_dict(),
                "average": average.state_dict(),
                "optimiser": optimiser.state_dict(),
                "history": history,
            },
            checkpoint,
        )
    (run / "history.json").write_text(json.dumps({"settings": asdict(settings), "epochs": history}, indent=1) + "\n")
    report(f"validation picks epoch {epoch_picked(history)} of {len(history)}")
    return best


def epoch_picked(history: list[dict]) -> int:
    """The number, from 1, of the epoch with the lowest mean log loss over the views."""
    losses = [np.mean([view["log_loss"] for view in entry.values() if isinstance(view, dict)]) for entry in history]
    return int(np.argmin(losses)) + 1


def train_epoch(network, average, optimiser, sides: Sides, epoch: int, settings: Settings, report) -> float:
    """One pass over the training films; returns the mean loss. Random numbers depend on seed and epoch only."""
    torch.manual_seed(settings.seed * 10_000 + epoch)  # dropout
    generator = torch.Generator().manual_seed(settings.seed * 10_000 + epoch)
    order = [sides.training[i] for i in torch.randperm(len(sides.training), generator=generator).tolist()]
    batches = [order[i : i + settings.batch] for i in range(0, len(order), settings.batch)]
    targets = sides.films.take(sides.training).targets
    # Each class weighs half of the loss, whatever its share of the films.
    class_weights = torch.tensor([0.5 / (1 - targets.mean()), 0.5 / targets.mean()])
    augment = Augmentation()
    network.train()
    total, started = 0.0, time.monotonic()
    for done, indices in enumerate(batches):
        step = epoch * len(batches) + done
        rate = settings.learning_rate * schedule(step / (settings.epochs * len(batches)), settings.warm_up)
        for group in optimiser.param_groups:
            group["lr"] = rate
        luma, target = sides.batch(indices, generator)
        x = normalise(augment(luma, generator)).contiguous(memory_format=torch.channels_last)
        smooth = target * (1 - settings.label_smoothing) + settings.label_smoothing / 2
        with torch.autocast("cpu", dtype=torch.bfloat16):
            _, logit = network(x)
        loss = functional.binary_cross_entropy_with_logits(
            logit.flatten().float(), smooth, weight=class_weights[target.long()]
        )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        follow(average, network, min(settings.average_decay, (1 + step) / (10 + step)))
        total += loss.item() * len(indices)
        if done % 20 == 19 or done + 1 == len(batches):
            seconds = time.monotonic() - started
            left = seconds / (done + 1) * ((settings.epochs - epoch) * len(batches) - done - 1)
            report(
                f"epoch {epoch + 1}/{settings.epochs} batch {done + 1}/{len(batches)} "
                f"loss {loss.item():.3f}, {seconds:.0f} s, about {left / 60:.0f} min left"
            )
    return total / len(order)


def schedule(progress: float, warm_up: float) -> float:
    """Linear warm-up, then a half cosine down to zero; ``progress`` in 0..1."""
    if progress < warm_up:
        return progress / warm_up
    return 0.5 * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up)))


def groups(network: Network, weight_decay: float) -> list[dict]:
    """Weights decay, biases do not."""
    weights = [p for p in network.parameters() if p.ndim > 1]
    biases = [p for p in network.parameters() if p.ndim == 1]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": biases, "weight_decay": 0.0}]


@torch.no_grad()
def follow(average: Network, network: Network, decay: float) -> None:
    """Moves the exponential moving average of the weights one step."""
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)


@torch.no_grad()
def predict(network: Network, films: Films, batch: int = 64) -> np.ndarray:
    """Logits, f64 [N], in full precision."""
    network.eval()
    logits = [
        network(normalise(as_luma(films.pixels[i : i + batch])).contiguous(memory_format=torch.channels_last))[1]
        for i in range(0, len(films), batch)
    ]
    return torch.cat(logits).flatten().double().numpy()


def save(state: dict, path: Path) -> None:
    """Writes a checkpoint so that an interruption leaves either the old one or the new one."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)
