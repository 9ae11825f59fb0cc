"""The simulated photographs: their corners are where they say, and a seed makes the same one again."""

import unittest

import numpy as np
from PIL import Image

from lungfield_training import photographs


def photograph_of_white(seed: int):
    picture, corners = photographs.photograph(Image.new("L", (640, 500), 255), np.random.default_rng(seed), (640, 480))
    return np.asarray(picture.convert("L"), dtype=np.float32), corners


class Photographs(unittest.TestCase):
    def test_the_film_lies_between_its_corners(self):
        dark_surrounds = 0
        for seed in range(6):
            luma, corners = photograph_of_white(seed)
            size = np.array(luma.shape[::-1])
            middle = corners.mean(0)

            def near_corners(share, luma=luma, size=size, corners=corners, middle=middle):
                places = np.clip((middle + (corners - middle) * share) * size, 0, size - 1).astype(int)
                return [float(luma[y, x]) for x, y in places]

            if luma[:8].mean() < 60:
                dark_surrounds += 1
                self.assertGreater(min(near_corners(0.97)), max(near_corners(1.04)) + 40, seed)
        self.assertGreaterEqual(dark_surrounds, 2)

    def test_a_seed_makes_the_same_photograph_again(self):
        first, second = photograph_of_white(3), photograph_of_white(3)
        self.assertTrue((first[0] == second[0]).all() and (first[1] == second[1]).all())

    def test_the_homography_takes_each_corner_to_its_place(self):
        source, target = np.array([[0, 0], [9, 1], [8, 7], [1, 6]]), np.array([[0, 0], [5, 0], [5, 4], [0, 4]])
        a, b, c, d, e, f, g, h = photographs.homography(source, target)
        for (x, y), place in zip(source, target, strict=True):
            scale = g * x + h * y + 1
            np.testing.assert_allclose([(a * x + b * y + c) / scale, (d * x + e * y + f) / scale], place, atol=1e-9)
