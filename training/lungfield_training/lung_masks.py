"""Films with the lungs outlined, where they lie, and which machine made them: what the exam and the lung field are made of."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from torch import Tensor

from .films import SIDE, Films, FilmsError, as_luma, load

# Fewer lit pixels than this in a row or a column of a mask are specks, not lungs.
SPECK = 2


@dataclass(frozen=True)
class OutlinedFilms:
    """Prepared films and, for each, the outline of its lungs.

    ``masks`` is bool [N, rows, columns], on the squashed film; ``boxes`` f32 [N, 4] has left, top, right and bottom as parts of
    the film's sides; ``multiple_of_8`` bool [N] marks one kind of machine or export: both sides of the original are multiples
    of 8.
    """

    films: Films
    masks: np.ndarray
    boxes: np.ndarray
    multiple_of_8: np.ndarray

    def __len__(self) -> int:
        return len(self.films)

    @property
    def targets(self) -> np.ndarray:
        return self.films.targets

    @property
    def lung_heights(self) -> np.ndarray:
        """The part of the film's height that the lungs take: f32 [N]."""
        return self.boxes[:, 3] - self.boxes[:, 1]

    def take(self, indices) -> "OutlinedFilms":
        indices = np.asarray(indices, dtype=np.int64)
        return OutlinedFilms(self.films.take(indices), self.masks[indices], self.boxes[indices], self.multiple_of_8[indices])

    def luma(self, indices) -> Tensor:
        """f32 [n, 1, rows, columns] in 0..1."""
        return as_luma(self.films.pixels[indices])

    def lungs(self, indices) -> Tensor:
        """1 within the lungs, else 0: f32 [n, 1, rows, columns]."""
        return torch.from_numpy(self.masks[indices].astype(np.float32)).unsqueeze(1)


def load_outlined(films: str | Path, outlines: str | Path) -> OutlinedFilms:
    """The prepared films in ``films`` of which ``outlines`` has a mask; the others are left out.

    ``outlines`` holds ``films.csv`` (``film``, ``sides_multiple_of_8``) and ``lungs224.npz`` (``films``: names; ``masks``: packed bits
    of 224 x 224, row by row).
    """
    prepared, outlines = load(films), Path(outlines)
    for name in ("films.csv", "lungs224.npz"):
        if not (outlines / name).is_file():
            raise FilmsError(f"{outlines / name}: not found. It has the machine of each film, or the outline of its lungs")
    text = (outlines / "films.csv").read_text(encoding="utf-8")
    machine = {row["film"]: row["sides_multiple_of_8"] == "1" for row in csv.DictReader(io.StringIO(text))}
    with np.load(outlines / "lungs224.npz") as arrays:
        row_of = {str(name): row for row, name in enumerate(arrays["films"])}
        packed = arrays["masks"]
    names = [PurePosixPath(film.path).name for film in prepared.films]
    kept = [i for i, name in enumerate(names) if name in row_of]
    if not kept:
        raise FilmsError(f"{outlines}: no outline of any film in {films}")
    unknown = [names[i] for i in kept if names[i] not in machine]
    if unknown:
        raise FilmsError(f"{outlines / 'films.csv'}: no row for {unknown[0]}")
    rows = packed[[row_of[names[i]] for i in kept]]
    masks = np.unpackbits(rows, axis=1)[:, : SIDE * SIDE].reshape(-1, SIDE, SIDE).astype(bool)
    flags = np.array([machine[names[i]] for i in kept])
    return OutlinedFilms(prepared.take(kept), masks, box_of(masks), flags)


def box_of(masks: np.ndarray) -> np.ndarray:
    """bool [N, rows, columns] -> f32 [N, 4]: left, top, right, bottom of what is lit, as parts of the sides; of an empty mask
    the whole film."""
    boxes = np.tile(np.array([0, 0, 1, 1], dtype=np.float32), (len(masks), 1))
    for box, mask in zip(boxes, masks):
        for axis in (0, 1):
            lit = np.flatnonzero(mask.sum(axis=axis) >= SPECK)
            if len(lit):
                box[axis], box[axis + 2] = lit[0] / mask.shape[1 - axis], (lit[-1] + 1) / mask.shape[1 - axis]
    return boxes
