"""``python -m lungfield_training``: from prepared films to a model, and from a model to golden values."""

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path

import onnx

from .films import LABELS, OTHER, FilmsError, load
from .lung_training import LungSettings
from .recipe import Recipe
from .train import Settings

# So many held-out films are examined when a model is trained: six minutes.
EXAMINED = 300
# So many films, of those that it learnt from, say how far a network may be rounded.
ROUNDED_ON = 160


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        options.command(options)
    except (FilmsError, ValueError, OSError) as error:
        print(f"lungfield_training: {error}", file=sys.stderr)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="lungfield_training", description=__doc__)
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    of_films = argparse.ArgumentParser(add_help=False)
    of_films.add_argument("--films", required=True, help="what lungfield prepare wrote")
    of_films.add_argument(
        "--outlines", required=True, type=Path, help="folder of films.csv (machines) and lungs224.npz (outlines of the lungs)"
    )

    lungs = commands.add_parser("lungs", parents=[of_films], help="train the network that outlines the lungs: lungs.onnx, lungs.json")
    lungs.add_argument("--out", required=True, type=Path, help="folder of the run; started again, it goes on from there")
    add_fields(lungs, LungSettings)
    lungs.set_defaults(command=lungs_command)

    run = commands.add_parser("train", parents=[of_films], help="train, calibrate, export and examine: model.onnx and manifest.json")
    run.add_argument("--variants", help="some of the same films at full size, prepared from there")
    run.add_argument("--lungs", required=True, type=Path, help="the lung network: lungs.onnx that the command lungs wrote")
    run.add_argument("--weights", required=True, help="ImageNet weights of MobileNetV2 (.npz)")
    run.add_argument("--not-chest", help="pictures that are no chest films, prepared with --other: the gate's")
    run.add_argument("--adults", help="adults' chest films, prepared with --other: the gate's score of them")
    run.add_argument("--out", required=True, type=Path, help="folder of the run; started again, it goes on from there")
    add_fields(run, Recipe)
    add_fields(run, Settings)
    run.set_defaults(command=train_command)

    exam = commands.add_parser(
        "exam", parents=[of_films], help="whether a model's answers rest on the lungs or on how the film was made, on held-out films"
    )
    exam.add_argument("--model", default=Path("models"), type=Path, help="folder of the model; default %(default)s")
    exam.add_argument("--folds", default=Recipe.folds, type=int, help="as in training; default %(default)s")
    exam.add_argument("--fold", default=Recipe.fold, type=int, help="as in training; default %(default)s")
    exam.add_argument("--limit", type=int, help="so many films, half of each class; default all of the fold")
    exam.add_argument("--changes", nargs="*", help="some of the changes, by name; default all")
    exam.add_argument("--out", required=True, type=Path, help="the records as JSON; the changes as CSV beside it")
    exam.set_defaults(command=exam_command)

    heat = commands.add_parser("heat", parents=[of_films], help="whether a model's heatmaps can be believed, on held-out films")
    heat.add_argument("--model", default=Path("models"), type=Path, help="folder of the model; default %(default)s")
    heat.add_argument("--folds", default=Recipe.folds, type=int, help="as in training; default %(default)s")
    heat.add_argument("--fold", default=Recipe.fold, type=int, help="as in training; default %(default)s")
    heat.add_argument("--limit", type=int, default=EXAMINED, help="so many films, half of each class; default %(default)s")
    heat.add_argument("--out", required=True, type=Path, help="the numbers as JSON; pictures of heat in a row beside it, with films and without")
    heat.set_defaults(command=heat_command)

    card = commands.add_parser("card", help="write the numbers of the model card")
    card.add_argument("--run", required=True, type=Path, help="the training run's folder")
    card.add_argument("--model", default=Path("models"), type=Path, help="folder of the model; default %(default)s")
    card.add_argument("--reader", default=Path("target/release/lungfield"), type=Path, help="the command that reads films; default %(default)s")
    card.add_argument("--demo", default=Path("www/films"), type=Path, help="folder of demo films; default %(default)s")
    card.set_defaults(command=card_command)

    negatives = commands.add_parser("synthetic-negatives", help="make pictures that are no chest films, for the gate")
    negatives.add_argument("--out", required=True, type=Path, help="each kind gets a folder in it")
    negatives.add_argument("--volumes", nargs="*", type=Path, default=[], help="CT or MR scans: .nii.gz or .inv3")
    negatives.add_argument("--count", type=int, default=80, help="pictures of each made-up kind; default %(default)s")
    negatives.add_argument("--seed", type=int, default=0, help="default %(default)s")
    negatives.set_defaults(command=synthetic_negatives_command)

    goldens = commands.add_parser("goldens", help="write tests/golden: what PyTorch makes of the shipped model")
    goldens.add_argument("--model", default="models/lungfield.onnx", help="default %(default)s")
    goldens.add_argument("--films", default="www/films", help="folder of demo films; default %(default)s")
    goldens.add_argument("--out", default="tests/golden", type=Path, help="default %(default)s")
    goldens.set_defaults(command=goldens_command)
    return root


def add_fields(command: argparse.ArgumentParser, kind: type) -> None:
    """An option for each number of a dataclass."""
    for field in fields(kind):
        if field.type in (int, float):
            name = f"--{field.name.replace('_', '-')}"
            command.add_argument(name, default=field.default, type=field.type, help=f"default {field.default}")


def chosen(kind: type, options: argparse.Namespace):
    """The dataclass ``kind`` with the values that were given."""
    return kind(**{field.name: getattr(options, field.name) for field in fields(kind) if field.type in (int, float)})


