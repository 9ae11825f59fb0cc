"""Photographs of films that nobody took: films seen through a phone, on a light box or a screen, drawn at random.

    python -m lungfield_training.photographs --films DIR --out DIR --count 120
    python -m lungfield_training.photographs --report DIR --command target/release/lungfield

The first writes ``DIR/film/<name>.png``, ``DIR/photograph/<name>.jpeg`` and ``DIR/corners.json``, the true corners as shares of
width and height from the top left clockwise; the second reads both and prints how far the answers moved. A camera's ways
are put one after the other as light goes through them: the scene (film, surround, perspective), the screen's moire,
glare, vignetting, blur, colour, noise, JPEG. Needs NumPy and Pillow.
"""

import argparse
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from .degrade import PICTURES, flips, readings

# Width and height of a photograph in pixels: a phone's, halved.
SIZE = (1600, 1200)


def photograph(film: Image.Image, draw: np.random.Generator, most=SIZE) -> tuple[Image.Image, np.ndarray]:
    """A grey film as a photograph (RGB) of ``most`` pixels, and its corners in it: float [4, 2], shares of its sides."""
    landscape = film.width > film.height or draw.random() < 0.3
    size = most if landscape else most[::-1]
    corners = quadrilateral(film.size, size, draw)
    on_screen = draw.random() < 0.5
    scene = placed(film, corners, size, draw, bright_box=not on_screen and draw.random() < 0.4)
    colours = np.repeat(scene[..., None], 3, axis=2)
    if on_screen:
        colours += moire(size, draw)
    colours = colours * vignetting(size, draw)[..., None] + glare(size, corners, draw)[..., None]
    colours = np.asarray(as_picture(colours).filter(ImageFilter.GaussianBlur(draw.uniform(0.4, 1.8))), dtype=np.float32) / 255
    # A lamp's and a camera's idea of white: reddish to bluish.
    warmth = draw.uniform(-1, 1)
    colours *= np.array([1 + 0.09 * warmth, 1 + draw.uniform(-0.03, 0.03), 1 - 0.12 * warmth])
    colours += draw.normal(0, draw.uniform(0.003, 0.015), colours.shape)
    file = io.BytesIO()
    as_picture(colours).save(file, "JPEG", quality=int(draw.integers(60, 93)))
    return Image.open(file), corners / np.array(size)


def quadrilateral(film: tuple[int, int], size: tuple[int, int], draw: np.random.Generator) -> np.ndarray:
    """The film's corners in pixels, from the top left clockwise: not quite straight, and seen a little from the side."""
    scale = draw.uniform(0.68, 0.92) * min(size[0] / film[0], size[1] / film[1])
    half = np.array(film) * scale / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    angle = np.deg2rad(draw.uniform(-6, 6))
    corners = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    # Seen from the side: what is further away is smaller.
    away = draw.uniform(-0.1, 0.1, 2) / np.array(half)
    corners = corners / (1 + corners @ away)[:, None]
    room = (np.array(size) - np.ptp(corners, axis=0)) / 2 - 12
    centre = np.array(size) / 2 + draw.uniform(-0.8, 0.8, 2) * np.maximum(room, 0)
    corners = corners - (corners.max(0) + corners.min(0)) / 2 + centre
    return np.clip(corners, 4, np.array(size) - 4)


