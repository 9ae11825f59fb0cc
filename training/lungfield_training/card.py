"""The model card's numbers, written from the manifest, the audit and the run, so that nobody copies one wrongly."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

PLACE = re.compile(r"(<!-- (\w+): written by training -->\n).*?(<!-- end -->)", re.DOTALL)
# The words for the manifest's codes; the page has its own in www/locales.
GROUPS = {
    "children": "children",
    "children-elsewhere": "children of other hospitals",
    "adults": "adults",
    "lateral": "lateral chest films",
    "not-chest": "pictures that are no chest films",
}
SPLITS = {"official-test": "official test split", "held-out": "held out", "cross-validation": "cross-validation"}
VIEWS = {
    "original": "",
    "squashed": "as 224 x 224",
    "other-kernel": "shrunk with another kernel",
    "full-size": "full size",
    "degraded": "degraded",
    "side-marker": "another machine's side marker laid over the film's own",
    "cropped-8": "8 % cut off around",
    "cropped-16": "16 % cut off around",
    "noise": "noise of 6 of 255",
    "blurred-1": "blur of 1 pixel",
    "blurred-2": "blur of 2 pixels",
    "edge-replicated": "edge replicated by 8 %",
}
KINDS = {"nih-and-others": "NIH and others", "nih": "NIH", "hannover": "Hannover"}
# The columns of the table of results, and what training's own rows in it are; the manifest has more of them.
COLUMNS = {
    "auroc": "AUROC",
    "sensitivity": "sensitivity, %",
    "specificity": "specificity, %",
    "refused": "refused, %",
    "flagged": "flagged, %",
}
OWN_ROWS = (("held-out", "original"), ("held-out", "full-size"), ("held-out", "degraded"), ("cross-validation", "original"))
# The rows of the audit that the card shows; card/audit.json has them all.
AUDITED = (
    "original",
    "borders and markers erased",
    "only the lungs' box",
    "everything but the lungs' box",
    "half the resolution",
    "half the local contrast",
    "in the tone of a film of the other class",
    "full size, all 1.35 times as wide as high",
)
NETWORKS_VIEWS = ("films", "variants")
RIGHT = {"normal": "unlikely", "pneumonia": "likely"}
# Of the demo films' pictures, in pixels.
WIDTH = 420


def parts(manifest: dict, audit: dict, networks: dict) -> dict[str, str]:
    """What stands between the card's marks, by name, but for the demo films."""
    return {
        "version": f"{manifest['name']} {manifest['version']}, sha256 `{manifest['sha256']}`\n",
        "results": results(manifest["measured"]),
        "changes": changes(manifest["measured"]),
        "points": points(manifest),
        "networks": table_of_networks(networks),
        "audit": audited(audit),
        "subgroups": subgroups(audit),
        "heat": heat(audit),
        "mistakes": mistakes(audit),
    }


def filled(text: str, found: dict[str, str]) -> str:
    """The card with these between its marks; a mark without numbers for it is an error."""
    return PLACE.sub(lambda match: match[1] + found[match[2]] + match[3], text)


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(line) + " |\n" for line in (head, *rows)]
    return "".join([lines[0], "|" + "---|" * len(head) + "\n", *lines[1:]])


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def share(found: dict) -> str:
    """A share in percent, with its interval where it has one: a cell below a head with a percent sign."""
    interval = f" ({100 * found['low']:.1f}–{100 * found['high']:.1f})" if "low" in found else ""
    return f"{100 * found['value']:.1f}{interval}"


def area(found: dict) -> str:
    interval = f" ({found['low']:.3f}–{found['high']:.3f})" if "low" in found else ""
    return f"{found['value']:.3f}{interval}"


def described(films: dict) -> str:
    """Which films, in words."""
    ages = films.get("ages")
    words = [
        SPLITS.get(films.get("split", ""), GROUPS[films["group"]]),
        *(KINDS[films[key]] for key in ("kind",) if key in films),
        *(f"{ages[0]} to {ages[1]} years" for _ in range(ages is not None)),
        *(VIEWS[view] for view in films.get("views", ())),
    ]
    return ", ".join(filter(None, words))


