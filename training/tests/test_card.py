"""The model card that ships says what the files beside it say."""

import json
import tempfile
import unittest
from pathlib import Path

from lungfield_training import card, metrics
from lungfield_training.making import CODES

from films_for_tests import write_reader

MODELS = Path(__file__).parents[2] / "models"


def measured() -> list[dict]:
    """Records as a run writes them."""
    of = lambda count, **more: {"source": "training", "count": count, **more}  # noqa: E731
    both = {"group": "children", "split": "held-out", "normal": 40, "pneumonia": 60}
    right = {"sensitivity": metrics.share(57, 60), "specificity": metrics.share(36, 40)}
    plain = {"auroc": metrics.estimate(0.99, 100, 0.97, 1.0), "uncertain": metrics.share(5, 100), "calibration_error": {"value": 0.021}}
    changed = [{"films": of(100, views=[code], **both), "metrics": {**right, "normal_logit_shift": {"value": 0.123}}} for code in CODES.values()]
    shares = {"refused": metrics.share(1, 100), "flagged": metrics.share(3, 100), "recognised": metrics.share(100, 100)}
    return [
        *changed,
        {"films": of(100, views=["original"], **both), "metrics": {**right, **plain}},
        {"films": of(100, group="children", split="held-out", views=["photographed"]), "metrics": shares},
        {"films": of(100, group="children", split="held-out", orientation={}), "metrics": {"recognised": metrics.share(1, 100)}},
        *({"films": of(n, group="not-chest", split="held-out", kind=f"{n}"), "metrics": {"refused": metrics.share(n - 1, n)}} for n in (10, 20)),
        {"films": of(50, group="adults", kind="hannover"), "metrics": {"refused": metrics.share(5, 50), "flagged_or_refused": metrics.share(49, 50)}},
    ]


class Card(unittest.TestCase):
    def test_tables_have_a_row_of_each_record(self):
        self.assertIn("| held out, as they are | 100 (40, 60) | 0.990 (0.970–1.000) | 95.0 (86.3–98.3) |", card.results(measured()))
        self.assertEqual(card.results(measured()).count("\n"), 3)
        changes = card.changes(measured())
        self.assertEqual(changes.count("\n"), 2 + len(CODES))
        self.assertTrue(changes.startswith("| change of 100 (40, 60) films |"), changes)
        self.assertIn("| blur 1 | +0.12 | 95.0 | 90.0 |", changes)
        gate = card.gate(measured()).splitlines()[2:]
        expected = ["| children, photographed | 100 | 1.0 ", "| adults, Hannover | 50 | 10.0 ", "| pictures that are no chest films | 30 | 93.3 "]
        self.assertEqual([row.split("(")[0] for row in gate], expected)
        self.assertIn("| 4.0 (", gate[0])

    def test_the_networks_are_by_the_fold_that_each_was_kept_from(self):
        told = {"auroc": 0.98765, "log_loss": 0.1}
        rows = card.table_of_networks([{"kept_from": 0, "films": told, "variants": told}, {"kept_from": 1, "films": told, "variants": told}])
        self.assertIn("| ships | 0 | 0.9877 | 0.1000 | 0.9877 | 0.1000 |", rows)
        self.assertIn("| calibrates | 1 |", rows)

    def test_a_mark_without_numbers_is_an_error_and_others_are_filled(self):
        text = "a\n<!-- version: written by training -->\nold\n<!-- end -->\nb\n"
        self.assertEqual(card.filled(text, {"version": "new\n"}), text.replace("old", "new"))
        with self.assertRaises(KeyError):
            card.filled(text, {})

    def test_demo_films_that_are_not_answered_rightly_are_shown(self):
        with tempfile.TemporaryDirectory() as folder:
            models = Path(folder) / "models"
            (models / "card").mkdir(parents=True)
            (models / "card" / "earlier.jpeg").write_bytes(b"")
            command, films = write_reader(Path(folder))
            text = card.demo(command, models, films)
            self.assertEqual([picture.name for picture in (models / "card").glob("*.jpeg")], ["b.jpeg"])
        self.assertIn("1 of the 2 demo films are answered rightly. The others:", text)
        self.assertIn("*Labelled pneumonia, called unlikely, with a probability of 0.10; the heat speaks for normal.*", text)


class ShippedCard(unittest.TestCase):
    def setUp(self):
        self.text = (MODELS / "MODEL_CARD.md").read_text(encoding="utf-8")

    def test_its_numbers_are_those_of_the_manifest_and_the_run(self):
        manifest = json.loads((MODELS / "manifest.json").read_text(encoding="utf-8"))
        found = card.parts(manifest, *card.read_kept(MODELS))
        marked = {match[2] for match in card.PLACE.finditer(self.text)}
        self.assertEqual(marked, {*found, "demo"})
        demo = next(match[0] for match in card.PLACE.finditer(self.text) if match[2] == "demo")
        self.assertEqual(card.filled(self.text.replace(demo, ""), found), self.text.replace(demo, ""))

    def test_the_page_shows_the_lowest_specificity_of_any_change_first(self):
        manifest = json.loads((MODELS / "manifest.json").read_text(encoding="utf-8"))
        shown = next(record["metrics"] for record in manifest["measured"] if "sensitivity" in record["metrics"])
        changed = [record["metrics"] for record in manifest["measured"] if "normal_logit_shift" in record["metrics"]]
        self.assertEqual(shown["specificity"]["value"], min(found["specificity"]["value"] for found in changed))

    def test_it_is_short(self):
        self.assertLessEqual(len(self.text.split()), 2000)


if __name__ == "__main__":
    unittest.main()
