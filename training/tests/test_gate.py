"""The gate, on features that are made up: no network, and the right answer known."""

import unittest
from dataclasses import replace

import numpy as np
import torch

from lungfield_training import gate as gates
from lungfield_training.gate import NOT_A_FILM, UPRIGHT, ORIENTATIONS, FeatureSets, Gate
from lungfield_training.network import GATE_FEATURES


def cloud(count: int, centre: int, generator: torch.Generator) -> torch.Tensor:
    """Features around one of the corners of a simplex: each orientation, and what is no film, has its own."""
    features = torch.randn(count, GATE_FEATURES, generator=generator)
    features[:, centre * 20 : (centre + 1) * 20] += 6
    return features


def films(count: int, generator: torch.Generator) -> torch.Tensor:
    return torch.stack([cloud(count, orientation, generator) for orientation in range(len(ORIENTATIONS))])


def children_seen(count: int, oriented: int, generator: torch.Generator) -> FeatureSets:
    original, augmented, photographed = (cloud(count, UPRIGHT, generator) for _ in range(3))
    return FeatureSets(original, augmented, films(oriented, generator), photographed)


class TheGate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        generator = torch.Generator().manual_seed(0)
        children, held_out = (children_seen(900, 200, generator) for _ in "ab")
        cls.films = films(100, generator)
        cls.pictures = torch.stack([cloud(60, NOT_A_FILM, generator) * 2 for _ in ORIENTATIONS])
        # Adults' films are upright chest films, a little beside the children's in directions that a distance overlooks.
        aside = 1.5 * (torch.arange(GATE_FEATURES) >= GATE_FEATURES - 60)
        fitted, cls.adults = (torch.stack([cloud(80, UPRIGHT, generator) + aside] * len(ORIENTATIONS)) for _ in "ab")
        fitted_gate = gates.fit(children, {"made up": cls.pictures}, {"made up": fitted})
        cls.gate = gates.choose_limits(fitted_gate, held_out, {"made up": cls.pictures})
        cls.children, cls.held_out = children, held_out

    def test_the_numbers_are_white_over_childrens_films(self):
        seen = self.gate.project(torch.cat([self.children.original, self.children.upright]))
        self.assertAlmostEqual(float(self.gate.distance(seen).mean()), 1.0, delta=0.05)
        self.assertLess(float(torch.cov(seen.T).fill_diagonal_(0).abs().max()), 0.02)

    def test_every_way_that_a_film_can_lie_is_recognised_and_put_right(self):
        for orientation in range(len(ORIENTATIONS)):
            found = gates.judge(self.gate, self.films, orientation)
            self.assertGreater((found.orientation == orientation).mean(), 0.97, ORIENTATIONS[orientation])
            self.assertLess(found.refused.mean(), 0.05, ORIENTATIONS[orientation])

    def test_what_is_no_film_is_refused_whichever_way_it_is_shown(self):
        for orientation in range(len(ORIENTATIONS)):
            self.assertGreater(gates.judge(self.gate, self.pictures, orientation).refused.mean(), 0.99)

    def test_few_held_out_films_are_beyond_the_limits(self):
        seen = self.gate.project(self.held_out.original)
        self.assertAlmostEqual((self.gate.distance(seen) >= self.gate.unlike_from).mean(), gates.FAR, delta=0.003)
        self.assertAlmostEqual(self.gate.flags(seen).mean(), gates.FAR + gates.LIKE_ADULTS, delta=0.003)
        self.assertLessEqual(self.gate.unlike_from, self.gate.refused_from)

    def test_adults_that_the_distance_overlooks_are_flagged_by_their_score(self):
        found = gates.judge(self.gate, self.adults)
        self.assertGreater((found.flagged | found.refused).mean(), 0.95)
        alone = replace(self.gate, adult_weights=None)
        self.assertLess(gates.judge(alone, self.adults).flagged.mean(), 0.7)

    def test_a_kind_that_was_never_seen_is_measured_with_a_gate_that_never_saw_it(self):
        (row,) = gates.unseen_kinds(self.children, self.held_out, {"made up": self.pictures})
        films = {"source": "training", "group": "not-chest", "split": "unseen-kind", "kind": "made up", "count": 60}
        self.assertEqual((row["films"], row["metrics"]["refused"]["n"]), (films, 60))

    def test_turning_four_times_or_back_is_no_turning(self):
        luma = torch.rand(2, 1, 8, 8)
        for turns, inverted in ORIENTATIONS:
            back = gates.orient(gates.orient(luma, turns, inverted), -turns, inverted)
            torch.testing.assert_close(back, luma)
        clockwise = gates.orient(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), 1, False)
        np.testing.assert_array_equal(clockwise[0, 0], [[3, 1], [4, 2]])


class WithoutOthers(unittest.TestCase):
    def test_a_gate_can_be_made_of_films_alone(self):
        generator = torch.Generator().manual_seed(1)
        children = children_seen(300, 60, generator)
        gate = gates.choose_limits(gates.fit(children, {}, {}), children, {})
        self.assertIsInstance(gate, Gate)
        self.assertTrue(gates.judge(gate, 5 * films(20, generator)).refused.all())