def report(text: str) -> None:
    print(text, flush=True)


def lungs_command(options: argparse.Namespace) -> None:
    from . import exam
    from .lung_masks import load_outlined
    from .lung_network import to_onnx
    from .lung_training import measure_lungs, train_lungs

    films, settings = load_outlined(options.films, options.outlines), chosen(LungSettings, options)
    network = train_lungs(films, options.out, settings, report)
    onnx.save(to_onnx(network), options.out / "lungs.onnx")
    measured = measure_lungs(network, *exam.held_out(films, settings.folds, settings.fold), report)
    write_json(options.out / "lungs.json", measured)


def train_command(options: argparse.Namespace) -> None:
    from . import exam, gate as gates, manifest as manifests
    from .export import to_onnx
    from .films import folds_by_patient, split_off
    from .lung_masks import load_outlined
    from .lung_network import found_by, load_onnx
    from .reader import Reader
    from .recipe import train_all
    from .rounding import round_weights

    recipe, settings = chosen(Recipe, options), chosen(Settings, options)
    films, lungs = load_outlined(options.films, options.outlines), load_onnx(options.lungs)
    variants, negatives, adults = (
        load(pictures, labels) if pictures else None
        for pictures, labels in ((options.variants, LABELS), (options.not_chest, (OTHER,)), (options.adults, (OTHER,)))
    )
    report("lungs: finding them in every film")
    found = found_by(lungs, films)
    folds = folds_by_patient(films.films, recipe.folds)
    readers, answers = {}, {}
    for fold, network in train_all(films, found, options.weights, options.out, recipe, settings, report):
        readers[fold] = Reader(network, lungs, settings.frame)
        learnt_from, _ = split_off(films.films, folds, fold)
        round_weights(network, readers[fold].framed(films.luma(learnt_from[:: len(learnt_from) // ROUNDED_ON + 1])), report)
        answers[fold] = manifests.predictions(readers[fold], films.take(folds[fold]), variants, fold, report)
    networks = [{"kept_from": fold, **manifests.told_apart(each)} for fold, each in answers.items()]
    shipped, held_out = readers[recipe.fold], answers.pop(recipe.fold)
    own = held_out["films"].films
    fitted = films.films.take(sorted(i for fold, each in enumerate(folds) if fold != recipe.fold for i in each))
    gate, of_gate = gates.build(shipped, fitted, own, negatives, adults, settings.seed, report)
    manifest = manifests.describe(shipped, films.films, held_out, manifests.joined(list(answers.values())), gate, of_gate)
    examined, lenders = exam.held_out(films, recipe.folds, recipe.fold, EXAMINED)
    seen = exam.examine(exam.answer_of(shipped), examined, lenders, exam.as_told_by(manifest), report)
    # Those first of which the page shows the first under an answer.
    of_changes = exam.measured(seen, len(set(examined.films.patients)))
    manifest["measured"] = [manifests.written(record) for record in of_changes] + manifest["measured"]

    exam.write(seen, options.out / "exam.json")
    write_json(options.out / "networks.json", networks)
    (options.out / "held-out.txt").write_text("".join(f"{film.path}\n" for film in own.films), encoding="utf-8")
    onnx.save(to_onnx(shipped.network, gate, lungs, settings.frame.side), options.out / "model.onnx")
    write_json(options.out / "manifest.json", manifest)


def exam_command(options: argparse.Namespace) -> None:
    from . import exam
    from .lung_masks import load_outlined

    manifest, reader = reader_of(options.model)
    films, lenders = exam.held_out(load_outlined(options.films, options.outlines), options.folds, options.fold, options.limit)
    found = exam.examine(exam.answer_of(reader), films, lenders, exam.as_told_by(manifest), report, options.changes)
    exam.write(found, options.out)
    report(json.dumps(found["summary"], indent=1))


def heat_command(options: argparse.Namespace) -> None:
    from . import exam, heat
    from .lung_masks import load_outlined

    manifest, reader = reader_of(options.model)
    films, lenders = exam.held_out(load_outlined(options.films, options.outlines), options.folds, options.fold, options.limit)
    found = heat.measure(reader, films, lenders, report)
    write_json(options.out, found)
    for with_film in (False, True):
        picture = heat.sheet(reader, films, manifest["heatmap"]["full_scale"], with_film)
        picture.save(options.out.with_suffix(".films.png" if with_film else ".png"), optimize=True)
    report(json.dumps(found, indent=1))


def reader_of(model: Path):
    """The manifest of a model's folder, and its networks."""
    from .export import load_onnx
    from .lung_frame import Frame
    from .reader import Reader

    manifest = json.loads((model / "manifest.json").read_text(encoding="utf-8"))
    network, lungs = load_onnx(model / manifest["file"])
    return manifest, Reader(network, lungs, Frame(manifest["input"]["side"]))


def card_command(options: argparse.Namespace) -> None:
    from .card import write

    write(options.model, options.run, options.reader, options.demo)


def synthetic_negatives_command(options: argparse.Namespace) -> None:
    from .synthetic_negatives import write_negatives

    count = write_negatives(options.out, options.volumes, options.count, options.seed)
    print(f"{count} pictures in {options.out}")


def goldens_command(options: argparse.Namespace) -> None:
    from . import statistics_golden
    from .goldens import write_goldens

    write_goldens(options.model, options.films, options.out)
    statistics_golden.write(options.out)


def write_json(path: Path, value) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    sys.exit(main())
