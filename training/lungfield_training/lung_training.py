"""Trains the network that outlines the lungs, on films shown in every way that a film may be framed, marked and exposed."""

import copy
import json
import math
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional

from .augment import Augmentation, borrow_histogram, change_local_contrast, degrade, uniform
from .exam import batch_of
from .films import folds_by_patient, split_off
from .lung_masks import OutlinedFilms, box_of
from .lung_network import OUTLINE_SIDE, POINTS, SIDE, LungFields, LungNetwork, find_lungs
from .making import CHANGES, Lenders
from .network import normalise
from .train import save, schedule, update_average


@dataclass(frozen=True)
class LungSettings:
    """How the lung network is trained."""

    epochs: int = 18
    batch: int = 32
    learning_rate: float = 4e-3
    weight_decay: float = 0.01
    average_decay: float = 0.99
    folds: int = 6
    fold: int = 0
    seed: int = 1


@dataclass(frozen=True)
class Framing:
    """How far a film is turned, moved, stretched and covered, and how often."""

    degrees: float = 12.0
    far_degrees: float = 35.0
    log_scale: tuple[float, float] = (-0.55, 0.45)
    log_stretch: float = 0.3
    shift: float = 0.14
    p_far: float = 0.15
    p_mirror: float = 0.5
    p_untouched: float = 0.15
    p_invert: float = 0.12
    p_shutter: float = 0.5
    p_text: float = 0.5


