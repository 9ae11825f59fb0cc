"""Made-up films with two ellipses for lungs, small enough for a test."""

import numpy as np

from lungfield_training.films import Film, Films
from lungfield_training.lung_masks import OutlinedFilms, box_of


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
