"""The whole way, on films small and few enough for a minute: train, calibrate, export, read back, goldens."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from lungfield_training import compare, goldens
from lungfield_training.__main__ import main
from lungfield_training.audit import ASPECTS, CHANGES, HISTOGRAM_DONORS
from lungfield_training.export import load_onnx
from lungfield_training.films import folds_by_patient, load
from lungfield_training.margins import MARGINS
from lungfield_training.network import Network, imagenet, normalise
from lungfield_training.recipe import Recipe, fine_tune, predict_held_out
from lungfield_training.train import Settings, Split, as_luma, blend_teacher_targets, train

from films_for_tests import index, write, write_negatives, write_weights

SETTINGS = Settings(epochs=2, small_epochs=1, batch=8, learning_rate=1e-3)
# Each process drops features by numbers of its own, and its batch-norm sees its share of a batch: without both two differ from
# one by rounding, which large steps would blow up.
GENTLE = replace(SETTINGS, learning_rate=1e-4, dropout=0.0, batch_norm=False)
RECIPE = Recipe(folds=4, teachers=2, student_epochs=1)
# Answers "unlikely" to every film, with a heatmap.
READER = """
import json, sys
from pathlib import Path
from PIL import Image
heatmaps, films = Path(sys.argv[6]), sys.argv[7:]
for film in map(Path, films):
    Image.new("RGB", (40, 30)).save(heatmaps / f"{film.stem}.heatmap.png")
    print(json.dumps({"outcome": "unlikely", "probability": 0.1, "heatmap": {"class": "normal"}}))
