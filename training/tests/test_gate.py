"""The gate, on films that are made up: no network, and the right answer known."""

import unittest
from dataclasses import replace

import numpy as np
import torch
from torch.nn import functional

from lungfield_training import gate as gates
from lungfield_training.gate import NOT_A_FILM, ORIENTATIONS, UPRIGHT, Children, back, orient
from lungfield_training.lung_frame import Frame
from lungfield_training.lung_network import LungFields
from lungfield_training.network import GATE_FEATURES

SIDE = 32


class SeesTiles(gates.Reader):
    """Looks at the mean of each tile of 2 x 2 pixels, of the whole film alone; finds lungs that take most of it, where it is not
    black."""

    def __init__(self):
        super().__init__(None, None, Frame(SIDE))
        mixed = torch.randn((SIDE // 2) ** 2, GATE_FEATURES, generator=torch.Generator().manual_seed(9))
        object.__setattr__(self, "mixed", mixed)

    def find(self, luma):
        soft = (luma.amax((1, 2, 3), keepdim=True) > 0.05).float().expand_as(luma)
        return LungFields(soft, torch.tensor([[0.1, 0.1, 0.9, 0.9]]).repeat(len(luma), 1))

    def gate_of_whole(self, luma):
        return functional.avg_pool2d(luma, 2).flatten(1) @ self.mixed

    def gate_of_frame(self, luma, found=None):
        return self.gate_of_whole(luma)

    def gate_features(self, x):
        return self.gate_of_whole(x[:, :1] / 6 + 0.5)


def films(count: int, seed: int, aside: float = 0.0) -> torch.Tensor:
    """Brighter to the right and below, so that each way of lying looks otherwise; ``aside`` moves them a little, alike."""
    y, x = torch.meshgrid(torch.linspace(0, 1, SIDE), torch.linspace(0, 1, SIDE), indexing="ij")
    noise = 0.1 * torch.randn(count, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))
    pattern = torch.sin(9 * x) * torch.cos(14 * y)
    return (0.2 + 0.2 * x + 0.5 * y**2 + aside * pattern + noise).clamp(0, 1)


def children(count: int, seed: int) -> Children:
    return Children(*(films(count, 3 * seed + number) for number in range(3)))


def pictures(count: int, seed: int) -> torch.Tensor:
    return torch.rand(count, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(seed)) ** 3


class TheGate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reader, cls.held_out = SeesTiles(), children(600, 2)
        adults = {"made up": films(80, 100, 0.04)}
        fitted = gates.fit(cls.reader, children(500, 1), {"made up": pictures(60, 101)}, adults)
        cls.gate = gates.choose_limits(fitted, cls.reader, cls.held_out, {"made up": pictures(60, 102)})
        cls.adults, cls.pictures = films(80, 103, 0.04), pictures(60, 104)

    def judge(self, luma):
        return gates.judge(self.gate, self.reader, luma)

    def test_the_numbers_are_white_over_childrens_films(self):
        seen = self.gate.numbers(self.reader.gate_of_frame(children(500, 1).all()))
        self.assertAlmostEqual(float(self.gate.distance(self.reader.gate_of_frame(children(500, 1).all())).mean()), 1.0, delta=0.05)
        self.assertLess(float(torch.cov(seen.T).fill_diagonal_(0).abs().max()), 0.05)

    def test_every_way_that_a_film_can_lie_is_recognised_and_put_right(self):
        for number, (turns, inverted) in enumerate(ORIENTATIONS):
            found = self.judge(orient(films(100, 200), turns, inverted))
            self.assertGreater((found.orientation == number).mean(), 0.97, ORIENTATIONS[number])
            self.assertLess(found.refused.mean(), 0.05, ORIENTATIONS[number])

    def test_what_is_no_film_is_refused_whichever_way_it_is_shown(self):
        for turns, inverted in ORIENTATIONS:
            self.assertGreater(self.judge(orient(self.pictures, turns, inverted)).refused.mean(), 0.95)

    def test_a_film_without_lungs_is_refused(self):
        class WithoutLungs(SeesTiles):
            def find(self, luma):
                return LungFields(torch.zeros_like(luma), torch.tensor([[0.0, 0.0, 1.0, 1.0]]).repeat(len(luma), 1))

        class WithSmallLungs(SeesTiles):
            def find(self, luma):
                return LungFields(torch.ones_like(luma), torch.tensor([[0.4, 0.1, 0.5, 0.9]]).repeat(len(luma), 1))

        for reader in (WithoutLungs(), WithSmallLungs()):
            self.assertTrue(gates.judge(self.gate, reader, films(20, 201)).refused.all())

    def test_few_held_out_films_are_beyond_the_limits(self):
        seen = self.reader.gate_of_frame(self.held_out.all())
        far = self.gate.distance(seen) >= self.gate.unlike_from
        self.assertAlmostEqual(far.mean(), gates.FAR, delta=0.003)
        self.assertAlmostEqual((far | (self.gate.adult_score(seen) >= 0)).mean(), gates.FAR + gates.LIKE_ADULTS, delta=0.003)
        self.assertLessEqual(self.gate.unlike_from, self.gate.refused_from)
        self.assertLessEqual((self.judge(self.held_out.all()).orientation == NOT_A_FILM).mean(), gates.NOT_FILMS + 0.001)

    def test_adults_that_the_distance_overlooks_are_flagged_by_their_score(self):
        found = self.judge(self.adults)
        self.assertGreater((found.flagged | found.refused).mean(), 0.9)
        alone = gates.judge(replace(self.gate, adult_weights=None), self.reader, self.adults)
        self.assertLess(alone.flagged.mean(), 0.7)

    def test_a_gate_can_be_made_of_films_alone(self):
        own = children(200, 5)
        gate = gates.choose_limits(gates.fit(self.reader, own, {}, {}), self.reader, own, {})
        self.assertFalse(gates.judge(gate, self.reader, own.original).refused.mean() > 0.05)
        self.assertFalse((gate.adult_score(self.reader.gate_of_frame(own.original)) >= 0).any())

    def test_what_it_measures_is_of_each_view_each_way_of_lying_and_each_kind(self):
        records = gates.measure(self.gate, self.reader, children(50, 6), {"noise": self.pictures}, {"nih": self.adults})
        films = [record["films"] for record in records]
        self.assertEqual([each["views"][0] for each in films[:3]], ["original", "augmented", "photographed"])
        self.assertEqual(sum("orientation" in each for each in films), len(ORIENTATIONS) - 1)
        self.assertEqual([(each["group"], each["kind"], each["count"]) for each in films[-2:]], [("not-chest", "noise", 60), ("adults", "nih", 80)])
        self.assertEqual(records[-2]["metrics"]["refused"]["value"], self.judge(self.pictures).refused.mean())


class Turning(unittest.TestCase):
    def test_a_film_that_lies_is_put_right_by_the_turns_back(self):
        film = torch.rand(1, 1, 8, 8)
        for number, each in enumerate(ORIENTATIONS):
            torch.testing.assert_close(orient(orient(film, *each), *back(number)), film)
        self.assertEqual(back(UPRIGHT), (0, False))

    def test_films_are_turned_clockwise(self):
        clockwise = orient(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), 1, False)
        np.testing.assert_array_equal(clockwise[0, 0], [[3, 1], [4, 2]])


if __name__ == "__main__":
    unittest.main()
