"""The whole way, on made-up films: train, gate, calibrate, examine, export, read back, goldens."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from lungfield_training import card, gate, goldens, lung_network, manifest
from lungfield_training.__main__ import main
from lungfield_training.export import load_onnx
from lungfield_training.films import folds_by_patient
from lungfield_training.gate import NOT_A_FILM
from lungfield_training.graph import arrays_of
from lungfield_training.lung_masks import load_outlined
from lungfield_training.making import CODES
from lungfield_training.network import CHANNELS, counts, together

from films_for_tests import write_negatives, write_reader, write_weights
from outlined_for_tests import outlined, write_outlined


def run_command(*arguments) -> tuple[int, str]:
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = main([str(argument) for argument in arguments])
    return status, output.getvalue()


class Pipeline(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        cls.films, cls.run_folder = write_outlined(cls.root / "films", outlined(12, 12)), cls.root / "run"
        torch.manual_seed(0)
        onnx.save(lung_network.to_onnx(lung_network.LungNetwork().eval().fold()), cls.root / "lungs.onnx")
        negatives = write_negatives(cls.root / "negatives")
        cls.options = {
            "films": cls.films, "variants": cls.films, "outlines": cls.films, "lungs": cls.root / "lungs.onnx",
            "weights": write_weights(cls.root / "weights.npz"), "not-chest": negatives, "adults": negatives, "out": cls.run_folder,
            "folds": 3, "cross-validation": 2, "epochs": 1, "batch": 8, "learning-rate": 1e-4, "films-an-epoch": 16,
        }  # fmt: skip
        asked = manifest.logits_of
        # Two steps teach nothing: that the classes are told apart is added. Few films lie in every way, and few are crossed.
        told = mock.patch.object(manifest, "logits_of", lambda reader, films: asked(reader, films) + 4 * films.targets - 2)
        with told, mock.patch.multiple(gate, ORIENTED=4, CROSSED_FILMS=4):
            cls.status, cls.output = run_command("train", *cls.arguments(cls.options))

    @staticmethod
    def arguments(options: dict) -> list:
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    def setUp(self):
        self.assertEqual(self.status, 0, self.output)
        self.manifest = json.loads((self.run_folder / "manifest.json").read_text())

    def test_the_manifest_keeps_its_contract(self):
        told = self.manifest
        self.assertEqual(told["schema"], "lungfield.manifest/3")
        self.assertLess(len(json.dumps(told)), 25_000, "nothing that is learnt")
        self.assertEqual(told["calibration"]["films"]["views"], ["original", "full-size"])
        self.assertEqual(told["thresholds"]["films"]["views"], ["original", "degraded"])
        order = [0, *(told["thresholds"][name] for name in ("unlikely_below", "operating_point", "likely_from")), 1]
        self.assertEqual(order, sorted(order))
        self.assertTrue(all(value > 0 for value in told["heatmap"]["full_scale"].values()))
        self.assertEqual([point["name"] for point in told["operating_points"]], ["screening", "balanced", "rule-in"])
        limits = told["gate"]
        self.assertTrue(0 < limits["unlike_from"] <= limits["refused_from"])
        self.assertEqual((len(limits["orientations"]), limits["orientations"][-1]), (NOT_A_FILM + 1, None))
        self.assertEqual(limits["adults"], {"source": "training", "group": "adults", "split": "fitted", "count": 4})
        films = load_outlined(self.films, self.films)
        folds = folds_by_patient(films.films, 3)
        self.assertEqual(told["calibration"]["films"]["count"], len(folds[1]) + len(folds[2]))
        held_out = (self.run_folder / "held-out.txt").read_text().splitlines()
        self.assertEqual(held_out, [films.films.films[i].path for i in folds[0]])

    def test_what_was_measured_is_first_each_change_then_each_view_then_the_gate(self):
        measured = [(record["films"], record["metrics"]) for record in self.manifest["measured"]]
        of_changes = [films["views"][0] for films, _ in measured[: len(CODES)]]
        self.assertEqual(sorted(of_changes), sorted(CODES.values()))
        specificities = [found["specificity"]["value"] for _, found in measured[: len(CODES)]]
        self.assertEqual(specificities[0], min(specificities))
        views = [(films["split"], films["views"][0]) for films, found in measured if "auroc" in found]
        self.assertEqual(views, [(split, view) for split in ("held-out", "cross-validation") for view in ("original", "full-size", "degraded")])
        groups = {films["group"] for films, _ in measured[len(CODES) + len(views) :]}
        self.assertEqual(groups, {"children", "not-chest", "adults"})
        for films, found in measured:
            for name, estimate in found.items():
                if name != "normal_logit_shift":
                    self.assertTrue(0 <= estimate.get("low", 0) <= estimate["value"] <= estimate.get("high", 1) <= 1, films)

    def test_every_network_is_measured_on_the_fold_that_it_was_kept_from(self):
        networks = json.loads((self.run_folder / "networks.json").read_text())
        self.assertEqual([network["kept_from"] for network in networks], [0, 1, 2])
        shipped = next(record for record in self.manifest["measured"] if record["films"]["views"] == ["original"])
        self.assertAlmostEqual(networks[0]["films"]["auroc"], shipped["metrics"]["auroc"]["value"], places=3)

    def test_the_file_answers_as_the_networks_that_are_read_back_from_it(self):
        network, lungs = load_onnx(self.run_folder / "model.onnx")
        arrays = arrays_of(self.run_folder / "model.onnx")
        generator = torch.Generator().manual_seed(1)
        x, film = torch.rand(1, 2, 112, 112, generator=generator), torch.randn(1, 1, 112, 112, generator=generator)
        with torch.no_grad():
            explained, logit = network(x)
            places, outline, seen = counts(x[:, 1:], (14, 14)), lungs(film), network.gate_features(x).numpy()
        numbers = seen @ arrays["gate.weight"].T + arrays["gate.bias"]
        wanted = {
            "outline": outline.numpy(), "explained": explained.numpy(), "logit": logit.numpy(), "gate": numbers,
            "orientations": seen @ arrays["orientations.weight"].T + arrays["orientations.bias"],
            "adult": numbers @ arrays["adult.weight"].T + arrays["adult.bias"],
        }  # fmt: skip
        session = onnxruntime.InferenceSession(self.run_folder / "model.onnx")
        found = session.run(list(wanted), {"film": film.numpy(), "picture": x[:, :1].numpy(), "places": places.numpy()})
        for name, own in zip(wanted, found):
            np.testing.assert_allclose(own, wanted[name], atol=1e-3 * max(1, np.abs(wanted[name]).max()), err_msg=name)

    def shipped(self) -> Path:
        """The run as ``lungfield convert`` makes a model of it: some weights are f16 behind a Cast, and the manifest has the file."""
        folder = self.root / "models"
        folder.mkdir(exist_ok=True)
        model = onnx.load(self.run_folder / "model.onnx")
        for name in ("classifier.weight", "stem.weight"):
            weight = next(tensor for tensor in model.graph.initializer if tensor.name == name)
            weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), f"{name}.f16"))
            model.graph.node.insert(0, helper.make_node("Cast", [f"{name}.f16"], [name], to=TensorProto.FLOAT))
        onnx.save(model, folder / "lungfield.onnx")
        (folder / "manifest.json").write_text(json.dumps({**self.manifest, "file": "lungfield.onnx", "sha256": "0" * 64}))
        return folder

    def test_a_model_that_ships_is_examined(self):
        out = self.root / "exam.json"
        paths = ["--films", self.films, "--outlines", self.films, "--model", self.shipped(), "--out", out]
        status, output = run_command("exam", *paths, "--folds", 3, "--changes", "blur 1")
        self.assertEqual(status, 0, output)
        again, trained = (json.loads(path.read_text())["changes"] for path in (out, self.run_folder / "exam.json"))
        of = lambda rows: [row for row in rows if row["change"] in ("as it is", "blur 1")]  # noqa: E731
        self.assertEqual(len(again), 4)
        for one, other in zip(again, of(trained)):
            self.assertEqual((one["change"], one["class"], one["n"]), (other["change"], other["class"], other["n"]))
            self.assertAlmostEqual(one["logit"], other["logit"], places=3)

    def test_goldens_are_written_of_a_model_that_ships(self):
        demo, out = self.root / "films-of-goldens", self.root / "golden"
        demo.mkdir()
        for number, film in enumerate(outlined(1, 1).films.pixels):
            Image.fromarray(film).save(demo / f"{number}.jpeg")
        goldens.write_goldens(self.shipped() / "lungfield.onnx", demo, out)
        cases = json.loads((out / "cases.json").read_text())
        self.assertEqual([film["file"] for film in cases["films"]], ["0.jpeg", "1.jpeg"])
        shapes = {name: np.load(out / f"film_{name}.npy").shape for name in ("inputs", "frames", "places", "maps")}
        self.assertEqual(shapes, {"inputs": (2, 224, 224), "frames": (2, 112, 112), "places": (2, 14, 14), "maps": (2, 2, 2, 14, 14)})
        network, _ = load_onnx(self.shipped() / "lungfield.onnx")
        picture, places = (torch.from_numpy(np.load(out / f"film_{name}.npy"))[:, None] for name in ("frames", "places"))
        with torch.no_grad():
            *_, y = network.layers(picture)
            # What each place says, by the frame and the places that are stored.
            activations = together(torch.nn.functional.relu6(network.features[-1](y))) * places
            logits = network.head(activations).flatten()
        np.testing.assert_allclose([film["logits"]["linear"] for film in cases["films"]], logits, atol=1e-4)

    def test_the_card_is_filled_from_the_model_and_its_run(self):
        models, template = self.shipped(), Path(__file__).parents[2] / "models" / "MODEL_CARD.md"
        (models / "MODEL_CARD.md").write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
        reader, demo = write_reader(self.root)
        status, output = run_command("card", "--run", self.run_folder, "--model", models, "--reader", reader, "--demo", demo)
        self.assertEqual(status, 0, output)
        text = (models / "MODEL_CARD.md").read_text(encoding="utf-8")
        self.assertIn("0" * 64, text)
        self.assertIn("1 of the 2 demo films are answered rightly.", text)
        for name, found in card.parts(self.manifest | {"sha256": "0" * 64}, *card.read_kept(models)).items():
            self.assertIn(f"<!-- {name}: written by training -->\n{found}<!-- end -->", text)

    def test_the_hidden_head_of_the_goldens_is_the_one_in_its_onnx(self):
        head = goldens.HiddenHead(seed=0).eval()
        session = onnxruntime.InferenceSession(head.to_onnx().SerializeToString())
        explained = torch.rand(1, CHANNELS, 14, 14, generator=torch.Generator().manual_seed(0)) * 3
        (probability,) = session.run(None, {"explained": explained.numpy()})
        with torch.no_grad():
            expected = torch.sigmoid(head(explained)).numpy()
        np.testing.assert_allclose(probability, expected, atol=1e-5)

    def test_a_run_that_goes_on_must_have_the_same_settings(self):
        status, output = run_command("train", *self.arguments({**self.options, "seed": 2}))
        self.assertEqual(status, 1)
        self.assertIn("other settings", output)

    def test_a_bad_row_ends_the_command_with_its_number(self):
        films = write_outlined(self.root / "bad", outlined(12, 12))
        index = films / "index.csv"
        index.write_text(index.read_text().replace("normal-4.jpeg,normal", "normal-4.jpeg,healthy"))
        status, output = run_command("train", *self.arguments({**self.options, "films": films, "out": self.root / "no"}))
        self.assertEqual(status, 1)
        self.assertIn("row 4: unknown label 'healthy'", output)
        self.assertFalse((self.root / "no").exists())


if __name__ == "__main__":
    unittest.main()
