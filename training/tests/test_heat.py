"""The study of heatmaps: it tells a map that shows where the evidence lies from one that does not."""

import unittest

import numpy as np
import torch

from lungfield_training import heat
from lungfield_training.lung_network import LungNetwork
from lungfield_training.network import Network
from lungfield_training.reader import Reader

from outlined_for_tests import outlined

SIDE, PLACES = 112, 14


def by_the_left(x):
    """A classifier whose evidence is the mean of the picture's left quarter."""
    return None, 4 * x[:, :1, :, : SIDE // 4].mean((2, 3))


class Heat(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.within = torch.ones(3, PLACES, PLACES, dtype=torch.bool)

    def test_heat_within_the_lungs_is_told_from_heat_beside_them(self):
        maps = torch.zeros(3, PLACES, PLACES)
        maps[0, 3:6, 3:6], maps[1, 3:6, 9:12] = 1, 1
        drawn = torch.zeros(3, 1, SIDE, SIDE)
        drawn[..., : SIDE // 2] = 1
        self.assertTrue(torch.allclose(heat.inside(maps, drawn), torch.tensor([1.0, 0.0, 1.0]), atol=1e-3))

    def test_evidence_goes_first_with_the_places_that_it_comes_from(self):
        x, other = torch.ones(3, 2, SIDE, SIDE), -torch.ones(3, 2, SIDE, SIDE)
        column = torch.arange(PLACES).expand(3, PLACES, PLACES).float()
        found = {name: heat.areas(by_the_left, x, other, order, self.within, torch.ones(3)) for name, order in (("true", -column), ("false", column))}
        (true_away, true_back), (false_away, false_back) = found["true"], found["false"]
        self.assertTrue((true_away < false_away - 1).all())
        self.assertTrue((true_back > false_back + 1).all())

    def test_maps_agree_with_themselves_and_flat_ones_with_nothing(self):
        maps = torch.rand(3, PLACES, PLACES)
        self.assertTrue(np.allclose(heat.rank_correlation(maps, maps * 7, self.within), 1))
        self.assertTrue(np.allclose(heat.rank_correlation(maps, -maps, self.within), -1))
        self.assertTrue(np.allclose(heat.rank_correlation(maps, torch.ones_like(maps), self.within), 0))

    def test_maps_that_are_alike_are_told_from_films_own(self):
        within, signs = torch.ones(6, PLACES, PLACES, dtype=torch.bool), torch.tensor([1.0, 1.0, 1.0, 1.0, 1.0, -1.0])
        alike = torch.rand(PLACES, PLACES).expand(6, -1, -1) * torch.arange(1, 7).view(-1, 1, 1)
        self.assertEqual(heat.with_the_usual(alike, signs, within), {"pneumonia": 1.0, "normal": None})
        self.assertLess(abs(heat.with_the_usual(torch.rand(6, PLACES, PLACES), signs, within)["pneumonia"]), 0.3)

    def test_a_network_is_unlearnt_from_its_end_and_itself_left_alone(self):
        network = Network().eval()
        first, last = network.features[0].weight.clone(), network.classifier.weight.clone()
        changed = [(bool((other.features[0].weight != first).any()), bool((other.classifier.weight != last).any())) for _, other in heat.unlearnt(network)]
        self.assertEqual(changed, [(False, True)] * 3 + [(True, True)])
        self.assertTrue(torch.equal(network.classifier.weight, last))

    def test_a_model_is_measured_and_shown_whatever_it_has_learnt(self):
        reader = Reader(Network().eval(), LungNetwork().fold())
        films = outlined()
        found = heat.measure(reader, films, outlined(seed=1), lambda text: None)
        self.assertEqual(found["films"], len(films))
        self.assertEqual(set(found["evidence"]), {"heat", "random", "least heat"})
        picture = heat.sheet(reader, films, {"pneumonia": 0.05, "normal": 0.05}, with_film=False)
        self.assertEqual(picture.size, (heat.SHEET_COLUMNS * (SIDE + 4), 2 * (SIDE + 4)))


if __name__ == "__main__":
    unittest.main()
