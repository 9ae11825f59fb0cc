"""Fine-tuning: one network from prepared films, with checkpoints, alone or beside other processes."""

import copy
import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from . import batch_norm, metrics, parallel
from .augment import Augmentation
from .films import Films, folds_by_patient, match_variants, split_off, with_aspects
from .network import Network, normalise, with_margin


# Varies luma [N, 1, rows, columns] by a generator, given the films' log aspect ratios [N] where they are known: what a
# teacher sees, and what the network does.
Augment = Callable[[Tensor, torch.Generator, Tensor | None], tuple[Tensor, Tensor]]

# So many films give batch-norm its first statistics.
STATISTICS = 64


@dataclass(frozen=True)
class Settings:
    """What the training of one network depends on besides its films and its start.

    Written beside the checkpoints; a resumed run must have the same.
    """

    epochs: int = 24
    # The first epochs see small films: most of what there is to learn is learnt there, for a third of the work.
    small_epochs: int = 8
    small_side: int = 128
    batch: int = 32
    learning_rate: float = 4e-4
    weight_decay: float = 0.02
    warm_up: float = 0.05
    label_smoothing: float = 0.01
    average_decay: float = 0.98
    dropout: float = 0.2
    # Whether each class weighs half of the loss, whatever its share of the films.
    class_weights: bool = True
    # Whether batch-norm is put back while training; the weights that come out have it folded in again.
    batch_norm: bool = True
    # The share of the loss that asks for the teacher's probability rather than the label, of films that have a teacher.
    from_teachers: float = 0.5
    seed: int = 1


@dataclass(frozen=True)
class Split:
    """The films of a run. ``variants`` holds some of the same films from another source, by index into the first."""

    films: Films
    training: list[int]
    validation: list[int]
    variants: Films | None
    variant_of: dict[int, int]

    @classmethod
    def hold_out(cls, films: Films, variants: Films | None, folds: int, fold: int, excluded_fold: int | None = None) -> "Split":
        """Holds one of ``folds`` folds out for validation; the films of ``excluded_fold`` are on neither side."""
        training, validation = split_off(films, folds_by_patient(films, folds), fold, excluded_fold)
        films = with_aspects(films, variants)
        variants = with_aspects(variants) if variants else None
        return cls(films, training, validation, variants, match_variants(films, variants) if variants else {})

    def views(self) -> dict[str, Films]:
        """The validation films, and those of them that have a variant as that variant."""
        views = {"films": self.films.take(self.validation)}
        if self.variants is not None:
            held_out = [self.variant_of[i] for i in self.validation if i in self.variant_of]
            views["variants"] = self.variants.take(held_out)
        return views

    def batch(self, indices: list[int], generator: torch.Generator) -> tuple[Tensor, Tensor | None, Tensor]:
        """Luma [N, 1, rows, columns] in 0..1, log aspect ratios [N] where they are known, and targets [N]; of a film with
        a variant, one of the two at random."""
        from_variant = torch.rand(len(indices), generator=generator) < 0.5
        pixels = [
            self.variants.pixels[self.variant_of[i]] if other and i in self.variant_of else self.films.pixels[i]
            for i, other in zip(indices, from_variant.tolist())
        ]
        films = self.films.take(indices)
        return as_luma(np.stack(pixels)), aspects_of(films), torch.from_numpy(films.targets)


def as_luma(pixels: np.ndarray) -> Tensor:
    """uint8 [N, rows, columns] -> f32 [N, 1, rows, columns] in 0..1."""
    return torch.from_numpy(np.array(pixels, dtype=np.float32)).unsqueeze(1) / 255


def aspects_of(films: Films) -> Tensor | None:
    """What the augmentation takes: f32 [N], where the films' aspect ratios are known."""
    return None if films.log_aspects is None else torch.from_numpy(films.log_aspects)


def device() -> torch.device:
    """The GPU of this process where there is one."""
    return torch.device("cuda", parallel.local_rank()) if torch.cuda.is_available() else torch.device("cpu")


