"""The exam: its changes leave the lungs alone, and it finds answers that rest on anything else."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from torch import Generator

from lungfield_training import exam
from lungfield_training.lung_masks import box_of, load_outlined
from lungfield_training.making import CHANGES, CODES, Lenders, boxes_of, grown, hide_lungs, moved_to

from outlined_for_tests import outlined, write_outlined

# Changes that do not touch what is well within the lungs.
OUTSIDE = {name for name in CHANGES if name.startswith(("surroundings", "marker"))}


def lungs_answer(luma, lungs):
    """Rests on the lungs alone: how bright they are against one grey level."""
    inside = 1 - grown(1 - lungs, 12, 1.0).round()
    return 20 * ((luma * inside).sum((1, 2, 3)) / inside.sum((1, 2, 3)) - 0.35)


def height_answer(luma, lungs):
    """Rests on how much of the film's height the lungs take."""
    boxes = boxes_of(lungs)
    return 20 * (boxes[:, 3] - boxes[:, 1] - 0.74)


def corner_answer(luma, lungs):
    """Rests on the film's upper left corner."""
    return 20 * (luma[:, 0, :40, :20].mean((1, 2)) - 0.4)


class Changes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.films = outlined()
        cls.batch = exam.batch_of(cls.films, range(len(cls.films)))
        cls.lenders = Lenders(outlined(seed=1))

    def change(self, name):
        return CHANGES[name](self.batch, self.lenders, Generator().manual_seed(3))

    def test_every_change_changes_the_film_keeps_its_shape_and_range_and_is_the_same_every_time(self):
        for name in CHANGES:
            with self.subTest(name):
                luma, lungs = self.change(name)
                self.assertEqual(luma.shape, self.batch.luma.shape)
                self.assertEqual(lungs.shape, self.batch.lungs.shape)
                self.assertTrue(0 <= luma.min() and luma.max() <= 1)
                self.assertFalse(torch.equal(luma, self.batch.luma))
                self.assertTrue(torch.equal(luma, self.change(name)[0]))

    def test_surroundings_and_markers_leave_the_lungs_as_they_are(self):
        inside = 1 - grown(1 - self.batch.lungs, 3, 1.0).ceil()
        self.assertGreater(inside.mean(), 0.1)
        for name in sorted(OUTSIDE):
            with self.subTest(name):
                luma, _ = self.change(name)
                self.assertLess(((luma - self.batch.luma) * inside).abs().max(), 1e-6)

    def test_what_is_cut_off_and_added_moves_the_lungs_with_the_film(self):
        for name, factor in (("16 % cut off", 1 / 0.84), ("16 % of edge added", 0.84)):
            with self.subTest(name):
                heights = [b[:, 3] - b[:, 1] for b in (boxes_of(self.change(name)[1]), torch.from_numpy(self.films.boxes))]
                torch.testing.assert_close(heights[0], heights[1] * factor, atol=0.02, rtol=0)

    def test_a_film_is_moved_to_the_box_that_is_asked_for(self):
        wanted = torch.tensor([[0.2, 0.1, 0.7, 0.9]]).repeat(len(self.films), 1)
        found = boxes_of(moved_to(self.batch.lungs, torch.from_numpy(self.films.boxes), wanted))
        torch.testing.assert_close(found, wanted, atol=0.01, rtol=0)

    def test_hidden_lungs_cannot_be_told_apart(self):
        hidden = hide_lungs(self.batch)
        deviation = (hidden * self.batch.lungs).sum((1, 2, 3)) / self.batch.lungs.sum((1, 2, 3)) - self.batch.luma.mean((1, 2, 3))
        self.assertLess(deviation.abs().max(), 1e-3)


