"""The model card's numbers, written from the manifest, the audit and the run, so that nobody copies one wrongly."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

PLACE = re.compile(r"(<!-- (\w+): written by training -->\n).*?(<!-- end -->)", re.DOTALL)
WHATS = {
    "auroc": "AUROC",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "accuracy": "accuracy",
    "uncertain_rate": "answered \"uncertain\"",
    "accuracy_where_certain": "accuracy of the other answers",
    "ece": "expected calibration error",
}
NETWORKS_VIEWS = ("films", "variants")
RIGHT = {"normal": "unlikely", "pneumonia": "likely"}
# Of the demo films' pictures, in pixels.
WIDTH = 420


def fill(card: Path, manifest: dict, audit: dict, networks: dict, demo_films: str) -> None:
    """Replaces what stands between the card's marks; a mark without numbers for it is an error."""
    parts = {
        "version": f"{manifest['name']} {manifest['version']}, sha256 `{manifest['sha256']}`\n",
        "measured": measured(manifest),
        "points": points(manifest),
        "gate": gate(manifest),
        "networks": table_of_networks(networks),
        "audit": changes(audit),
        "subgroups": subgroups(audit),
        "heat": heat(audit),
        "mistakes": mistakes(audit),
        "demo": demo_films,
    }
    text = card.read_text(encoding="utf-8")
    card.write_text(PLACE.sub(lambda match: match[1] + parts[match[2]] + match[3], text), encoding="utf-8")


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def share(row: dict) -> str:
    return f"{percent(row['value'])} ({100 * row['low']:.1f} to {100 * row['high']:.1f})"


def number(row: dict) -> str:
    if row["what"] in ("auroc", "ece"):
        interval = f" ({row['low']:.3f} to {row['high']:.3f})" if row["low"] is not None else ""
        return f"{row['value']:.3f}{interval}"
    return share(row)


def measured(manifest: dict) -> str:
    rows = [row for row in manifest["measured"] if row["what"] in WHATS]
    films = list(dict.fromkeys(row["films"] for row in rows))
    cell = {(row["what"], row["films"]): number(row) for row in rows}
    body = [[name, *(cell.get((what, each), "") for each in films)] for what, name in WHATS.items()]
    return table(["", *films], body)


def points(manifest: dict) -> str:
    thresholds = manifest["thresholds"]
    rows = [
        [point["name"], f"{point['probability']:.3f}", share(point["sensitivity"]), share(point["specificity"])]
        for point in manifest["operating_points"]
    ]
    return (
        table(["operating point", "probability from", "sensitivity", "specificity"], rows)
        + f"\nMeasured on {manifest['operating_points'][0]['films']}. \"Unlikely\" below {thresholds['unlikely_below']:.3f}, "
        + f"\"likely\" from {thresholds['likely_from']:.3f}: error level {percent(thresholds['error_level'])}.\n"
    )


def gate(manifest: dict) -> str:
    names = {
        "gate_refused": "refused",
        "gate_flagged": "flagged as unlike the training films",
        "gate_recognised": "view recognised",
        "gate_flagged_or_refused": "flagged or refused",
        "gate_refused_unseen_kind": "refused by a gate that never saw this kind",
        "gate_flagged_unseen_kind": "answer held back by a gate that never saw this kind of adults' films",
    }
    rows = [row for row in manifest["measured"] if row["what"] in names]
    return table(
        ["pictures", "what", "share", "n"],
        [[row["films"], names[row["what"]], share(row), str(row["n"])] for row in rows],
    )


def table_of_networks(found: dict) -> str:
    rows = []
    for name, views in found["networks"].items():
        cells = [f"{views[view][key]:.4f}" for view in NETWORKS_VIEWS if view in views for key in ("auroc", "log_loss")]
        rows.append([f"**{name}**" if name == "student" else name, str(views["fold"]), *cells])
    heads = [f"{key}, {view}" for view in ("as they are", "full size") for key in ("AUROC", "log loss")]
    return table(["network", "fold that it was kept from", *heads[: len(rows[0]) - 2]], rows)


def changes(audit: dict) -> str:
    rows = [
        [row["change"], str(row["n"]), f"{row['auroc']:.4f}", percent(row["sensitivity"]), percent(row["specificity"])]
        for row in audit["films"]
    ]
    return table(["held-out films", "n", "AUROC", "sensitivity", "specificity"], rows)


def subgroups(audit: dict) -> str:
    rows = [
        [row["subtype"], str(row["n"]), share({"value": row["right"], "low": row["low"], "high": row["high"]})]
        for row in audit["subgroups"]
    ]
    return table(["films", "n", "on the right side of the operating point"], rows)


def heat(audit: dict) -> str:
    found = audit["heat"]
    removal = found["removal"]
    redrawn = [
        [
            row["redrawn_down_to"],
            "" if row["rank_correlation"] is None else f"{row['rank_correlation']:.2f}",
            percent(row["without_heat"]),
        ]
        for row in found["randomised"]
    ]
    return (
        f"On {found['n']} films rightly called pneumonia, {percent(found['share_of_heat_in_the_outer_cells'])} of the heat "
        f"lies in the outer ring of the 7 x 7 cells, which is {percent(found['share_of_area_of_the_outer_cells'])} of the "
        "area.\n\n"
        + table(
            ["cells blurred or uncovered, hottest first", "Grad-CAM", "random order"],
            [
                [f"{what} (area under the probability)", f"{removal[f'{what}_grad_cam']:.3f}", f"{removal[f'{what}_random']:.3f}"]
                for what in ("deletion", "insertion")
            ],
        )
        + "\n"
        + table(["weights shuffled from the classifier down to", "rank correlation with the true map", "maps without any heat"], redrawn)
    )


def mistakes(audit: dict) -> str:
    found = audit["mistakes"]
    return (
        f"{found['missed']} of the {found['pneumonia']} held-out films with pneumonia lie below the operating point, "
        f"{found['missed_among_normal']} of them as low as nine normal ones in ten; {found['called']} of the "
        f"{found['normal']} normal ones lie above it.\n"
    )


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
    """Fills ``models/MODEL_CARD.md`` from the files beside it, the run's ``networks.json`` and what the command reads in the
    demo films."""
    manifest = json.loads((models / "manifest.json").read_text(encoding="utf-8"))
    audit = json.loads((models / "card" / "audit.json").read_text(encoding="utf-8"))
    kept = models / "card" / "networks.json"
    if (run / "networks.json").is_file():
        kept.write_text((run / "networks.json").read_text(encoding="utf-8"), encoding="utf-8")
    networks = json.loads(kept.read_text(encoding="utf-8"))
    fill(models / "MODEL_CARD.md", manifest, audit, networks, demo(command, models, films))
