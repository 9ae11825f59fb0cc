"""``python -m lungfield_training``: from prepared films to a model, and from a model to golden values."""

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path

import onnx
import torch

from . import parallel
from .field_recipe import FieldRecipe
from .field_training import FieldSettings
from .films import LABELS, OTHER, FilmsError, load
from .lung_training import LungSettings
from .recipe import Recipe, predict_held_out, fine_tune
from .train import Settings, Split


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    parallel.start()
    try:
        options.command(options)
    except (FilmsError, ValueError, OSError) as error:
        print(f"lungfield_training: {error}", file=sys.stderr)
        return 1
    finally:
        parallel.stop()
    return 0


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="lungfield_training", description=__doc__)
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("train", help="fine-tune, calibrate and export: writes model.onnx and manifest.json")
    run.add_argument("--films", required=True, help="what lungfield prepare wrote")
    run.add_argument("--variants", help="some of the same films at full size, prepared from there")
    run.add_argument("--weights", required=True, help="ImageNet weights of MobileNetV2 (.npz)")
    run.add_argument("--out", required=True, type=Path, help="folder of the run; started again, it goes on from there")
    run.add_argument("--not-chest", help="pictures that are no chest films, prepared with --other: the gate's")
    run.add_argument("--adults", help="adults' chest films, prepared with --other: the gate's score of them")
    for field in (*fields(Recipe), *fields(Settings)):
        name = f"--{field.name.replace('_', '-')}"
        kind = {"action": argparse.BooleanOptionalAction} if field.type is bool else {"type": field.type}
        run.add_argument(name, default=field.default, help=f"default {field.default}", **kind)
    run.set_defaults(command=train_command)

    compare = commands.add_parser("compare", help="what each part of the recipe is worth, cross-validated by patient")
    compare.add_argument("--films", required=True, help="what lungfield prepare wrote")
    compare.add_argument("--variants", help="some of the same films at full size, prepared from there")
    compare.add_argument("--weights", required=True, help="ImageNet weights of MobileNetV2 (.npz)")
    compare.add_argument("--out", required=True, type=Path, help="folder of the runs; started again, it goes on from there")
    compare.add_argument("--changes", nargs="*", help="some of the changes, by name; default all")
    compare.add_argument("--folds", nargs="*", type=int, default=[1, 2, 3], help="held out in turn; default %(default)s")
    compare.add_argument("--of", type=int, default=Recipe.folds, help="folds in all; default %(default)s")
    compare.add_argument("--seeds", nargs="*", type=int, default=[1], help="default %(default)s")
    compare.set_defaults(command=compare_command)

    margins = commands.add_parser("margins", help="what the margin around a film is worth, by every network of a finished run")
    margins.add_argument("--films", required=True, help="what lungfield prepare wrote")
    margins.add_argument("--variants", help="some of the same films at full size, prepared from there")
    margins.add_argument("--run", required=True, type=Path, help="the training run's folder")
    margins.set_defaults(command=margins_command)

    audit = commands.add_parser("audit", help="what the shipped model's answers rest on, on the held-out films")
    audit.add_argument("--films", required=True, help="what lungfield prepare wrote")
    audit.add_argument("--variants", help="some of the same films at full size, prepared from there")
    audit.add_argument("--model", default=Path("models"), type=Path, help="folder of the model; default %(default)s")
    audit.add_argument("--folds", default=Recipe.folds, type=int, help="as in training; default %(default)s")
    audit.add_argument("--fold", default=Recipe.fold, type=int, help="as in training; default %(default)s")
    audit.add_argument("--out", default=Path("models/card/audit.json"), type=Path, help="default %(default)s")
    audit.set_defaults(command=audit_command)

    exam = commands.add_parser("exam", help="whether answers rest on the lungs or on how the film was made, on the held-out films")
    exam.add_argument("--films", required=True, help="what lungfield prepare wrote")
    exam.add_argument("--outlines", required=True, type=Path, help="folder of films.csv (machines) and lungs224.npz (outlines of the lungs)")
    exam.add_argument("--model", default=Path("models"), type=Path, help="folder of the model; default %(default)s")
    exam.add_argument("--trial", type=Path, help="instead: folder of field.npz and lungs.onnx, a classifier of the lung frame")
    exam.add_argument("--folds", default=Recipe.folds, type=int, help="as in training; default %(default)s")
    exam.add_argument("--fold", default=Recipe.fold, type=int, help="as in training; default %(default)s")
    exam.add_argument("--limit", type=int, help="so many films, half of each class; default all of the fold")
    exam.add_argument("--changes", nargs="*", help="some of the changes, by name; default all")
    exam.add_argument("--out", required=True, type=Path, help="the records as JSON; the changes as CSV beside it")
    exam.set_defaults(command=exam_command)

    lungs = commands.add_parser("lungs", help="train the network that outlines the lungs: writes lungs.onnx and lungs.json")
    lungs.add_argument("--films", required=True, help="what lungfield prepare wrote")
    lungs.add_argument("--outlines", required=True, type=Path, help="folder of films.csv (machines) and lungs224.npz (outlines of the lungs)")
    lungs.add_argument("--out", required=True, type=Path, help="folder of the run; started again, it goes on from there")
    for field in fields(LungSettings):
        lungs.add_argument(f"--{field.name.replace('_', '-')}", default=field.default, type=field.type, help=f"default {field.default}")
    lungs.set_defaults(command=lungs_command)

    field = commands.add_parser("field", help="train, calibrate and export the classifier of the lung frame: model.onnx and manifest.json")
    field.add_argument("--films", required=True, help="what lungfield prepare wrote")
    field.add_argument("--variants", help="some of the same films at full size, prepared from there")
    field.add_argument("--outlines", required=True, type=Path, help="folder of films.csv (machines) and lungs224.npz (outlines of the lungs)")
    field.add_argument("--lungs", required=True, type=Path, help="the lung network: lungs.onnx that the command lungs wrote")
    field.add_argument("--weights", required=True, help="ImageNet weights of MobileNetV2 (.npz)")
    field.add_argument("--not-chest", help="pictures that are no chest films, prepared with --other: the gate's")
    field.add_argument("--adults", help="adults' chest films, prepared with --other: the gate's score of them")
    field.add_argument("--out", required=True, type=Path, help="folder of the run; started again, it goes on from there")
    for each in (*fields(FieldRecipe), *(each for each in fields(FieldSettings) if each.type in (int, float))):
        field.add_argument(f"--{each.name.replace('_', '-')}", default=each.default, type=each.type, help=f"default {each.default}")
    field.set_defaults(command=field_command)

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


