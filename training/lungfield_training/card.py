"""The model card's numbers, written from the manifest and the run, so that nobody copies one wrongly."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

from . import metrics
from .making import CODES

PLACE = re.compile(r"(<!-- (\w+): written by training -->\n).*?(<!-- end -->)", re.DOTALL)
# The words for the manifest's codes; the page has its own in www/locales.
SPLITS = {"held-out": "held out", "cross-validation": "cross-validation"}
VIEWS = {"original": "as they are", "full-size": "full size"}
CHANGES = {code: name for name, code in CODES.items()}
OF_GATE = {"original": "as they are", "augmented": "made otherwise", "photographed": "photographed"}
KINDS = {"hannover": "Hannover", "no-finding": "NIH, no finding", "pneumonia": "NIH, pneumonia"}
# The columns of the table of results; the manifest has more of them.
COLUMNS = {
    "auroc": "AUROC",
    "sensitivity": "sensitivity, %",
    "specificity": "specificity, %",
    "uncertain": "uncertain, %",
    "calibration_error": "calibration error",
}
# What the run has besides the manifest, and the card keeps.
KEPT = ("networks.json", "exam.json")
RIGHT = {"normal": "unlikely", "pneumonia": "likely"}
# Of the demo films' pictures, in pixels.
WIDTH = 360


def parts(manifest: dict, networks: list[dict], exam: dict) -> dict[str, str]:
    """What stands between the card's marks, by name, but for the demo films."""
    return {
        "version": f"{manifest['name']} {manifest['version']}, sha256 `{manifest['sha256']}`\n",
        "results": results(manifest["measured"]),
        "changes": changes(manifest["measured"]),
        "exam": alone(exam["summary"]),
        "gate": gate(manifest["measured"]),
        "points": points(manifest),
        "networks": table_of_networks(networks),
    }


def filled(text: str, found: dict[str, str]) -> str:
    """The card with these between its marks; a mark without numbers for it is an error."""
    return PLACE.sub(lambda match: match[1] + found[match[2]] + match[3], text)


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(line) + " |\n" for line in (head, *rows)]
    return "".join([lines[0], "|" + "---|" * len(head) + "\n", *lines[1:]])


def share(found: dict) -> str:
    """A share in percent, with its interval where it has one: a cell below a head with a percent sign."""
    interval = f" ({100 * found['low']:.1f}–{100 * found['high']:.1f})" if "low" in found else ""
    return f"{100 * found['value']:.1f}{interval}"


def area(found: dict) -> str:
    interval = f" ({found['low']:.3f}–{found['high']:.3f})" if "low" in found else ""
    return f"{found['value']:.3f}{interval}"


def counted(films: dict) -> str:
    return f"{films['count']} ({films['normal']}, {films['pneumonia']})"


def results(measured: list[dict]) -> str:
    """One row a split and view of the films as they are read."""
    rows = [
        [
            f"{SPLITS[record['films']['split']]}, {VIEWS[record['films']['views'][0]]}",
            counted(record["films"]),
            *((area if key in ("auroc", "calibration_error") else share)(record["metrics"][key]) for key in COLUMNS),
        ]
        for record in measured
        if "auroc" in record["metrics"] and record["films"]["views"][0] in VIEWS
    ]
    return table(["films", "n (normal, pneumonia)", *COLUMNS.values()], rows)


def changes(measured: list[dict]) -> str:
    """What one change of every film does, the lowest specificity first."""
    first = next(record for record in measured if "normal_logit_shift" in record["metrics"])
    rows = [
        [
            CHANGES[record["films"]["views"][0]],
            f"{found['normal_logit_shift']['value']:+.2f}",
            *(f"{100 * found[key]['value']:.1f}" for key in ("sensitivity", "specificity")),
        ]
        for record in measured
        if "normal_logit_shift" in (found := record["metrics"])
    ]
    return table([f"change of {counted(first['films'])} films", "normal films' logit", "sensitivity, %", "specificity, %"], rows)


def alone(summary: dict) -> str:
    return (
        f"Films whose lungs are hidden rank the classes with an AUROC of {summary['surroundings_alone']:.3f}, one film framed as "
        f"each of the others is with {summary['frame_alone']:.3f}: .5 would be nothing. Under no change are more than "
        f"{100 * summary['most_uncertain']:.1f} % uncertain, fewer than {100 * summary['lowest_right_where_certain']:.1f} % of the others "
        f"right, or is the calibration error above {summary['largest_calibration_error']:.3f}.\n"
    )