"""


def run_command(*arguments) -> tuple[int, str]:
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = main([str(argument) for argument in arguments])
    return status, output.getvalue()


class Interrupted(Exception):
    pass


class Pipeline(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.rows = index()
        cls.films = write(cls.folder / "films", cls.rows)
        variants = [dict(row, row=i, sha256=f"{i:064d}") for i, row in enumerate(cls.rows[::3])]
        cls.variants = write(cls.folder / "variants", variants, seed=1)
        cls.negatives = write_negatives(cls.folder / "negatives")
        cls.weights = write_weights(cls.folder / "weights.npz")
        cls.trained = cls.folder / "run"
        cls.status, cls.output = run_command(
            "train", "--films", cls.films, "--variants", cls.variants, "--weights", cls.weights, "--out", cls.trained,
            "--epochs", SETTINGS.epochs, "--small-epochs", SETTINGS.small_epochs, "--batch", SETTINGS.batch,
            "--learning-rate", SETTINGS.learning_rate, "--folds", RECIPE.folds, "--teachers", RECIPE.teachers,
            "--student-epochs", RECIPE.student_epochs, "--not-chest", cls.negatives, "--adults", cls.negatives,
        )  # fmt: skip

    def setUp(self):
        self.assertEqual(self.status, 0, self.output)

    def test_the_manifest_keeps_its_contract(self):
        manifest = json.loads((self.trained / "manifest.json").read_text())
        thresholds = manifest["thresholds"]
        order = [0, *(thresholds[name] for name in ("unlikely_below", "operating_point", "likely_from")), 1]
        self.assertEqual(order, sorted(order))
        self.assertGreater(manifest["calibration"]["temperature"], 0)
        self.assertTrue(all(value > 0 for value in manifest["heatmap"]["full_scale"].values()))
        self.assertEqual(manifest["schema"], "lungfield.manifest/2")
        self.assertLess(len(json.dumps(manifest)), 20_000, "nothing that is learnt")
        measured = [(record["films"], record["metrics"]) for record in manifest["measured"]]
        for split in ("held-out", "cross-validation"):
            views = [films["views"] for films, metrics in measured if films["split"] == split and "auroc" in metrics]
            self.assertEqual(views, [["original"], ["full-size"], ["degraded"], ["stretched"], ["augmented"]], split)
        for films, metrics in measured:
            self.assertEqual(set(films) - {"views", "kind", "orientation", "normal", "pneumonia", "patients"}, {"source", "group", "split", "count"})
            for estimate in metrics.values():
                self.assertTrue(estimate.get("low", 0) <= estimate["value"] <= estimate.get("high", 1), metrics)
        of_gate = {(films["group"], films["split"]) for films, metrics in measured if "auroc" not in metrics}
        self.assertEqual(of_gate, {(a, b) for a in ("not-chest", "adults") for b in ("held-out", "unseen-kind")} | {("children", "held-out")})
        self.assertEqual([point["name"] for point in manifest["operating_points"]], ["screening", "balanced", "rule-in"])
        gate = manifest["gate"]
        self.assertTrue(0 < gate["unlike_from"] <= gate["refused_from"])
        self.assertEqual((len(gate["orientations"]), gate["orientations"][-1]), (9, None))
        self.assertEqual(gate["adults"], {"source": "training", "group": "adults", "split": "fitted", "count": 4})
        held_out = (self.trained / "held-out.txt").read_text().splitlines()
        self.assertTrue(held_out and set(held_out) < {row["path"] for row in self.rows})
        self.assertEqual(manifest["measured"][0]["films"]["count"], len(held_out))
        folds = folds_by_patient(load(self.films), RECIPE.folds)
        answered = sum(len(folds[fold]) for fold in RECIPE.left_out())
        self.assertEqual(manifest["calibration"]["films"]["count"], answered)

    def test_onnx_answers_as_pytorch_does(self):
        network = load_onnx(self.trained / "model.onnx")
        session = onnxruntime.InferenceSession(str(self.trained / "model.onnx"))
        graph = onnx.load(self.trained / "model.onnx").graph
        arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        projection, offset = arrays["gate.weight"], arrays["gate.bias"]
        for film in load(self.films).pixels[::12]:
            x = normalise(as_luma(film[None]))
            activations, logit, gate, *scores = session.run(
                ["activations", "logit", "gate", "orientations", "adult"], {"film": x.numpy()}
            )
            with torch.no_grad():
                expected = [value.numpy() for value in network(x)]
                seen = network.gate_features(x).numpy()
            self.assertEqual(activations.shape, (1, 1280, 7, 7))
            np.testing.assert_allclose(activations, expected[0], atol=1e-3 * expected[0].max())
            np.testing.assert_allclose(logit, expected[1], atol=1e-3, rtol=1e-3)
            np.testing.assert_allclose(gate, seen @ projection.T + offset, atol=1e-2, rtol=1e-3)
            for name, score in zip(("orientations", "adult"), scores):
                weights, bias = arrays[f"gate.{name}.weight"], arrays[f"gate.{name}.bias"]
                np.testing.assert_allclose(score, gate @ weights.T + bias, atol=1e-3, rtol=1e-4)

    def test_a_run_that_was_interrupted_ends_as_one_that_was_not(self):
        split = Split.hold_out(load(self.films), load(self.variants), RECIPE.folds, 1, excluded_fold=RECIPE.fold)
        run = self.folder / "interrupted"

        def interrupt(text):
            if text.startswith("epoch 2/2 batch"):
                raise Interrupted

        start = partial(imagenet, self.weights)
        with self.assertRaises(Interrupted):
            train(split, start, run, SETTINGS, report=interrupt)
        reported = []
        train(split, start, run, SETTINGS, report=reported.append)
        self.assertEqual(reported[0], "going on after epoch 1")
        through, resumed = (
            torch.load(r / "checkpoint.pt", weights_only=True) for r in (self.trained / "teacher-1", run)
        )
        self.assertEqual([entry["epoch"] for entry in resumed["history"]], [1, 2])
        for name, value in through["average"].items():
            torch.testing.assert_close(resumed["average"][name], value, atol=1e-6, rtol=1e-4, msg=name)
        # A finished network is read back: its start is not asked for.
        finished = train(split, self.fail, run, SETTINGS, report=lambda _: None)
        again = train(split, self.fail, self.trained / "teacher-1", SETTINGS, report=lambda _: None)
        for name, value in again.state_dict().items():
            torch.testing.assert_close(finished.state_dict()[name], value, atol=1e-5, rtol=1e-3, msg=name)

    def test_no_network_answers_a_patient_that_it_was_trained_on(self):
        films, variants = load(self.films), load(self.variants)
        folds = folds_by_patient(films, RECIPE.folds)
        trained_on, taught = {}, []

        def note(split, start, run, settings, report, teacher_of=None):
            trained_on[run.name] = {films.films[i].patient for i in split.training}
            for film, teacher in (teacher_of or {}).items():
                self.assertNotIn(films.films[film].patient, teacher.trained_on)
                taught.append(film)
            network = Network().eval()
            network.load_state_dict({**network.state_dict(), **start()})
            network.trained_on = trained_on[run.name]
            return network

        with mock.patch("lungfield_training.recipe.train", note):
            _, teachers = fine_tune(films, variants, self.weights, self.folder, RECIPE, SETTINGS, lambda _: None)
        patients = [{films.films[i].patient for i in fold} for fold in folds]
        self.assertEqual(RECIPE.left_out(), [1, 2])
        for fold, teacher in zip(RECIPE.left_out(), teachers):
            self.assertEqual(teacher.trained_on, set().union(*patients) - patients[0] - patients[fold])
        self.assertEqual(trained_on["student"], set().union(*patients[1:]))
        self.assertEqual(sorted(taught), sorted(folds[1] + folds[2]))
        found = predict_held_out(films, variants, RECIPE, dict(zip(RECIPE.left_out(), teachers)), lambda view: {"again": view})
        for name, view in found.items():
            self.assertEqual(set(view.folds), {1, 2}, name)
            for film, fold in zip(view.films.films, view.folds):
                self.assertIn(film.patient, patients[fold], name)
        with self.assertRaisesRegex(ValueError, "4 teachers for 4 folds"):
            replace(RECIPE, teachers=4).left_out()
        with self.assertRaisesRegex(ValueError, "0 teachers for 4 folds"):
            replace(RECIPE, teachers=0).left_out()

    def test_a_film_is_learnt_from_its_own_teacher_and_its_label(self):
        teachers = [Network().eval() for _ in range(2)]
        for teacher, bias in zip(teachers, (3.0, -3.0)):
            teacher.classifier.weight.data.zero_()
            teacher.classifier.bias.data.fill_(bias)
        aim = torch.tensor([1.0, 1.0, 0.0, 0.0])
        blend_teacher_targets(aim, torch.zeros(4, 1, 32, 32), [teachers[0], teachers[1], teachers[1], None], 0.5)
        high, low = (torch.sigmoid(torch.tensor(value)).item() for value in (3.0, -3.0))
        torch.testing.assert_close(aim, torch.tensor([(1 + high) / 2, (1 + low) / 2, low / 2, 0.0]))

    def test_the_table_of_networks_has_each_on_the_fold_it_was_kept_from(self):
        networks = json.loads((self.trained / "networks.json").read_text())["networks"]
        folds = {name: row["fold"] for name, row in networks.items()}
        self.assertEqual(folds, {"teacher 1": 1, "teacher 2": 2, "mean of the teachers' logits": 0, "student": 0})

    def test_a_comparison_trains_each_change_once_and_never_sees_the_held_out_fold(self):
        films = load(self.films)
        folds = folds_by_patient(films, RECIPE.folds)
        split = Split.hold_out(films, None, RECIPE.folds, 1, excluded_fold=0)
        self.assertEqual(split.validation, folds[1])
        self.assertFalse(set(split.training) & {*folds[0], *folds[1]})
        arguments = (
            "compare", "--films", self.films, "--variants", self.variants, "--weights", self.weights,
            "--out", self.folder / "compared", "--folds", 1, "--of", RECIPE.folds, "--changes",
        )  # fmt: skip
        every = ["none", "aspect ratio as it is", "batch-norm left folded in", "each film's contrast stretched"]
        for changes in (["none"], every):
            status, output = run_command(*arguments, *changes)
            self.assertEqual(status, 0, output)
        rows = json.loads((self.folder / "compared" / "compare.json").read_text())
        self.assertEqual([row["change"] for row in rows], every)
        self.assertEqual(len({row["films"]["log_loss"] for row in rows}), len(every))
        self.assertIn("| aspect ratio as it is | 1 |", output)
        status, output = run_command(*arguments, "more coffee")
        self.assertEqual(status, 1)
        self.assertIn("unknown change ['more coffee']", output)

    def test_margins_are_compared_by_every_network_on_the_films_that_it_was_kept_from(self):
        arguments = ("margins", "--films", self.films, "--variants", self.variants, "--run")
        status, output = run_command(*arguments, self.trained)
        self.assertEqual(status, 0, output)
        rows = [json.loads(line) for line in output.splitlines() if line.startswith('{"network"')]
        names = [*(f"teacher {nth}" for nth in range(1, RECIPE.teachers + 1)), "student"]
        self.assertEqual(len(rows), len(names) * 2 * len(MARGINS))
        self.assertEqual(list(dict.fromkeys(row["network"] for row in rows)), names)
        table = json.loads((self.trained / "networks.json").read_text())["networks"]
        for row in rows:
            if row["margin"] == "4 pixels of its edge":  # what films are read with
                self.assertAlmostEqual(row["auroc"], table[row["network"]][row["films"]]["auroc"], places=9)
        unfinished = self.folder / "unfinished"
        unfinished.mkdir()
        (unfinished / "networks.json").write_bytes((self.trained / "networks.json").read_bytes())
        status, output = run_command(*arguments, unfinished)
        self.assertEqual(status, 1)
        self.assertIn("not a finished run", output)

    def test_the_audit_of_a_model_has_every_number(self):
        model = self.folder / "model"
        model.mkdir()
        manifest = json.loads((self.trained / "manifest.json").read_text())
        (model / "manifest.json").write_text(json.dumps({**manifest, "file": "model.onnx"}))
        (model / "model.onnx").write_bytes((self.trained / "model.onnx").read_bytes())
        status, output = run_command(
            "audit", "--films", self.films, "--variants", self.variants, "--model", model, "--folds", RECIPE.folds,
            "--out", self.folder / "audit.json",
        )  # fmt: skip
        self.assertEqual(status, 0, output)
        found = json.loads((self.folder / "audit.json").read_text())
        self.assertEqual(len(found["films"]), len(CHANGES) + len(HISTOGRAM_DONORS) + 1 + len(ASPECTS))
        self.assertTrue(all(0 <= row[name] <= 1 for row in found["films"] for name in ("auroc", "sensitivity")))
        self.assertEqual({row["subtype"] for row in found["subgroups"]}, {"normal", "bacteria", "virus"})
        card, shipped = model / "MODEL_CARD.md", Path(__file__).parents[2] / "models" / "MODEL_CARD.md"
        card.write_text(shipped.read_text())
        (model / "card").mkdir()
        (model / "card" / "audit.json").write_text(json.dumps(found))
        sealed = {**json.loads((model / "manifest.json").read_text()), "sha256": "0" * 64}
        (model / "manifest.json").write_text(json.dumps(sealed))
        (model / "card" / "earlier.jpeg").write_bytes(b"")
        reader, demo = self.folder / "reader", self.folder / "demo"
        reader.write_text(f"#!{sys.executable}\n{READER}")
        reader.chmod(0o755)
        demo.mkdir()
        described = [{"file": "a.jpeg", "label": "normal"}, {"file": "b.jpeg", "label": "pneumonia"}]
        (demo / "films.json").write_text(json.dumps(described))
        status, output = run_command("card", "--run", self.trained, "--model", model, "--reader", reader, "--demo", demo)
        self.assertEqual(status, 0, output)
        text, mistakes = card.read_text(), found["mistakes"]
        self.assertIn("| bacteria |", text)
        self.assertIn("0" * 64, text)
        self.assertIn(f"{mistakes['missed']} of the {mistakes['pneumonia']} held-out films", text)
        self.assertLessEqual(mistakes["missed_among_normal"], mistakes["missed"])
        self.assertIn("1 of the 2 demo films are answered rightly. The others:", text)
        self.assertIn("*Labelled pneumonia, called unlikely, with a probability of 0.10; the heat speaks for normal.*", text)
        self.assertEqual([picture.name for picture in (model / "card").glob("*.jpeg")], ["b.jpeg"])
        self.assertEqual(set(found["heat"]["removal"]), {f"{a}_{b}" for a in ("deletion", "insertion") for b in ("grad_cam", "random")})

    def test_two_processes_train_what_one_does(self):
        run = self.folder / "two"
        command = [
            sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", "29517",
            "-m", "lungfield_training", "train", "--films", self.films, "--variants", self.variants,
            "--weights", self.weights, "--out", run, "--epochs", SETTINGS.epochs, "--batch", SETTINGS.batch,
            "--small-epochs", SETTINGS.small_epochs,
            "--learning-rate", GENTLE.learning_rate, "--folds", RECIPE.folds, "--teachers", 1, "--dropout", 0,
            "--student-epochs", 1, "--no-batch-norm",
        ]  # fmt: skip
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = str(Path(__file__).parent.parent)
        done = subprocess.run([str(part) for part in command], env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        split = Split.hold_out(load(self.films), load(self.variants), RECIPE.folds, 1, excluded_fold=RECIPE.fold)
        train(split, partial(imagenet, self.weights), self.folder / "one", GENTLE, report=lambda _: None)
        one, two = (
            torch.load(r / "checkpoint.pt", weights_only=True) for r in (self.folder / "one", run / "teacher-1")
        )
        for mine, theirs in zip(one["history"], two["history"], strict=True):
            self.assertAlmostEqual(mine["loss"], theirs["loss"], delta=0.02 * mine["loss"])
        self.assertTrue((run / "manifest.json").is_file())

    def test_a_resumed_run_must_have_the_same_settings(self):
        status, output = run_command(
            "train", "--films", self.films, "--weights", self.weights, "--out", self.trained, "--seed", 2,
            "--folds", RECIPE.folds, "--teachers", RECIPE.teachers,
        )  # fmt: skip
        self.assertEqual(status, 1)
        self.assertIn("other settings", output)

    def test_a_bad_row_ends_the_command_with_its_number(self):
        rows = [dict(row) for row in self.rows]
        rows[4]["label"] = "healthy"
        films = write(self.folder / "bad", rows)
        status, output = run_command("train", "--films", films, "--weights", self.weights, "--out", self.folder / "no")
        self.assertEqual(status, 1)
        self.assertIn("row 4: unknown label 'healthy'", output)
        self.assertFalse((self.folder / "no").exists())

    def test_half_precision_weights_are_read_back(self):
        model = onnx.load(self.trained / "model.onnx")
        weight = next(t for t in model.graph.initializer if t.name == "classifier.weight")
        exact = numpy_helper.to_array(weight)
        weight.CopyFrom(numpy_helper.from_array(exact.astype(np.float16), "classifier.weight.f16"))
        cast = helper.make_node("Cast", ["classifier.weight.f16"], ["classifier.weight"], to=TensorProto.FLOAT)
        model.graph.node.insert(0, cast)
        onnx.save(model, self.folder / "half.onnx")
        read = load_onnx(self.folder / "half.onnx").classifier.weight.detach().numpy()
        np.testing.assert_array_equal(read, exact.astype(np.float16).astype(np.float32))

    def test_the_hidden_head_of_the_goldens_is_the_one_in_its_onnx(self):
        head = goldens.HiddenHead(seed=0).eval()
        session = onnxruntime.InferenceSession(head.to_onnx().SerializeToString())
        activations = torch.rand(1, 1280, 7, 7, generator=torch.Generator().manual_seed(0)) * 3
        (probability,) = session.run(None, {"activations": activations.numpy()})
        with torch.no_grad():
            expected = torch.sigmoid(head(activations)).numpy()
        np.testing.assert_allclose(probability, expected, atol=1e-5)