def train_command(options: argparse.Namespace) -> None:
    from . import gate as gates
    from .export import to_onnx
    from .manifest import describe, varied

    def report(text: str) -> None:
        if parallel.first():
            print(text, flush=True)

    recipe, settings = chosen(Recipe, options), chosen(Settings, options)
    films, variants = load(options.films), load(options.variants) if options.variants else None
    negatives, adults = (
        load(pictures, (OTHER,)) if pictures else None for pictures in (options.not_chest, options.adults)
    )
    split = Split.hold_out(films, variants, recipe.folds, recipe.fold)
    report(f"{len(split.training)} films to train on, {len(split.validation)} held out")
    network, teachers = fine_tune(films, variants, options.weights, options.out, recipe, settings, report)
    if not parallel.first():
        return

    held_out = "".join(f"{split.films.films[i].path}\n" for i in split.validation)
    (options.out / "held-out.txt").write_text(held_out, encoding="utf-8")
    gate, of_gate = gates.build(network, split, negatives, adults, settings.seed, report)
    report("calibration: answers of the networks on the films that they were kept from")
    cross_validated = predict_held_out(films, variants, recipe, dict(zip(recipe.left_out(), teachers)), varied)
    shipped = predict_held_out(films, variants, recipe, {recipe.fold: network}, varied)
    manifest = describe(network, split, shipped, cross_validated, gate, of_gate)
    onnx.save(to_onnx(network, gate), options.out / "model.onnx")
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (options.out / "manifest.json").write_text(text, encoding="utf-8")
    print(f"wrote {options.out / 'model.onnx'} and {options.out / 'manifest.json'}")


def chosen(kind: type, options: argparse.Namespace):
    """The dataclass ``kind`` with the values that were given."""
    return kind(**{field.name: getattr(options, field.name) for field in fields(kind)})


def compare_command(options: argparse.Namespace) -> None:
    from . import compare

    unknown = set(options.changes or ()) - compare.CHANGES.keys()
    if unknown:
        raise ValueError(f"unknown change {sorted(unknown)}: one of {list(compare.CHANGES)}")
    rows = compare.compare(
        load(options.films),
        load(options.variants) if options.variants else None,
        options.weights,
        options.out,
        options.changes or list(compare.CHANGES),
        options.folds,
        options.seeds,
        options.of,
        lambda text: print(text, flush=True),
    )
    print(compare.as_markdown(rows))


