"""Made-up films with two ellipses for lungs, small enough for a test."""

from pathlib import Path

import numpy as np

from lungfield_training.films import COLUMNS, Film, Films
from lungfield_training.lung_masks import OutlinedFilms, box_of

from films_for_tests import write_index


def outlined(normal: int = 6, pneumonia: int = 6, seed: int = 0) -> OutlinedFilms:
    """Two films a patient, machines by turns; lungs take more of a film with pneumonia, and are brighter there."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:224, 0:224] / 224
    films, pixels, masks, machines = [], [], [], []
    for label, count in (("normal", normal), ("pneumonia", pneumonia)):
        for i in range(count):
            positive = label == "pneumonia"
            half = (0.40 if positive else 0.32) + 0.02 * generator.random()
            left, right = 0.5 - half / 2 - 0.03, 0.5 + half / 2 + 0.03
            mask = np.zeros((224, 224), dtype=bool)
            for middle in (left, right):
                mask |= ((x - middle) / (half / 2)) ** 2 + ((y - 0.5) / half) ** 2 < 1
            film = generator.integers(90, 130, (224, 224)) - 50 * mask * (not positive)
            subtype = "bacteria" if positive else "normal"
            films.append(Film(len(films), f"{label}/{i}.jpeg", label, f"{subtype}-{i // 2}", subtype, 224, 224, f"{len(films):064x}"))
            pixels.append(film.astype(np.uint8))
            masks.append(mask)
            machines.append(i % 4 < 2)
    masks = np.stack(masks)
    return OutlinedFilms(Films(np.stack(pixels), tuple(films)), masks, box_of(masks), np.array(machines))


def write_outlined(folder: Path, films: OutlinedFilms) -> Path:
    """The films as ``lungfield prepare`` writes them, with their outlines and machines beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{name: getattr(film, name) for name in COLUMNS} for film in films.films.films]
    for row in rows:
        row["path"] = row["path"].replace("/", f"/{row['label']}-")
    np.save(folder / "films.npy", films.films.pixels)
    write_index(folder, rows)
    names = [Path(row["path"]).name for row in rows]
    np.savez(folder / "lungs224.npz", films=np.array(names), masks=np.packbits(films.masks.reshape(len(films), -1), axis=1))
    flags = "".join(f"{name},{int(flag)}\n" for name, flag in zip(names, films.multiple_of_8))
    (folder / "films.csv").write_text(f"film,sides_multiple_of_8\n{flags}")
    return folder
