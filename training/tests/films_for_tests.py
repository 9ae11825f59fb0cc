"""Made-up films and weights, small enough for a test to train on."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import torch

from lungfield_training.films import COLUMNS
from lungfield_training.network import LAST_LAYER, Network


def index(normal: int = 20, pneumonia: int = 28) -> list[dict]:
    """Rows of ``index.csv``: two films a patient, the two causes of pneumonia by turns."""
    rows = []
    for label, count in (("normal", normal), ("pneumonia", pneumonia)):
        for i in range(count):
            subtype = "normal" if label == "normal" else ("bacteria", "virus")[i // 2 % 2]
            rows.append(
                {
                    "row": len(rows),
                    "path": f"{label}/{i}.jpeg",
                    "label": label,
                    "patient": f"{subtype}-{i // 2}",
                    "subtype": subtype,
                    "width": 224,
                    "height": 224,
                    "sha256": f"{len(rows):064x}",
                }
            )
    return rows


def write(directory: Path, rows: list[dict], seed: int = 0) -> Path:
    """Prepared films with these rows: noise, dark where it is normal and bright where it is pneumonia.

    So different that a network with random weights learns it within seconds.
    """
    directory.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(seed)
    films = generator.integers(40, 90, (len(rows), 224, 224), dtype=np.uint8)
    for film, row in zip(films, rows):
        if row["label"] == "pneumonia":
            film += 140
    np.save(directory / "films.npy", films)
    write_index(directory, rows)
    return directory


def write_negatives(directory: Path) -> Path:
    """Prepared pictures that are no films: stripes and circles."""
    directory.mkdir(parents=True, exist_ok=True)
    y, x = np.mgrid[0:224, 0:224]
    pictures = [127 + 120 * np.sin(x / (5 + i)) for i in range(4)] + [np.hypot(x - 40 * i, y) % 255 for i in range(4)]
    rows = [
        {
            "row": i,
            "path": f"{kind}/{i}.png",
            "label": "other",
            "patient": f"{kind}/{i}.png",
            "subtype": kind,
            "width": 224,
            "height": 224,
            "sha256": f"{1000 + i:064x}",
        }
        for i, kind in enumerate(4 * ["stripes"] + 4 * ["circles"])
    ]
    np.save(directory / "films.npy", np.stack(pictures).astype(np.uint8))
    write_index(directory, rows)
    return directory


def write_index(directory: Path, rows: list[dict]) -> None:
    with (directory / "index.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_weights(path: Path) -> Path:
    """Random weights in the layout of the ImageNet file, whose stem has three channels, for the layers that are kept."""
    generator = torch.Generator().manual_seed(0)
    arrays = {}
    for name, value in Network().state_dict().items():
        if name.startswith("features.") and not name.startswith(LAST_LAYER):
            shape = (value.shape[0], 3, *value.shape[2:]) if name == "features.0.weight" else value.shape
            fan_in = max(1, int(np.prod(shape[1:])))
            scale = (2 / fan_in) ** 0.5 if name.endswith("weight") else 0.0
            arrays[name] = (torch.randn(shape, generator=generator) * scale).numpy()
    np.savez(path, **arrays)
    return path


def write_reader(folder: Path) -> tuple[Path, Path]:
    """A command that answers "unlikely" to every film, with a heatmap, and a folder of two demo films, one of each class."""
    command, films = folder / "reader", folder / "demo"
    command.write_text(
        f"""#!{sys.executable}
import json, sys
from pathlib import Path
from PIL import Image
heatmaps, films = Path(sys.argv[6]), sys.argv[7:]
for film in map(Path, films):
    Image.new("RGB", (40, 30)).save(heatmaps / (film.stem + ".heatmap.png"))
    print(json.dumps({{"outcome": "unlikely", "probability": 0.1, "heatmap": {{"class": "normal"}}}}))
"""
    )
    command.chmod(0o755)
    films.mkdir()
    (films / "films.json").write_text(json.dumps([{"file": "a.jpeg", "label": "normal"}, {"file": "b.jpeg", "label": "pneumonia"}]))
    return command, films
