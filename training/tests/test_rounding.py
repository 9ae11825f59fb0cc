"""Weights in few bits: near what they were, exact in half precision, and no coarser than the answers allow."""

import unittest

import torch

from lungfield_training.network import Network
from lungfield_training.rounding import LEAST_LEVELS, MOST_LEVELS, MOVEMENT, TRIED_LEVELS, allotted, answers, round_weights, rounded, steps


class Rounding(unittest.TestCase):
    def setUp(self):
        generator = torch.Generator().manual_seed(3)
        spread = torch.logspace(-5, 1, 40).view(-1, 1, 1, 1)
        self.weights = torch.randn(40, 8, 3, 3, generator=generator) * spread

    def test_no_weight_moves_by_more_than_half_a_step(self):
        for levels in (7, 31, 127):
            moved = (rounded(self.weights, levels) - self.weights).abs().double()
            self.assertTrue((moved <= 0.5001 * steps(self.weights, levels)).all())

    def test_each_output_takes_no_more_levels_and_hardly_fewer(self):
        for levels in (7, 31, 127):
            greatest = (rounded(self.weights, levels).double() / steps(self.weights, levels)).abs().flatten(1).amax(1)
            self.assertLessEqual(greatest.max().item(), levels)
            # The least weights are so small that half precision has no step for them.
            self.assertGreater(greatest[8:].min().item(), levels * 8 / 9 - 1)

    def test_half_precision_holds_every_rounded_weight(self):
        for levels in (7, 21, 31, 64, 127, None):
            found = rounded(self.weights, levels)
            self.assertTrue(torch.equal(found, found.half().float()), levels)

    def test_an_output_without_weights_stays_so(self):
        self.assertTrue(torch.equal(rounded(torch.zeros(2, 3), 31), torch.zeros(2, 3)))

    def test_what_moves_the_answers_more_gets_more_levels_and_too_many_are_none(self):
        levels = allotted({"first": 0.2, "middle": 0.01, "large": 0.01, "idle": 1e-9}, {"first": 288, "middle": 1000, "large": 50_000, "idle": 1000})
        self.assertIsNone(levels["first"])
        self.assertGreater(levels["middle"], levels["large"])
        self.assertEqual(levels["idle"], LEAST_LEVELS)
        self.assertLessEqual(max(filter(None, levels.values())), MOST_LEVELS)
        movement = sum((moved * TRIED_LEVELS / levels[name]) ** 2 for name, moved in {"middle": 0.01, "large": 0.01, "idle": 1e-9}.items()) ** 0.5
        self.assertLessEqual(movement, MOVEMENT)
        self.assertGreater(movement, 0.8 * MOVEMENT)

    def test_a_network_is_rounded_by_its_answers_and_no_bias_is(self):
        network = Network().eval()
        # An answer that depends on what the layers say.
        torch.nn.init.normal_(network.classifier.weight, std=0.1)
        x = torch.rand(8, 2, 112, 112, generator=torch.Generator().manual_seed(1))
        before, logits = {name: value.clone() for name, value in network.named_parameters()}, answers(network, x)
        round_weights(network, x, report=lambda text: None)
        self.assertLess((answers(network, x) - logits).square().mean().sqrt().item(), 3 * MOVEMENT)
        rounded_at_all = 0
        for name, value in network.named_parameters():
            self.assertTrue(name.endswith("weight") or torch.equal(value, before[name]), name)
            self.assertTrue(name.endswith("bias") or torch.equal(value, value.half().float()), name)
            rounded_at_all += len(value.unique()) < len(before[name].half().unique())
        self.assertGreater(rounded_at_all, 10)


if __name__ == "__main__":
    unittest.main()
