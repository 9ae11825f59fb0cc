"""The classifier of the lung frame."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from lungfield_training.network import (
    GATE_FEATURES,
    LAYERS,
    STAGES,
    STEM_CHANNELS,
    UNDIVIDED,
    Depthwise,
    InvertedResidual,
    Network,
    counts,
    fold_stem,
    from_imagenet,
    phases,
    together,
)

from films_for_tests import write_weights


def mobilenet() -> nn.ModuleList:
    """MobileNetV2's layers, those of stride 32 as well."""
    layers, inputs = [nn.Conv2d(1, STEM_CHANNELS, 3, 2, 1)], STEM_CHANNELS
    for expansion, outputs, repeats, stride in STAGES:
        for repeat in range(repeats):
            layers.append(InvertedResidual(inputs, outputs, expansion, stride if repeat == 0 else 1))
            inputs = outputs
    return nn.ModuleList(layers)


class Precision(unittest.TestCase):
    def test_a_strided_filter_is_computed_in_full_precision(self):
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
        explained, logit = Network().double().eval()(torch.rand(1, 2, 64, 64, dtype=torch.float64))
        self.assertEqual((explained.dtype, logit.dtype), (torch.float64, torch.float64))

    def test_what_is_explained_is_in_full_precision_whatever_the_layers_are_computed_in(self):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            explained, _ = Network()(torch.rand(1, 2, 64, 64))
        self.assertEqual(explained.dtype, torch.float32)


class Networks(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.x = torch.rand(2, 2, 96, 96)
        self.x[:, 1] = 0
        self.x[:, 1, 16:80, 16:48] = 1

    def test_phases_are_every_other_row_and_column(self):
        x = torch.arange(2 * 3 * 6 * 8).view(2, 3, 6, 8).float()
        apart = phases(x)
        torch.testing.assert_close(apart[:2], x[..., ::2, ::2])
        torch.testing.assert_close(apart[2:4], x[..., ::2, 1::2])
        torch.testing.assert_close(together(apart), x)

    def test_filters_look_at_the_pixels_that_mobilenet_s_look_at_with_four_times_as_many_places(self):
        network, whole = Network().eval(), mobilenet().eval()
        own, state = network.features.state_dict(), whole.state_dict()
        whole.load_state_dict(state | {name: own[name] for name in state if name in own and name.split(".")[0] != str(LAYERS + 1)})
        with torch.no_grad():
            coarse = functional.relu6(whole[0](self.x[:, :1]))
            for layer in whole[1 : LAYERS + 1]:
                coarse = layer(coarse)
            *_, dense = network.layers(self.x)
        self.assertEqual([side * 2 for side in coarse.shape[-2:]], list(together(dense).shape[-2:]))
        torch.testing.assert_close(together(dense)[..., ::2, ::2], coarse, atol=1e-4, rtol=1e-3)

    def test_the_logit_is_the_head_of_what_each_place_says_and_places_outside_the_lungs_say_nothing(self):
        network = Network().eval()
        explained, logit = network(self.x)
        torch.testing.assert_close(network.head(explained), logit)
        self.assertEqual(float(explained[..., 6:].detach().abs().max()), 0)
        self.assertGreater(float(explained[..., 2:6].detach().abs().max()), 0)
        self.assertAlmostEqual(float(counts(self.x[:, 1:], (12, 12)).mean()), 1, places=5)

    def test_the_gate_sees_the_quarters_of_two_layers(self):
        network = Network().eval()
        seen = network.gate_features(self.x)
        self.assertEqual(seen.shape, (2, GATE_FEATURES))
        # The first numbers are the upper left, upper right, lower left and lower right of layer 10's first channel.
        layer = together(list(network.layers(self.x))[9])[:, 0]
        quarters = [layer[:, rows, columns].mean((1, 2)) for rows in (slice(6), slice(6, 12)) for columns in (slice(6), slice(6, 12))]
        torch.testing.assert_close(seen[:, :4], torch.stack(quarters, 1))

    def test_imagenet_weights_are_loaded_but_for_the_last_layer_and_others_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path, network = write_weights(Path(folder) / "weights.npz"), Network()
            from_imagenet(network, path)
            with np.load(path) as found:
                arrays = dict(found)
            stem, _ = fold_stem(*(torch.from_numpy(arrays[f"features.0.{name}"]) for name in ("weight", "bias")))
            torch.testing.assert_close(network.features[0].weight, stem)
            deep = f"features.{UNDIVIDED + 1}.project.weight"
            np.testing.assert_array_equal(network.state_dict()[deep].numpy(), arrays.pop(deep))
            np.savez(path, **arrays)
            with self.assertRaisesRegex(ValueError, f"missing {deep}"):
                from_imagenet(network, path)