def margins_command(options: argparse.Namespace) -> None:
    from .margins import margins

    variants = load(options.variants) if options.variants else None
    margins(load(options.films), variants, options.run, lambda text: print(text, flush=True))


def audit_command(options: argparse.Namespace) -> None:
    from . import audit
    from .export import load_onnx

    manifest = json.loads((options.model / "manifest.json").read_text(encoding="utf-8"))
    network = load_onnx(options.model / manifest["file"])
    variants = load(options.variants) if options.variants else None
    split = Split.hold_out(load(options.films), variants, options.folds, options.fold)
    found = audit.audit(network, manifest, split, lambda text: print(text, flush=True))
    audit.write(found, options.out)
    print(f"wrote {options.out}")


def exam_command(options: argparse.Namespace) -> None:
    from . import exam, field_network, lung_network
    from .export import load_onnx
    from .field_training import field_answer
    from .lung_frame import Frame
    from .lung_masks import load_outlined

    films, lenders = exam.held_out(load_outlined(options.films, options.outlines), options.folds, options.fold, options.limit)
    if options.trial:
        lungs = lung_network.load_onnx(options.trial / "lungs.onnx")
        answer = field_answer(field_network.load(options.trial / "field.npz"), Frame(), lungs)
        threshold = 0.0
    else:
        manifest = json.loads((options.model / "manifest.json").read_text(encoding="utf-8"))
        answer = exam.whole_film_answer(load_onnx(options.model / manifest["file"]))
        threshold = exam.logit_of(manifest["thresholds"]["operating_point"], manifest["calibration"])
    found = exam.examine(answer, films, lenders, threshold, lambda text: print(text, flush=True), options.changes)
    exam.write(found, options.out)
    print(json.dumps(found["summary"], indent=1))


def lungs_command(options: argparse.Namespace) -> None:
    from . import exam
    from .lung_masks import load_outlined
    from .lung_network import to_onnx
    from .lung_training import measure_lungs, train_lungs

    def report(text: str) -> None:
        print(text, flush=True)

    films, settings = load_outlined(options.films, options.outlines), chosen(LungSettings, options)
    network = train_lungs(films, options.out, settings, report)
    onnx.save(to_onnx(network), options.out / "lungs.onnx")
    measured = measure_lungs(network, *exam.held_out(films, settings.folds, settings.fold), report)
    (options.out / "lungs.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {options.out / 'lungs.onnx'} and {options.out / 'lungs.json'}")


def field_command(options: argparse.Namespace) -> None:
    from . import field_gate, field_manifest
    from .field_export import to_onnx
    from .field_recipe import train_student
    from .films import folds_by_patient
    from .lung_masks import found_by, load_outlined
    from .lung_network import load_onnx

    def report(text: str) -> None:
        print(text, flush=True)

    numbers = [each.name for each in fields(FieldSettings) if each.type in (int, float)]
    recipe = chosen(FieldRecipe, options)
    settings = FieldSettings(**{name: getattr(options, name) for name in numbers})
    films, lungs = load_outlined(options.films, options.outlines), load_onnx(options.lungs)
    variants, negatives, adults = (
        load(pictures, labels) if pictures else None
        for pictures, labels in ((options.variants, LABELS), (options.not_chest, (OTHER,)), (options.adults, (OTHER,)))
    )
    report("lungs: finding them in every film")
    found = found_by(lungs, films)
    student, teachers = train_student(films, options.weights, options.out, recipe, settings, found, report)
    folds = folds_by_patient(films.films, recipe.folds)
    of_fold = [films.films.take(fold) for fold in folds]
    kept_from = {**teachers, recipe.fold: student}
    eyes = {fold: field_gate.Eyes(network, lungs, settings.frame) for fold, network in kept_from.items()}
    answers = {fold: field_manifest.predictions(each, of_fold[fold], variants, fold, report) for fold, each in eyes.items()}
    cross_validated = field_manifest.joined([answers[fold] for fold in teachers])
    fitted = films.films.take(sorted(i for number, fold in enumerate(folds) if number != recipe.fold for i in fold))
    own = eyes[recipe.fold]
    gate, of_gate = field_gate.build(own, fitted, of_fold[recipe.fold], negatives, adults, settings.seed, report)
    manifest = field_manifest.describe(own, films, answers[recipe.fold], cross_validated, gate, of_gate)
    onnx.save(to_onnx(student, gate, lungs, settings.frame.side), options.out / "model.onnx")
    (options.out / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {options.out / 'model.onnx'} and {options.out / 'manifest.json'}")


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


if __name__ == "__main__":
    sys.exit(main())
