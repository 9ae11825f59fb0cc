"""The model card that ships says what the files beside it say."""

import json
import unittest
from pathlib import Path

from lungfield_training import card

MODELS = Path(__file__).parents[2] / "models"


class ShippedCard(unittest.TestCase):
    def setUp(self):
        self.text = (MODELS / "MODEL_CARD.md").read_text(encoding="utf-8")

    def test_its_numbers_are_those_of_the_manifest_the_audit_and_the_run(self):
        files = (MODELS / "manifest.json", MODELS / "card" / "audit.json", MODELS / "card" / "networks.json")
        found = card.parts(*(json.loads(path.read_text(encoding="utf-8")) for path in files))
        marked = {match[2] for match in card.PLACE.finditer(self.text)}
        self.assertEqual(marked, {*found, "demo"})
        demo = next(match[0] for match in card.PLACE.finditer(self.text) if match[2] == "demo")
        self.assertEqual(card.filled(self.text.replace(demo, ""), found), self.text.replace(demo, ""))

    def test_the_independent_evaluation_stands_first(self):
        manifest = json.loads((MODELS / "manifest.json").read_text(encoding="utf-8"))
        sources = [record["films"].get("source") == "independent" for record in manifest["measured"]]
        self.assertEqual(sources, sorted(sources, reverse=True))

    def test_it_is_short(self):
        self.assertLessEqual(len(self.text.split()), 1800)
