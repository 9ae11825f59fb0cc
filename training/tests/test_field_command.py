"""The whole way of the classifier of the lung frame, on made-up films: train, gate, calibrate, export, read back."""

import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import onnx
import onnxruntime
import torch

from lungfield_training import field_gate, field_manifest, lung_network
from lungfield_training.__main__ import main
from lungfield_training.field_export import load_onnx
from lungfield_training.field_gate import NOT_A_FILM, ORIENTATIONS, back
from lungfield_training.field_network import counts
from lungfield_training.gate import orient

from films_for_tests import write_negatives, write_weights
from outlined_for_tests import outlined, write_outlined


class FieldCommand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        root = Path(folder.name)
        films = write_outlined(root / "films", outlined(12, 12))
        torch.manual_seed(0)
        onnx.save(lung_network.to_onnx(lung_network.LungNetwork().eval().fold()), root / "lungs.onnx")
        negatives = write_negatives(root / "negatives")
        cls.films, cls.lungs, cls.trained = films, root / "lungs.onnx", root / "run"
        options = {
            "films": films, "variants": films, "outlines": films, "lungs": root / "lungs.onnx", "weights": write_weights(root / "weights.npz"),
            "not-chest": negatives, "adults": negatives, "out": cls.trained, "folds": 3, "teachers": 2, "copies": 1,
            "student-epochs": 1, "epochs": 1, "batch": 8, "learning-rate": 1e-4,
        }  # fmt: skip
        arguments = ["field", *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
        asked = field_manifest.logits_of
        # Two steps teach nothing: that the classes are told apart is added. Few films lie in every way, and few copies are made.
        told = mock.patch.object(field_manifest, "logits_of", lambda eyes, films: asked(eyes, films) + 4 * films.targets - 2)
        with told, mock.patch.multiple(field_gate, ORIENTED=4, ADULT_COPIES=1):
            cls.status = main([*arguments, "--films-an-epoch", "16"])

    def test_the_manifest_describes_what_was_trained(self):
        self.assertEqual(self.status, 0)
        manifest = json.loads((self.trained / "manifest.json").read_text())
        self.assertEqual(manifest["schema"], "lungfield.manifest/3")
        self.assertEqual(manifest["calibration"]["films"]["views"], ["original", "full-size"])
        views = [(record["films"]["split"], record["films"]["views"][0]) for record in manifest["measured"][:10]]
        self.assertEqual(len(set(views)), 10)
        limits = manifest["gate"]
        self.assertLessEqual(limits["unlike_from"], limits["refused_from"])
        self.assertEqual(len(limits["orientations"]), NOT_A_FILM + 1)
        self.assertEqual(limits["adults"]["count"], 4)

    def test_the_file_answers_as_the_networks_that_are_read_back_from_it(self):
        network, lungs = load_onnx(self.trained / "model.onnx")
        generator = torch.Generator().manual_seed(1)
        x, film = torch.rand(1, 2, 112, 112, generator=generator), torch.randn(1, 1, 112, 112, generator=generator)
        with torch.no_grad():
            explained, logit = network(x)
            places, outline = counts(x[:, 1:], (14, 14)), lungs(film)
        session = onnxruntime.InferenceSession(self.trained / "model.onnx")
        given = {"film": film.numpy(), "picture": x[:, :1].numpy(), "places": places.numpy()}
        names = ["outline", "explained", "logit", "orientations", "adult"]
        found = session.run(names, given)
        for name, own, wanted in zip(names, found, (outline, explained, logit)):
            np.testing.assert_allclose(own, wanted.numpy(), atol=1e-4, err_msg=name)
        self.assertEqual([each.shape for each in found[3:]], [(1, NOT_A_FILM + 1), (1, 1)])

    def test_a_network_in_trial_is_examined(self):
        trial = self.trained / "trial"
        trial.mkdir()
        weights = load_onnx(self.trained / "model.onnx")[0].state_dict()
        np.savez(trial / "field.npz", **{name: value.numpy() for name, value in weights.items()})
        (trial / "lungs.onnx").write_bytes(self.lungs.read_bytes())
        out = trial / "exam.json"
        paths = ["--films", self.films, "--outlines", self.films, "--trial", trial, "--out", out]
        self.assertEqual(main(["exam", *map(str, paths), "--folds", "3", "--changes", "blur 1"]), 0)
        found = json.loads(out.read_text())
        self.assertEqual([row["change"] for row in found["changes"]], ["as it is", "as it is", "blur 1", "blur 1"])

    def test_a_film_that_lies_is_put_right_by_the_turns_back(self):
        film = torch.rand(1, 1, 8, 8)
        for number, each in enumerate(ORIENTATIONS):
            torch.testing.assert_close(orient(orient(film, *each), *back(number)), film)


if __name__ == "__main__":
    unittest.main()