def results(measured: list[dict]) -> str:
    """One row a set of films: the independent evaluation first, as it is, then what training measured."""
    rows = []
    for record in measured:
        films, found = record["films"], record["metrics"]
        if films.get("source") == "independent":
            if "normal_logit_shift" in found:
                continue
        elif (films.get("split"), *films.get("views", ())) not in OWN_ROWS or "auroc" not in found:
            continue
        n = f"{films['count']} ({films['normal']}, {films['pneumonia']})" if "normal" in films else str(films["count"])
        cells = [(area if key == "auroc" else share)(found[key]) if key in found else "" for key in COLUMNS]
        rows.append([described(films), n, *cells])
    return table(["films", "n (normal, pneumonia)", *COLUMNS.values()], rows)


def changes(measured: list[dict]) -> str:
    """What one change of every film does, by the independent evaluation."""
    rows = [
        [
            VIEWS[record["films"]["views"][0]],
            f"{found['normal_logit_shift']['value']:+.1f}",
            *(share({"value": found[key]["value"]}) for key in ("sensitivity", "specificity")),
        ]
        for record in measured
        if "normal_logit_shift" in (found := record["metrics"])
    ]
    return table(["change of every film", "normal films' logit", "sensitivity, %", "specificity, %"], rows)


def points(manifest: dict) -> str:
    thresholds = manifest["thresholds"]
    rows = [
        [point["name"], f"{point['probability']:.3f}", share(point["sensitivity"]), share(point["specificity"])]
        for point in manifest["operating_points"]
    ]
    return (
        table(["operating point", "probability from", "sensitivity, %", "specificity, %"], rows)
        + f"\nOn the {thresholds['films']['count']} films that they were chosen on, original and degraded. \"Unlikely\" below "
        + f"{thresholds['unlikely_below']:.3f}, \"likely\" from {thresholds['likely_from']:.3f}: error level {percent(thresholds['error_level'])}.\n"
    )


def table_of_networks(found: dict) -> str:
    rows = []
    for name, views in found["networks"].items():
        cells = [f"{views[view][key]:.4f}" for view in NETWORKS_VIEWS if view in views for key in ("auroc", "log_loss")]
        rows.append([f"**{name}**" if name == "student" else name, str(views["fold"]), *cells])
    heads = [f"{key}, {view}" for view in ("original", "full size") for key in ("AUROC", "log loss")]
    return table(["network", "fold that it was kept from", *heads[: len(rows[0]) - 2]], rows)


def audited(audit: dict) -> str:
    rows = [
        [row["change"], str(row["n"]), f"{row['auroc']:.4f}", *(f"{100 * row[key]:.1f}" for key in ("sensitivity", "specificity"))]
        for row in audit["films"]
        if row["change"] in AUDITED
    ]
    return table(["held-out films", "n", "AUROC", "sensitivity, %", "specificity, %"], rows)


def subgroups(audit: dict) -> str:
    rows = [
        [row["subtype"], str(row["n"]), share({"value": row["right"], "low": row["low"], "high": row["high"]})]
        for row in audit["subgroups"]
    ]
    return table(["films", "n", "on the right side of the operating point, %"], rows)


def heat(audit: dict) -> str:
    found = audit["heat"]
    removal = found["removal"]
    shuffled = [
        f"{row['rank_correlation']:.2f} down to {row['redrawn_down_to']}"
        for row in (found["randomised"][0], found["randomised"][-1])
        if row["rank_correlation"] is not None
    ]
    return (
        f"On {found['n']} films rightly called pneumonia, {percent(found['share_of_heat_in_the_outer_cells'])} of the heat "
        f"lies in the outer ring of cells, which is {percent(found['share_of_area_of_the_outer_cells'])} of the area. "
        f"With cells blurred, hottest first, the area under the probability is {removal['deletion_grad_cam']:.3f} "
        f"({removal['deletion_random']:.3f} in random order); with cells uncovered, {removal['insertion_grad_cam']:.3f} "
        f"({removal['insertion_random']:.3f}). With weights shuffled, maps keep a rank correlation of {', '.join(shuffled)}.\n"
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
    card = models / "MODEL_CARD.md"
    found = {**parts(manifest, audit, networks), "demo": demo(command, models, films)}
    card.write_text(filled(card.read_text(encoding="utf-8"), found), encoding="utf-8")
