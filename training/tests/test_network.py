import unittest

import torch

from lungfield_training.network import Depthwise, Network


class Precision(unittest.TestCase):
    def test_a_strided_filter_is_computed_in_full_precision_on_a_processor_and_no_other(self):
        torch.manual_seed(0)
        x = torch.rand(2, 8, 6, 6)
        strided, dense = Depthwise(8, 2), Depthwise(8, 1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            half, lower = strided(x.bfloat16()), dense(x)
        self.assertEqual((half.dtype, lower.dtype), (torch.float32, torch.bfloat16))
        self.assertTrue(torch.equal(half, strided(x.bfloat16().float())))
        half.sum().backward()
        self.assertEqual(strided.weight.grad.shape, strided.weight.shape)

    def test_a_network_can_be_run_in_double_precision_as_the_goldens_are(self):
        _, logit = Network().double().eval()(torch.rand(1, 1, 64, 64, dtype=torch.float64))
        self.assertEqual(logit.dtype, torch.float64)
