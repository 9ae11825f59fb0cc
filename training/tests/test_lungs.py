"""The lung field: its network, what it is trained on, and the frame that is read."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Generator
from torch.nn import functional

from lungfield_training import lung_network
from lungfield_training.lung_frame import outlined_roughly, Frame, Making, crop, radial_power, borrow_texture, standardised, vary, with_margin
from lungfield_training.lung_network import OUTLINE_SIDE, SIDE, LungNetwork, find_lungs, largest_pieces, to_onnx
from lungfield_training.lung_training import Framing, LungSettings, box_iou, shut, train_lungs
from lungfield_training.lung_training import vary as vary_lungs
from lungfield_training.making import grown
from lungfield_training.network import normalise

from outlined_for_tests import outlined


def with_statistics(network: LungNetwork) -> LungNetwork:
    """As after some training: batch-norms that are not neutral."""
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.bias, -0.5, 0.5)
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    return network.eval()


class Network(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.films = outlined(2, 2)
        self.luma = self.films.luma(range(4))

    def test_folding_changes_no_answer_and_the_onnx_file_gives_it_back(self):
        network = with_statistics(LungNetwork())
        with torch.no_grad():
            before = network.outline(self.luma)
            after = network.fold().outline(self.luma)
        torch.testing.assert_close(after, before, atol=1e-3, rtol=1e-3)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "lungs.onnx"
            onnx.save(to_onnx(network), path)
            self.assertLess(path.stat().st_size, 150_000)
            film = normalise(lung_network.shrink(self.luma[:1]))
            (told,) = onnxruntime.InferenceSession(str(path)).run(None, {"film": film.numpy()})
            with torch.no_grad():
                read_back = lung_network.load_onnx(path)(film)
        np.testing.assert_allclose(told, read_back.numpy(), atol=1e-3, rtol=1e-3)
        torch.testing.assert_close(read_back, network(film).detach(), atol=0.05, rtol=0.05)

    def test_the_two_largest_pieces_are_kept(self):
        mask = np.zeros((1, 20, 20), dtype=bool)
        mask[0, 2:12, 2:6] = mask[0, 2:12, 9:13] = mask[0, 16:18, 16:18] = True
        kept = largest_pieces(mask)
        self.assertEqual(kept.sum(), 80)
        self.assertFalse(kept[0, 16, 16])

    def test_a_few_steps_of_training_find_lungs_and_go_on_from_a_checkpoint(self):
        films = outlined(12, 12)
        said = []
        with tempfile.TemporaryDirectory() as folder:
            train_lungs(films, Path(folder), LungSettings(epochs=1, batch=8, folds=3), said.append)
            network = train_lungs(films, Path(folder), LungSettings(epochs=2, batch=8, folds=3), said.append)
        self.assertEqual([text.split(",")[0] for text in said], ['{"epoch": 1', '{"epoch": 2'])
        found = find_lungs(network, self.luma)
        self.assertEqual(found.soft.shape, self.luma.shape)
        self.assertEqual(found.boxes.shape, (4, 4))


class Training(unittest.TestCase):
    def test_films_are_varied_with_their_lungs(self):
        films = outlined(8, 8)
        luma, lungs = vary_lungs(films.luma(range(16)), films.lungs(range(16)), Generator().manual_seed(0))
        self.assertEqual((luma.shape[-1], lungs.shape[-1]), (SIDE, OUTLINE_SIDE))
        self.assertTrue(0 <= luma.min() and luma.max() <= 1 and 0 <= lungs.min() and lungs.max() <= 1)
        self.assertGreater(lungs.mean((1, 2, 3)).std(), 0.01)

    def test_lungs_behind_a_shutter_are_not_asked_for(self):
        luma = torch.full((40, 1, SIDE, SIDE), 0.5)
        lungs = torch.zeros_like(luma)
        lungs[..., 20:90, 20:90] = 1
        covered, seen = shut(luma, lungs, Framing(p_shutter=1.0), Generator().manual_seed(0))
        self.assertTrue((covered != luma).any())
        self.assertFalse(seen[covered != luma].any())

    def test_intersection_over_union(self):
        boxes = np.array([[0.0, 0.0, 0.5, 1.0], [0.0, 0.0, 1.0, 1.0]])
        np.testing.assert_allclose(box_iou(boxes, boxes[::-1]), [0.5, 0.5])


class Frames(unittest.TestCase):
    def setUp(self):
        self.films = outlined(4, 4)
        self.luma, self.lungs = self.films.luma(range(8)), self.films.lungs(range(8))
        self.boxes = torch.from_numpy(self.films.boxes)

    def test_the_lung_box_fills_the_frame_whatever_the_film(self):
        _, lungs = crop(self.luma, self.lungs, self.boxes, torch.zeros(8), 64)
        for axis in (2, 3):
            lit = (lungs > 0.5).any(axis)[:, 0]
            self.assertTrue(lit[:, 1].all() and lit[:, -2].all())
        _, lungs = crop(self.luma, self.lungs, with_margin(self.boxes, torch.full((4,), 0.5)), torch.zeros(8), 64)
        self.assertFalse((lungs > 0.5).any(2)[:, 0, :14].any())

    def test_what_lies_beside_the_lungs_does_not_reach_a_network_that_hides_it(self):
        frame = Frame(side=112)
        other = torch.where(grown(self.lungs, 16, 2.0) > 0, self.luma, 1 - self.luma)
        first, second = (frame.network_input(*frame.view(luma, self.lungs, self.boxes)) for luma in (self.luma, other))
        torch.testing.assert_close(first, second, atol=0.02, rtol=0)
        shown = [standardised(*frame.view(luma, self.lungs, self.boxes)) for luma in (self.luma, other)]
        self.assertGreater((shown[0] - shown[1]).abs().max(), 1)

    def test_a_rough_outline_is_a_little_wider_or_narrower_and_soft(self):
        lungs = functional.interpolate(self.lungs, (112, 112))
        rough = outlined_roughly(lungs, Making(), Generator().manual_seed(0))
        area = (rough > 0.5).float().sum((1, 2, 3)) / lungs.sum((1, 2, 3))
        self.assertTrue(((area > 0.85) & (area < 1.15)).all(), area)
        self.assertGreater(area.std(), 0.01)
        self.assertGreater(((rough > 0.1) & (rough < 0.9)).float().mean(), 0.01)

    def test_brightness_and_contrast_are_gone_from_what_the_network_takes(self):
        first, second = standardised(self.luma, self.lungs), standardised(0.2 + 0.5 * self.luma, self.lungs)
        torch.testing.assert_close(first, second, atol=1e-3, rtol=0)
        inside = first[self.lungs > 0]
        self.assertLess(inside.mean().abs(), 0.05)

    def test_borrowed_texture_is_as_strong_as_the_lender_s(self):
        generator = Generator().manual_seed(0)
        fine = torch.randn(8, 1, 64, 64, generator=generator) * torch.tensor([0.02, 0.08]).repeat(4).view(-1, 1, 1, 1)
        films = (0.5 + fine).clamp(0, 1)
        spread = lambda luma: radial_power(luma)[0][:, 20:30].mean(1).log().std()  # noqa: E731
        for seed in range(3):
            lent = borrow_texture(films, torch.randperm(8, generator=Generator().manual_seed(seed)), Making(p_texture=1.0), Generator().manual_seed(seed))
            self.assertEqual(lent.shape, films.shape)
        same = borrow_texture(films, torch.arange(8).roll(1), Making(p_texture=0.0), Generator().manual_seed(0))
        torch.testing.assert_close(same, films, atol=1e-5, rtol=0)
        self.assertLess(spread(lent), spread(films))

    def test_what_is_borrowed_is_borrowed_from_the_lenders_that_are_named(self):
        dark, bright = 0.3 + 0.2 * self.luma[:4], 0.5 + 0.4 * self.luma[4:]
        made = Making(p_surroundings=0.0, p_texture=0.0, p_histogram=1.0, p_degrade=0.0, p_mirrored=0.0)

        def means(lenders):
            luma, _ = vary(torch.cat([dark, bright]), self.lungs, self.boxes, Frame(side=64), made, Generator().manual_seed(3), lenders)
            return luma.mean((1, 2, 3))

        across, within = means(torch.arange(8).roll(4)), means(torch.arange(8))
        self.assertGreater((across - within)[:4].min(), 0)
        self.assertLess((across - within)[4:].max(), 0)

    def test_a_film_is_varied_alike_by_the_same_generator(self):
        frame = Frame(side=112)
        first, second = (vary(self.luma, self.lungs, self.boxes, frame, Making(), Generator().manual_seed(5)) for _ in range(2))
        self.assertTrue(torch.equal(first[0], second[0]))
        self.assertEqual(first[0].shape, (8, 1, 112, 112))


if __name__ == "__main__":
    unittest.main()
