"""``python -m lungfield_training``: from prepared films to a model, and from a model to golden values."""

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path

import onnx
import torch

from .films import FilmsError, load
from .train import Settings, Sides, train


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except (FilmsError, ValueError, OSError) as error:
        print(f"lungfield_training: {error}", file=sys.stderr)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="lungfield_training", description=__doc__)
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("train", help="fine-tune, calibrate and export: writes model.onnx and manifest.json")
    run.add_argument("--films", required=True, help="what lungfield prepare wrote")
    run.add_argument("--variants", help="some of the same films at full size, prepared from there")
    run.add_argument("--weights", required=True, help="ImageNet weights of MobileNetV2 (.npz)")
    run.add_argument("--out", required=True, type=Path, help="folder of the run; started again, it goes on from there")
    for field in fields(Settings):
        name = f"--{field.name.replace('_', '-')}"
        run.add_argument(name, type=field.type, default=field.default, help=f"default {field.default}")
    run.set_defaults(run=train_command)

    goldens = commands.add_parser("goldens", help="write tests/golden: what PyTorch makes of the shipped model")
    goldens.add_argument("--model", default="models/lungfield.onnx", help="default %(default)s")
    goldens.add_argument("--films", default="www/films", help="folder of demo films; default %(default)s")
    goldens.add_argument("--out", default="tests/golden", type=Path, help="default %(default)s")
    goldens.set_defaults(run=goldens_command)
    return root


def train_command(options: argparse.Namespace) -> None:
    from .export import to_onnx
    from .manifest import describe
    from .network import Network

    settings = Settings(**{field.name: getattr(options, field.name) for field in fields(Settings)})
    sides = Sides.split(load(options.films), load(options.variants) if options.variants else None, settings)
    print(f"{len(sides.training)} films to train on, {len(sides.validation)} to validate on", flush=True)
    best = train(sides, options.weights, options.out, settings, report=lambda text: print(text, flush=True))

    network = Network()
    network.load_state_dict(torch.load(best, weights_only=True))
    network.eval()
    manifest = describe(network, sides)
    onnx.save(to_onnx(network), options.out / "model.onnx")
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (options.out / "manifest.json").write_text(text, encoding="utf-8")
    print(f"wrote {options.out / 'model.onnx'} and {options.out / 'manifest.json'}")


def goldens_command(options: argparse.Namespace) -> None:
    from .goldens import write_goldens

    write_goldens(options.model, options.films, options.out)


if __name__ == "__main__":
    sys.exit(main())