def multiplies_bfloat16(where: torch.device) -> bool:
    """Whether bfloat16 is faster than f32 there. A CPU without AVX-512 imitates it: a step took sixteen times as long."""
    return where.type == "cuda" or torch.backends.cpu.get_cpu_capability().startswith("AVX512")


def train(
    split: Split,
    start: Callable[[], dict],
    run: Path,
    settings: Settings,
    report=print,
    teacher_of: dict[int, Network] | None = None,
    augment: Augment | None = None,
) -> Network:
    """Trains a network from the weights that ``start`` gives for ``settings.epochs`` and returns the moving average of its
    weights.

    Films, by index, that have a teacher are learnt from its answer to the very picture that the network sees, in the film's
    own tone and local contrast where the network sees others, and from their label.
    Writes a checkpoint after each epoch and goes on from it when started again; of a finished network that needs no
    ``start``. The last epoch counts: the schedule ends there, and no epoch is picked by its validation.
    """
    run.mkdir(parents=True, exist_ok=True)
    checkpoint = run / "checkpoint.pt"
    state = torch.load(checkpoint, weights_only=True, map_location=device()) if checkpoint.is_file() else None
    if state and state["settings"] != asdict(settings):
        raise ValueError(f"{checkpoint}: made with other settings. Give them again, or choose another --out")
    torch.manual_seed(settings.seed)
    network = Network(settings.dropout)
    if not state:
        network.load_state_dict({**network.state_dict(), **start()})
    network = network.to(device(), memory_format=torch.channels_last)
    if settings.batch_norm:
        batch_norm.insert(network, training_input(as_luma(split.films.pixels[split.training[:STATISTICS]]), network))
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(groups(network, settings.weight_decay), lr=settings.learning_rate)
    history: list[dict] = []
    if state:
        history = state["history"]
        report(f"going on after epoch {len(history)}")
        average.load_state_dict(state["average"])
        if len(history) < settings.epochs:
            network.load_state_dict(state["network"])
            optimiser.load_state_dict(state["optimiser"])

    for epoch in range(len(history), settings.epochs):
        varied = augment or Augmentation().teacher_and_student_views
        loss = train_epoch(network, average, optimiser, split, epoch, settings, report, teacher_of or {}, varied)
        # On films of another size a network says little of what it will be.
        measured = measure(split, average) if epoch >= settings.small_epochs else {}
        history.append({"epoch": epoch + 1, "loss": loss, **measured})
        report(json.dumps(history[-1]))
        if parallel.first():
            state = {"settings": asdict(settings), "average": average.state_dict(), "history": history}
            if len(history) < settings.epochs:
                state |= {"network": network.state_dict(), "optimiser": optimiser.state_dict()}
            save(state, checkpoint)
            (run / "history.json").write_text(json.dumps({"settings": asdict(settings), "epochs": history}, indent=1))
    return batch_norm.fold(average).eval()


def measure(split: Split, *networks: Network) -> dict[str, dict[str, float]]:
    """Log loss, each class weighing half, and AUROC on every view of the validation films; of several networks, those of
    the mean of their logits."""
    measured = {}
    for name, view in split.views().items():
        logits = sum(predict(network, view) for network in networks) / len(networks)
        measured[name] = {
            "log_loss": metrics.log_loss(logits, view.targets),
            "auroc": metrics.auroc(logits, view.targets),
        }
    return measured