def gate(measured: list[dict]) -> str:
    """What becomes of pictures before they get an answer."""
    rows, others = [], []
    for record in measured:
        films, found = record["films"], record["metrics"]
        if "refused" not in found:
            continue
        count = films["count"]
        of = lambda *names: sum(round(found[name]["value"] * count) for name in names)  # noqa: E731
        if films["group"] == "not-chest":
            others.append((of("refused"), count))
        elif films["group"] == "children":
            held_back = share(metrics.share(of("refused", "flagged"), count))
            rows.append([f"children, {OF_GATE[films['views'][0]]}", str(count), share(found["refused"]), held_back])
        else:
            name = f"adults, {KINDS.get(films['kind'], films['kind'])}"
            rows.append([name, str(count), share(found["refused"]), share(found["flagged_or_refused"])])
    if others:
        refused, count = (sum(each) for each in zip(*others))
        rows.append(["pictures that are no chest films", str(count), share(metrics.share(refused, count)), ""])
    return table(["held out", "n", "refused, %", "refused or flagged, %"], rows)


def points(manifest: dict) -> str:
    thresholds = manifest["thresholds"]
    rows = [
        [point["name"], f"{point['probability']:.3f}", share(point["sensitivity"]), share(point["specificity"])]
        for point in manifest["operating_points"]
    ]
    return (
        table(["operating point", "probability from", "sensitivity, %", "specificity, %"], rows)
        + f"\nOn the {thresholds['films']['count']} films that they were chosen on, original and degraded. "
        + f"\"Unlikely\" below {thresholds['unlikely_below']:.3f}, \"likely\" from {thresholds['likely_from']:.3f}: "
        + f"error level {100 * thresholds['error_level']:.1f} %.\n"
    )


def table_of_networks(networks: list[dict]) -> str:
    """Each network on the fold that it was kept from; the first is the one that ships."""
    views = [view for view in ("films", "variants") if view in networks[0]]
    rows = []
    for number, network in enumerate(networks):
        cells = [f"{network[view][key]:.4f}" for view in views for key in ("auroc", "log_loss")]
        rows.append(["calibrates" if number else "ships", str(network["kept_from"]), *cells])
    heads = [f"{key}, {view}" for view in ("as they are", "full size")[: len(views)] for key in ("AUROC", "log loss")]
    return table(["network", "fold that it was kept from", *heads], rows)


def demo(command: Path, models: Path, films: Path) -> str:
    """The demo films that the command does not answer rightly, their pictures written to ``models/card``."""
    described = json.loads((films / "films.json").read_text(encoding="utf-8"))
    card = models / "card"
    shown = []
    with tempfile.TemporaryDirectory() as heatmaps:
        read = [command, "read", "--json", "--model", models, "--heatmap", heatmaps, *(films / film["file"] for film in described)]
        lines = subprocess.run(read, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        for earlier in card.glob("*.jpeg"):
            earlier.unlink()
        for film, reading in zip(described, map(json.loads, lines), strict=True):
            if reading["outcome"] == RIGHT[film["label"]]:
                continue
            stem = Path(film["file"]).stem
            with Image.open(Path(heatmaps) / f"{stem}.heatmap.png") as heated:
                size = (WIDTH, round(WIDTH * heated.height / heated.width))
                heated.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(card / f"{stem}.jpeg", quality=78)
            said = f"labelled {film['label']}, called {reading['outcome']}, with a probability of {reading['probability']:.2f}"
            picture = f"![The film with its heatmap](card/{stem}.jpeg)"
            shown.append(f"{picture}\n\n*{said.capitalize()}; the heat speaks for {reading['heatmap']['class']}.*\n")
    right = f"{len(described) - len(shown)} of the {len(described)} demo films are answered rightly."
    return "\n".join([f"{right} The others:\n" if shown else f"{right}\n", *shown])


def write(models: Path, run: Path, command: Path, films: Path) -> None:
    """Fills ``models/MODEL_CARD.md`` from the manifest, what the run wrote beside it, and what the command reads in the demo
    films."""
    manifest = json.loads((models / "manifest.json").read_text(encoding="utf-8"))
    card, kept = models / "MODEL_CARD.md", models / "card"
    kept.mkdir(exist_ok=True)
    for name in KEPT:
        (kept / name).write_bytes((run / name).read_bytes())
    found = {**parts(manifest, *read_kept(models)), "demo": demo(command, models, films)}
    card.write_text(filled(card.read_text(encoding="utf-8"), found), encoding="utf-8")


def read_kept(models: Path) -> list:
    """What the run had besides the manifest, in the order of ``parts``."""
    return [json.loads((models / "card" / name).read_text(encoding="utf-8")) for name in KEPT]