def frame(luma: Tensor, lungs: Tensor, a: Framing, generator: Generator, side: int = SIDE) -> tuple[Tensor, Tensor]:
    """Turns, moves and stretches films [N, 1, rows, columns] and the lungs in them; the room beside a film is its edge drawn out,
    black, white, or any grey. Returns both as squares of ``side`` pixels."""
    n = len(luma)
    flags = torch.rand(4, n, generator=generator)
    far = flags[0] < a.p_far
    angle = uniform(n, -1, 1, generator) * torch.where(far, a.far_degrees, a.degrees) * math.pi / 180
    scale = uniform(n, *a.log_scale, generator).exp()
    stretch = uniform(n, -a.log_stretch, a.log_stretch, generator).exp()
    shift = [uniform(n, -2 * a.shift, 2 * a.shift, generator) for _ in range(2)]
    mirror = torch.where(flags[1] < a.p_mirror, -1.0, 1.0)
    still = flags[2] < a.p_untouched
    angle, shift = torch.where(still, 0.0, angle), [torch.where(still, 0.0, each) for each in shift]
    scale, stretch = torch.where(still, 1.0, scale), torch.where(still, 1.0, stretch)
    cos, sin = angle.cos(), angle.sin()
    across, down = stretch / scale, 1 / (stretch * scale)
    theta = torch.stack([mirror * across * cos, -mirror * across * sin, shift[0], down * sin, down * cos, shift[1]], 1)
    grid = functional.affine_grid(theta.view(n, 2, 3), [n, 1, side, side], align_corners=False)
    # A film is shrunk before it is sampled: a bilinear sample of a larger one would alias.
    shrunk = min(luma.shape[-1], side * 9 // 7)
    luma = functional.interpolate(luma, (shrunk, shrunk), mode="bilinear", antialias=True, align_corners=False)
    moved = functional.grid_sample(luma, grid, mode="bilinear", padding_mode="border", align_corners=False)
    outline = functional.grid_sample(lungs, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    inside = (grid.abs() <= 1).all(-1).unsqueeze(1)
    room = torch.rand(n, generator=generator)
    grey = torch.where(room < 0.75, torch.where(room < 0.65, 0.0, 1.0), torch.rand(n, generator=generator)).view(-1, 1, 1, 1)
    drawn_out = (torch.rand(n, generator=generator) < 0.35).view(-1, 1, 1, 1)
    return torch.where(inside | drawn_out, moved, grey), outline


def shut(luma: Tensor, lungs: Tensor, a: Framing, generator: Generator) -> tuple[Tensor, Tensor]:
    """Collimators, half open: some sides are covered with a grey, up to the lungs and a little beyond. Lungs that nobody can
    see are not asked for."""
    luma, lungs, side = luma.clone(), lungs.clone(), luma.shape[-1]
    for i in (torch.rand(len(luma), generator=generator) < a.p_shutter).nonzero().flatten().tolist():
        rows, columns = (lungs[i, 0].amax(axis) > 0.5 for axis in (1, 0))
        draws = torch.rand(12, generator=generator).tolist()
        grey = draws[0] if draws[1] < 0.5 else float(draws[0] < 0.25)
        for axis, lit in enumerate((rows, columns)):
            found = lit.nonzero().flatten()
            first, last = (int(found[0]), int(found[-1]) + 1) if len(found) else (side // 3, 2 * side // 3)
            for end in (0, 1):
                open_side = draws[2 + 2 * axis + end] < 0.45
                if open_side:
                    continue
                room = first if end == 0 else side - last
                # From the film's own edge to 3 % of it into the lungs.
                width = round(draws[6 + 2 * axis + end] * room + (0.03 * side if draws[10] < 0.25 else 0))
                covered = [slice(None), slice(None)]
                covered[axis] = slice(0, width) if end == 0 else slice(side - width, side)
                luma[i, 0][tuple(covered)] = grey
                lungs[i, 0][tuple(covered)] = 0
    return luma, lungs


def write_on(luma: Tensor, a: Framing, generator: Generator) -> Tensor:
    """Letters, as blocks of strokes, in white, black or grey, anywhere."""
    luma, side = luma.clone(), luma.shape[-1]
    for i in (torch.rand(len(luma), generator=generator) < a.p_text).nonzero().flatten().tolist():
        for _ in range(int(torch.randint(1, 4, (1,), generator=generator))):
            height, width, top, left, shade, letters = torch.rand(6, generator=generator).tolist()
            rows, columns = (int((3 + part * most) * side / SIDE) for part, most in ((height, 14), (width, 10)))
            count = 1 if letters < 0.5 else 1 + int(letters * 8)
            strokes = torch.rand(5, 3 * count, generator=generator) < 0.55
            text = functional.interpolate(strokes[None, None].float(), (rows, min(columns * count, side // 2)))[0, 0] > 0
            top, left = int(top * (side - text.shape[0])), int(left * (side - text.shape[1]))
            patch = luma[i, 0, top : top + text.shape[0], left : left + text.shape[1]]
            patch[text] = 1.0 if shade < 0.6 else shade - 0.6
    return luma


def vary(luma: Tensor, lungs: Tensor, generator: Generator, a: Framing = Framing(), b: Augmentation = Augmentation()) -> tuple[Tensor, Tensor]:
    """Films [N, 1, rows, columns] in 0..1 and their lungs, varied: [N, 1, SIDE, SIDE] and [N, 1, OUTLINE_SIDE, OUTLINE_SIDE]."""
    luma, lungs = made_otherwise(luma, lungs, generator, a, b)
    inverted = (torch.rand(len(luma), generator=generator) < a.p_invert).view(-1, 1, 1, 1)
    luma = torch.where(inverted, 1 - luma, luma)
    return luma, functional.interpolate(lungs, (OUTLINE_SIDE, OUTLINE_SIDE), mode="area")


def made_otherwise(
    luma: Tensor, lungs: Tensor, generator: Generator, a: Framing = Framing(), b: Augmentation = Augmentation(), side: int = SIDE
) -> tuple[Tensor, Tensor]:
    """Whole films as another room might have made them, framed, exposed, shut off and written on, with their lungs: two squares
    of ``side`` pixels."""
    luma, lungs = frame(luma, lungs, a, generator, side)
    luma = borrow_histogram(change_local_contrast(degrade(luma, b, generator).clamp(0, 1), b, generator), b, generator)
    luma, lungs = shut(luma, lungs, a, generator)
    return write_on(luma, a, generator), lungs


def loss_of(logits: Tensor, outline: Tensor) -> Tensor:
    """Cross entropy, and what is lacking of Dice's coefficient."""
    soft = logits.sigmoid()
    overlap = 2 * (soft * outline).sum((1, 2, 3)) + 1
    dice = overlap / (soft.sum((1, 2, 3)) + outline.sum((1, 2, 3)) + 1)
    return functional.binary_cross_entropy_with_logits(logits, outline) + 0.5 * (1 - dice).mean()


def train_lungs(films: OutlinedFilms, run: Path, settings: LungSettings, report=print) -> LungNetwork:
    """Trains on every fold but ``settings.fold``; writes a checkpoint after each epoch and goes on from it."""
    run.mkdir(parents=True, exist_ok=True)
    training, held_out = split_off(films.films, folds_by_patient(films.films, settings.folds), settings.fold)
    # A few are enough to see that it goes well; what is measured is measured on all.
    some = films.take(held_out[::4])
    torch.manual_seed(settings.seed)
    network = LungNetwork().to(memory_format=torch.channels_last)
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    checkpoint, first = run / "checkpoint.pt", 0
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        first = state["epoch"]
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
    for epoch in range(first, settings.epochs):
        generator = torch.Generator().manual_seed(settings.seed * 10_000 + epoch)
        order = [training[i] for i in torch.randperm(len(training), generator=generator).tolist()]
        batches = [order[i : i + settings.batch] for i in range(0, len(order) - 1, settings.batch)]
        network.train()
        started, total = time.monotonic(), 0.0
        for done, indices in enumerate(batches):
            step = epoch * len(batches) + done
            rate = settings.learning_rate * schedule(step / (settings.epochs * len(batches)))
            for group in optimiser.param_groups:
                group["lr"] = rate
            luma, outline = vary(films.luma(indices), films.lungs(indices), generator)
            x = normalise(luma).contiguous(memory_format=torch.channels_last)
            loss = loss_of(functional.pixel_shuffle(network(x), POINTS), outline)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            update_average(average, network, min(settings.average_decay, (1 + step) / (10 + step)))
            total += loss.item()
        average.eval()
        found = {"epoch": epoch + 1, "loss": total / len(batches), "seconds": round(time.monotonic() - started)}
        report(json.dumps(found | overlap(some, find_lungs(average, some.luma(range(len(some)))))))
        state = {"epoch": epoch + 1, "network": network.state_dict(), "average": average.state_dict()}
        save(state | {"optimiser": optimiser.state_dict()}, checkpoint)
    return average.fold()


def measure_lungs(network: LungNetwork, films: OutlinedFilms, lenders: OutlinedFilms, report=print) -> list[dict]:
    """How well the lungs of ``films`` are found: as the films are, of each class, and under every change of their making."""
    own = batch_of(films, range(len(films)))
    rows = [{"change": "as it is"} | overlap(films, find_lungs(network, own.luma))]
    for label, positive in (("normal", False), ("pneumonia", True)):
        of_class = np.flatnonzero((films.targets > 0.5) == positive)
        part = films.take(of_class)
        rows.append({"change": f"as it is, {label}"} | overlap(part, find_lungs(network, part.luma(range(len(part))))))
    for name, change in CHANGES.items():
        luma, lungs = change(own, Lenders(lenders), Generator().manual_seed(0))
        masks = (lungs[:, 0] > 0.5).numpy()
        changed = replace(films, masks=masks, boxes=box_of(masks))
        rows.append({"change": name} | overlap(changed, find_lungs(network, luma)))
        report(json.dumps(rows[-1]))
    return rows


def overlap(films: OutlinedFilms, found: LungFields) -> dict[str, float]:
    """Dice's coefficient of the outlines and intersection over union of the boxes: their means and 5th percentiles."""
    lit, lungs = (found.soft[:, 0] > 0.5).numpy(), films.masks
    dice = 2 * (lit & lungs).sum((1, 2)) / np.maximum(lit.sum((1, 2)) + lungs.sum((1, 2)), 1)
    iou = box_iou(films.boxes, found.boxes.numpy())
    names = ("dice", "dice_5th", "box_iou", "box_iou_5th")
    return dict(zip(names, (round(float(v), 4) for v in (dice.mean(), np.quantile(dice, 0.05), iou.mean(), np.quantile(iou, 0.05)))))


def box_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes [N, 4]."""
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    shared = np.clip(high - low, 0, None).prod(1)
    return shared / ((a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - shared)