def train_epoch(
    network, average, optimiser, split: Split, epoch: int, settings: Settings, report, teacher_of: dict[int, Network], augment: Augment
) -> float:
    """One pass over the training films; returns the mean loss. Random numbers depend on seed and epoch only."""
    torch.manual_seed(settings.seed * 10_000 + epoch)  # dropout
    generator = torch.Generator().manual_seed(settings.seed * 10_000 + epoch)
    order = [split.training[i] for i in torch.randperm(len(split.training), generator=generator).tolist()]
    batches = [order[i : i + settings.batch] for i in range(0, len(order), settings.batch)]
    targets = split.films.take(split.training).targets
    halves = torch.tensor([0.5 / (1 - targets.mean()), 0.5 / targets.mean()])
    class_weights = halves if settings.class_weights else torch.ones(2)
    network.train()
    total, started = torch.zeros((), device=device()), time.monotonic()
    for done, indices in enumerate(batches):
        step = epoch * len(batches) + done
        rate = settings.learning_rate * schedule(step / (settings.epochs * len(batches)), settings.warm_up)
        for group in optimiser.param_groups:
            group["lr"] = rate
        # Every process draws the whole batch and varies it alike, then keeps its share.
        luma, log_aspects, target = split.batch(indices, generator)
        pictures = augment(luma.to(device()), generator, log_aspects)
        if epoch < settings.small_epochs:
            side = (settings.small_side, settings.small_side)
            smaller = {"size": side, "mode": "bilinear", "antialias": True, "align_corners": False}
            pictures = [functional.interpolate(picture, **smaller) for picture in pictures]
        share = parallel.share(len(indices))
        to_teacher, x = (training_input(picture[share], network) for picture in pictures)
        target = target[share]
        weight = class_weights[target.long()].to(x.device)
        aim = (target * (1 - settings.label_smoothing) + settings.label_smoothing / 2).to(x.device)
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=multiplies_bfloat16(x.device)):
            blend_teacher_targets(aim, to_teacher, [teacher_of.get(i) for i in indices[share]], settings.from_teachers)
            _, logit = network(x)
        losses = functional.binary_cross_entropy_with_logits(logit.flatten().float(), aim, weight, reduction="sum")
        loss = losses / len(indices)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        parallel.add_up([p.grad for p in network.parameters()])
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        update_ema(average, network, min(settings.average_decay, (1 + step) / (10 + step)))
        total += losses.detach()
        if done % 20 == 19 or done + 1 == len(batches):
            seconds = time.monotonic() - started
            left = seconds / (done + 1) * ((settings.epochs - epoch) * len(batches) - done - 1)
            report(
                f"epoch {epoch + 1}/{settings.epochs} batch {done + 1}/{len(batches)} "
                f"loss {loss.item():.3f}, {seconds:.0f} s, about {left / 60:.0f} min left"
            )
    # Batch-norm's statistics, which each process has of its own films.
    parallel.average([b for each in (network, average) for b in each.buffers() if b.is_floating_point()])
    return parallel.sum_of(total.item()) / len(order)


@torch.no_grad()
def blend_teacher_targets(aim: Tensor, x: Tensor, teachers: list[Network | None], part: float) -> None:
    """Moves the aim of each film [N] by ``part`` towards its teacher's probability for the picture ``x[i]``."""
    for teacher in {id(each): each for each in teachers if each}.values():
        own = torch.tensor([i for i, each in enumerate(teachers) if each is teacher])
        aim[own] = torch.lerp(aim[own], teacher(x[own])[1].flatten().float().sigmoid(), part)


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
def update_ema(average: Network, network: Network, decay: float) -> None:
    """Moves the exponential moving average of the weights, and of batch-norm's statistics, one step."""
    values = [[v for v in each.state_dict().values() if v.is_floating_point()] for each in (average, network)]
    torch._foreach_lerp_(*values, 1 - decay)


def training_input(luma: Tensor, network: Network) -> Tensor:
    """Varied luma [N, 1, rows, columns] in 0..1 -> what the network takes, where its weights are."""
    where = next(network.parameters()).device
    return normalise(luma).to(where).contiguous(memory_format=torch.channels_last)


def network_input(luma: Tensor, network: Network) -> Tensor:
    """Luma [N, 1, rows, columns] in 0..1 of whole films -> what the network takes of films that are read."""
    return training_input(with_margin(luma), network)


@torch.no_grad()
def predict(network: Network, films: Films, batch: int = 64) -> np.ndarray:
    """Logits, f64 [N], in full precision."""
    network.eval()
    logits = [
        network(network_input(as_luma(films.pixels[i : i + batch]), network))[1].cpu() for i in range(0, len(films), batch)
    ]
    return torch.cat(logits).flatten().double().numpy()


def save(state: dict, path: Path) -> None:
    """Writes a checkpoint so that an interruption leaves either the old one or the new one."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)