class Examine(unittest.TestCase):
    def examine(self, answer, changes=("marker of the other machine", "16 % cut off")):
        return exam.examine(answer, outlined(), outlined(seed=1), report=lambda text: None, changes=changes)

    def test_an_answer_that_rests_on_the_lungs_does_not_move(self):
        found = self.examine(lungs_answer)
        self.assertEqual(found["summary"]["auroc"], 1.0)
        self.assertLess(abs(found["summary"]["furthest_movement"]), 0.1)
        self.assertEqual(found["summary"]["lowest_specificity"], 1.0)
        self.assertEqual(found["summary"]["lowest_sensitivity"], 1.0)

    def test_an_answer_that_rests_on_the_frame_is_found_out(self):
        found = self.examine(height_answer)["summary"]
        self.assertEqual(found["frame_alone"], 1.0)
        self.assertEqual(found["surroundings_alone"], 1.0)
        self.assertIn("cut off", found["furthest_change"])
        self.assertLess(found["lowest_specificity"], 0.1)

    def test_an_answer_that_rests_on_the_lungs_knows_no_frame(self):
        self.assertLess(abs(self.examine(lungs_answer, ())["frame_alone"] - 0.5), 0.2)

    def test_an_answer_that_rests_on_the_corner_moves_with_its_marker(self):
        found = exam.examine(corner_answer, outlined(), outlined(seed=1), report=lambda text: None, changes=["marker of the other machine"])
        moved = [row["worst"] for row in found["changes"] if row["change"].startswith("marker")]
        self.assertGreater(min(moved), 0.01)

    def test_records_say_how_far_each_class_moved_and_how_many_are_right(self):
        targets = np.array([0, 0, 1, 1])
        plain, changed = np.array([-1.0, -2.0, 1.0, 2.0]), np.array([1.0, -2.0, 1.0, -1.0])
        normal, pneumonia = exam.records("change", changed, plain, targets, exam.plainly)
        self.assertEqual((normal["mean"], normal["right"], normal["n"]), (1.0, 0.5, 2))
        self.assertEqual((pneumonia["mean"], pneumonia["right"]), (-1.5, 0.5))
        self.assertAlmostEqual(normal["auroc"], 0.625)

    def test_the_manifest_has_a_record_of_each_change_the_lowest_specificity_first(self):
        row = lambda change, label, n, mean, right: {"change": change, "class": label, "n": n, "mean": mean, "right": right}  # noqa: E731
        rows = [
            row(change, label, n, mean, right)
            for change, (of_normal, of_pneumonia) in {"as it is": (0.9, 0.9), "blur 1": (0.8, 1.0), "noise 6": (0.6, 0.95)}.items()
            for label, n, mean, right in (("normal", 10, 0.3, of_normal), ("pneumonia", 20, -0.2, of_pneumonia))
        ]
        first, second = exam.measured({"changes": rows}, 25)
        self.assertEqual([first["films"]["views"], second["films"]["views"]], [["noise"], ["blurred-1"]])
        self.assertEqual([first["films"][name] for name in ("split", "count", "normal", "pneumonia", "patients")], ["held-out", 30, 10, 20, 25])
        self.assertEqual({name: (each["value"], each["n"]) for name, each in first["metrics"].items()},
                         {"specificity": (0.6, 10), "sensitivity": (0.95, 20), "normal_logit_shift": (0.3, 10)})  # fmt: skip
        self.assertLess(first["metrics"]["specificity"]["low"], 0.6)

    def test_every_change_has_a_code_that_the_page_has_words_for(self):
        self.assertEqual(list(CODES), list(CHANGES))
        self.assertEqual(len(set(CODES.values())), len(CODES))
        for path in sorted((Path(__file__).parents[2] / "www" / "locales").glob("*.json")):
            words = json.loads(path.read_text(encoding="utf-8"))["model"]["films"]["views"]
            self.assertEqual(set(CODES.values()) - words.keys(), set(), path.name)

    def test_answers_are_those_of_the_manifest(self):
        thresholds = {"operating_point": 0.75, "unlikely_below": 0.3, "likely_from": 0.9, "error_level": 0.02, "films": {}}
        tell = exam.as_told_by({"thresholds": thresholds, "calibration": {"temperature": 2.0, "bias": 0.5}})
        point = 2 * (np.log(3) - 0.5)
        targets, logits = np.array([0, 1, 0, 1]), np.array([-9.0, point - 1e-6, point + 1e-6, 9.0])
        self.assertEqual(tell(logits).called.tolist(), [False, False, True, True])
        normal, pneumonia = exam.records("change", logits, logits, targets, tell)
        self.assertEqual((normal["right"], normal["uncertain"], normal["right_where_certain"]), (0.5, 0.5, 1.0))
        self.assertGreater(pneumonia["calibration_error"], 0.1)

    def test_cells_hold_every_film_once(self):
        films = outlined()
        rows = exam.cells(films, np.where(films.targets > 0.5, 1.0, -1.0), exam.plainly)
        self.assertEqual(sum(row["n"] for row in rows), len(films))
        self.assertEqual({row["right"] for row in rows if row["n"]}, {1.0})

    def test_the_films_that_are_asked_about_have_no_patient_among_those_that_lend(self):
        films = outlined(24, 24)
        own, others = exam.held_out(films, 3, 0, limit=8)
        self.assertEqual((len(own), int(own.targets.sum())), (8, 4))
        self.assertFalse(set(own.films.patients) & set(others.films.patients))

    def test_what_is_found_is_written_as_json_and_csv(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "exam.json"
            exam.write(self.examine(lungs_answer), path)
            self.assertEqual(len(path.with_suffix(".csv").read_text().splitlines()), 1 + 2 * 3)


class Outlines(unittest.TestCase):
    def test_a_box_holds_what_is_lit_without_specks(self):
        mask = np.zeros((1, 10, 20), dtype=bool)
        mask[0, 2:6, 4:10] = True
        mask[0, 9, 19] = True
        np.testing.assert_allclose(box_of(mask)[0], [4 / 20, 2 / 10, 10 / 20, 6 / 10])
        np.testing.assert_allclose(box_of(np.zeros((1, 10, 20), dtype=bool))[0], [0, 0, 1, 1])

    def test_films_are_joined_with_their_outlines_by_name(self):
        films = outlined(4, 4)
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            write_outlined(folder, films)
            with np.load(folder / "lungs224.npz") as arrays:
                names, masks = arrays["films"], arrays["masks"]
            # The first film has no outline; the others are listed the other way round.
            np.savez(folder / "lungs224.npz", films=names[:0:-1], masks=masks[:0:-1])
            found = load_outlined(folder, folder)
            self.assertEqual(len(found), 7)
            np.testing.assert_array_equal(found.masks, films.masks[1:])
            np.testing.assert_array_equal(found.multiple_of_8, films.multiple_of_8[1:])


if __name__ == "__main__":
    unittest.main()
