"""Films degraded on purpose, one fault at a time and in three degrees: what the quality limits are measured on.

    python -m lungfield_training.degrade --films DIR --out DIR --count 200
    python -m lungfield_training.degrade --report DIR --command target/release/lungfield

The first writes ``DIR/<fault>-<degree>/<film>.png`` beside ``DIR/plain-0``; the second reads them all and prints, for each
folder, how its films are graded and how far their answers moved from the plain film's. Needs NumPy and Pillow.
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

PICTURES = {".png", ".jpeg", ".jpg"}


def luma(film: Image.Image, change) -> Image.Image:
    values = change(np.asarray(film, dtype=np.float32) / 255)
    return Image.fromarray(np.clip(values * 255 + 0.5, 0, 255).astype(np.uint8))


def cut(film: Image.Image, left=0.0, top=0.0, right=0.0, bottom=0.0) -> Image.Image:
    width, height = film.size
    return film.crop((int(width * left), int(height * top), int(width * (1 - right)), int(height * (1 - bottom))))


def small(film: Image.Image, side: float) -> Image.Image:
    scale = side / min(film.size)
    return film.resize((round(film.width * scale), round(film.height * scale)), Image.Resampling.BILINEAR)


# Each fault with its three degrees: light, heavy, ruinous.
FAULTS = {
    "dark": (lambda film, by: luma(film, lambda v: v * by), (0.6, 0.4, 0.15)),
    "bright": (lambda film, by: luma(film, lambda v: 1 - (1 - v) * by), (0.6, 0.4, 0.15)),
    "flat": (lambda film, by: luma(film, lambda v: 0.5 + (v - 0.5) * by), (0.5, 0.3, 0.1)),
    # Standard deviation of the blur as a share of the longer side.
    "blur": (lambda film, by: film.filter(ImageFilter.GaussianBlur(by * max(film.size))), (0.002, 0.005, 0.012)),
    "tilt": (lambda film, by: film.rotate(-by, Image.Resampling.BILINEAR), (8, 15, 25)),
    "cut-left": (lambda film, by: cut(film, left=by), (0.1, 0.2, 0.3)),
    "cut-right": (lambda film, by: cut(film, right=by), (0.1, 0.2, 0.3)),
    "cut-below": (lambda film, by: cut(film, bottom=by), (0.1, 0.2, 0.35)),
    # Shorter side in pixels.
    "small": (small, (256, 220, 150)),
}


def write(films: Path, out: Path, count: int, seed: int) -> None:
    """Writes ``count`` films of ``films``, drawn by ``seed``, with every fault."""
    paths = sorted(path for path in films.rglob("*") if path.suffix.lower() in PICTURES)
    for i in sorted(np.random.default_rng(seed).permutation(len(paths))[:count]):
        film = Image.open(paths[i]).convert("L")
        copies = {"plain-0": film}
        copies |= {f"{name}-{by}": make(film, by) for name, (make, degrees) in FAULTS.items() for by in degrees}
        for folder, copy in copies.items():
            (out / folder).mkdir(parents=True, exist_ok=True)
            copy.save(out / folder / f"{paths[i].stem}.png", compress_level=1)


def readings(command: Path, folder: Path, options: list[str] = ()) -> dict[str, dict]:
    """What the command says of each film in a folder, by name."""
    run = subprocess.run([command, "read", "--json", *options, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return {Path(reading["file"]).stem: reading for reading in map(json.loads, run.stdout.splitlines())}


def flips(plain: dict, worse: dict) -> bool:
    """Whether an answer became its opposite."""
    return {plain["outcome"], worse["outcome"]} == {"likely", "unlikely"}


def report(command: Path, folder: Path) -> None:
    """Prints a line for each fault and degree."""
    plain = readings(command, folder / "plain-0")
    faults = [f"{name}-{by}" for name, (_, degrees) in FAULTS.items() for by in degrees]
    print("| fault | adequate | suboptimal | uninterpretable | refused | median change | flipped | by finding |")
    print("|---|---|---|---|---|---|---|---|")
    for fault in ["plain-0", *faults]:
        found = readings(command, folder / fault)
        grades, kinds = {}, {}
        for reading in found.values():
            grade = reading["quality"]["grade"] if reading["quality"] else "refused"
            grades[grade] = grades.get(grade, 0) + 1
            for finding in (reading["quality"] or {"findings": []})["findings"]:
                kinds[finding["kind"]] = kinds.get(finding["kind"], 0) + (finding["grade"] != "adequate")
        both = [(plain[name], found[name]) for name in found if plain[name]["outcome"] and found[name]["outcome"]]
        moved = [abs(a["probability"] - b["probability"]) for a, b in both]
        flipped = sum(flips(a, b) for a, b in both)
        share = " | ".join(f"{grades.get(g, 0) / len(found):.1%}" for g in ("adequate", "suboptimal", "uninterpretable", "refused"))
        by = ", ".join(f"{kind} {n / len(found):.1%}" for kind, n in kinds.items() if n)
        print(f"| {fault} | {share} | {np.median(moved) if moved else float('nan'):.3f} | {flipped} of {len(both)} | {by} |", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--films", type=Path, help="folder of films to degrade")
    arguments.add_argument("--out", type=Path, help="where the copies go")
    arguments.add_argument("--count", type=int, default=200, help="films; default %(default)s")
    arguments.add_argument("--seed", type=int, default=0, help="default %(default)s")
    arguments.add_argument("--report", type=Path, help="folder of copies to read")
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
