import copy
import unittest

import torch

from lungfield_training import batch_norm
from lungfield_training.network import Network


class BatchNorm(unittest.TestCase):
    def test_inserting_and_folding_change_nothing_by_themselves(self):
        torch.manual_seed(1)
        plain = Network().eval()
        x = torch.randn(4, 1, 64, 64)
        network = copy.deepcopy(plain)
        batch_norm.insert(network, x)
        self.assertNotEqual(network.state_dict().keys(), plain.state_dict().keys())
        folded = batch_norm.fold(network)
        self.assertEqual(folded.state_dict().keys(), plain.state_dict().keys())
        with torch.no_grad():
            expected = plain(x)[1]
            torch.testing.assert_close(network.eval()(x)[1], expected, rtol=1e-3, atol=1e-5)
            torch.testing.assert_close(folded(x)[1], expected, rtol=1e-3, atol=1e-5)

    def test_what_batch_norm_learns_is_folded(self):
        torch.manual_seed(1)
        network = Network(dropout=0.0)
        x = torch.randn(4, 1, 64, 64)
        batch_norm.insert(network, x)
        for parameter in network.parameters():
            parameter.data.mul_(1 + 0.1 * torch.rand_like(parameter))
        network.train()
        with torch.no_grad():
            network(x * 2)
            expected = network.eval()(x)[1]
            torch.testing.assert_close(batch_norm.fold(network)(x)[1], expected, rtol=1e-3, atol=1e-5)