def homography(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The eight numbers that take ``source`` points to ``target`` points: Pillow's perspective coefficients."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows), np.array(values))


def placed(film, corners, size, draw, bright_box: bool) -> np.ndarray:
    """The film in its surround, as luma: a dark room, or the lit rest of a light box."""
    ends = np.array([[0, 0], [film.width, 0], [film.width, film.height], [0, film.height]], dtype=float)
    warp = tuple(homography(corners, ends))
    seen = np.asarray(film.transform(size, Image.Transform.PERSPECTIVE, warp, Image.Resampling.BICUBIC), dtype=np.float32)
    inside = Image.new("L", film.size, 255).transform(size, Image.Transform.PERSPECTIVE, warp, Image.Resampling.BILINEAR)
    inside = np.asarray(inside, dtype=np.float32) / 255
    # What a screen or a lit film makes of grey: less contrast, and black that shines.
    seen = draw.uniform(0.03, 0.12) + draw.uniform(0.72, 0.92) * (seen / 255) ** draw.uniform(0.85, 1.2)
    clouds = np.asarray(Image.fromarray(draw.integers(0, 256, (6, 8), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC))
    around = (draw.uniform(0.88, 0.98) if bright_box else draw.uniform(0.01, 0.12)) + (clouds / 255 - 0.5) * 0.05
    return seen * inside + around * (1 - inside)


def moire(size, draw) -> np.ndarray:
    """Bands of a screen's grid against the sensor's, bent a little, out of step between the colours."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    angle, period = draw.uniform(0, np.pi), draw.uniform(6, 40)
    bend = 1 + draw.uniform(-0.15, 0.15) * x / size[0] + draw.uniform(-0.15, 0.15) * y / size[1]
    phase = 2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) * bend / period
    strength = draw.uniform(0.005, 0.035)
    return np.stack([np.sin(phase + shift) for shift in (0, 0.8, 1.6)], axis=2) * strength


def vignetting(size, draw) -> np.ndarray:
    """Light lost towards the picture's corners."""
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    return 1 - draw.uniform(0.02, 0.18) * (x**2 + y**2)


def glare(size, corners, draw) -> np.ndarray:
    """No lamp, or one or two, mirrored in the film."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    light = np.zeros((size[1], size[0]))
    for _ in range(draw.choice([0, 1, 2], p=[0.5, 0.35, 0.15])):
        weights = draw.dirichlet(np.ones(4))
        cx, cy = weights @ corners
        wide, high = draw.uniform(0.02, 0.1, 2) * max(size)
        light += draw.uniform(0.1, 0.6) * np.exp(-(((x - cx) / wide) ** 2 + ((y - cy) / high) ** 2))
    return light


def as_picture(colours: np.ndarray) -> Image.Image:
    """Colours of 0 to 1 as a picture; what is brighter or darker is lost."""
    return Image.fromarray(np.clip(colours * 255 + 0.5, 0, 255).astype(np.uint8))


def write(films: Path, out: Path, count: int, seed: int) -> None:
    """Writes ``count`` films of ``films``, drawn by ``seed``, and a photograph of each."""
    paths = sorted(path for path in films.rglob("*") if path.suffix.lower() in PICTURES)
    truth = {}
    for folder in ("film", "photograph"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for i in sorted(np.random.default_rng(seed).permutation(len(paths))[:count]):
        film = Image.open(paths[i]).convert("L")
        film.save(out / "film" / f"{paths[i].stem}.png", compress_level=1)
        picture, corners = photograph(film, np.random.default_rng([seed, int(i)]))
        picture.save(out / "photograph" / f"{paths[i].stem}.jpeg", quality="keep")
        truth[paths[i].stem] = corners.round(5).tolist()
    (out / "corners.json").write_text(json.dumps(truth, indent=1) + "\n")


def report(command: Path, folder: Path) -> None:
    """Prints how far the answers of photographs are from their films'."""
    truth = json.loads((folder / "corners.json").read_text())
    films = readings(command, folder / "film")
    print(f"films called photographs: {sum(r['photograph'] is not None for r in films.values())} of {len(films)}")
    found = readings(command, folder / "photograph")
    whole = readings(command, folder / "photograph", ["--corners", "0,0,1,0,1,1,0,1"])
    true = {name: with_corners(command, folder / "photograph" / f"{name}.jpeg", corners) for name, corners in truth.items()}
    for name, photographs in (("as found", found), ("not squared", whole), ("at the true corners", true)):
        print(f"## {name}")
        compare(films, photographs, truth)


def with_corners(command: Path, picture: Path, corners: list) -> dict:
    """What the command says of a photograph whose corners the user has set."""
    places = ",".join(f"{share:.5f}" for corner in corners for share in corner)
    (reading,) = readings(command, picture, ["--corners", places]).values()
    return reading


def compare(films: dict, photographs: dict, truth: dict) -> None:
    found = [reading["photograph"] for reading in photographs.values()]
    print(f"photographs called photographs: {sum(p is not None for p in found)} of {len(found)}")
    off = {name: corner_error(truth[name], r["photograph"]) for name, r in photographs.items()}
    print(f"corners within 3 % of the film's: {sum(e < 0.03 for e in off.values())} of {len(off)}, median {np.median(list(off.values())):.4f}")
    both = [(films[n], photographs[n]) for n in films if films[n]["outcome"] and photographs[n]["outcome"]]
    print(f"films answered: {sum(r['outcome'] is not None for r in films.values())}, photographs answered: {len(both)}")
    moved = np.array([abs(a["probability"] - b["probability"]) for a, b in both])
    print(f"change of probability: median {np.median(moved):.3f}, mean {moved.mean():.3f}, above 0.1: {(moved > 0.1).mean():.1%}")
    print(f"likely to unlikely or back: {sum(flips(a, b) for a, b in both)} of {len(both)}")
    print(f"another outcome: {sum(a['outcome'] != b['outcome'] for a, b in both)} of {len(both)}")
    kept = [(a, b) for a, b in both if (b["quality"] or {}).get("grade") == "adequate"]
    kept_moved = [abs(a["probability"] - b["probability"]) for a, b in kept]
    print(f"of adequate photographs ({len(kept)}): median {np.median(kept_moved) if kept else float('nan'):.3f}")
    print(f"flips shown at once: {sum(flips(a, b) and not withheld(b) for a, b in both)}")


def withheld(reading: dict) -> bool:
    """Whether the page would withhold the answer."""
    return any(warning["withholds_answer"] for warning in reading["warnings"])


def corner_error(truth: list, photograph: dict | None) -> float:
    """The largest distance of a corner from the true one, as a share of the picture's sides."""
    return float(np.abs(np.array(truth) - np.array(photograph["corners"])).max()) if photograph else 1.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--films", type=Path, help="folder of films to photograph")
    arguments.add_argument("--out", type=Path, help="where the photographs go")
    arguments.add_argument("--count", type=int, default=120, help="films; default %(default)s")
    arguments.add_argument("--seed", type=int, default=0, help="default %(default)s")
    arguments.add_argument("--report", type=Path, help="folder of photographs to read")
    arguments.add_argument("--command", type=Path, default=Path("target/release/lungfield"), help="default %(default)s")
    options = arguments.parse_args()
    if options.films and options.out:
        write(options.films, options.out, options.count, options.seed)
    elif options.report:
        report(options.command, options.report)
    else:
        arguments.error("name --films and --out, or --report")


if __name__ == "__main__":
    main()
