"""How the networks are trained: what is drawn, what each is kept from, and going on from a checkpoint."""

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Generator

from lungfield_training.exchange import exchange
from lungfield_training.films import folds_by_patient
from lungfield_training.lung_frame import Frame, Making, vary
from lungfield_training.recipe import Recipe, train_all
from lungfield_training.train import Settings, draw, schedule, train

from films_for_tests import write_weights
from outlined_for_tests import outlined

SMALL = Settings(epochs=3, films_an_epoch=8, batch=4, frame=Frame(side=64))


class Training(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root, self.films, self.said = Path(folder.name), outlined(12, 12), []
        self.weights = write_weights(self.root / "weights.npz")

    def train(self, name, settings=SMALL, report=None):
        return train(self.films, self.films, list(range(24)), self.weights, self.root / name, settings, report or self.said.append)

    def test_an_epoch_has_each_class_by_half_and_rare_machines_more_often(self):
        films = self.films
        films.multiple_of_8[:] = False
        films.multiple_of_8[:3] = films.multiple_of_8[12:21] = True
        drawn = draw(films, np.arange(24), Settings(films_an_epoch=400), Generator().manual_seed(0))
        self.assertEqual(int(films.targets[drawn].sum()), 200)
        rare = np.isin(drawn, range(3)).sum()
        self.assertAlmostEqual(rare, 200 * 3**0.5 / (3**0.5 + 9**0.5), delta=1)

    def test_networks_are_kept_from_a_fold_each_that_which_ships_first(self):
        recipe = Recipe(folds=3, fold=1, cross_validation=2)
        networks = dict(train_all(self.films, self.films, self.weights, self.root, recipe, replace(SMALL, epochs=1), self.said.append))
        self.assertEqual(list(networks), [1, 0, 2])
        for fold, network in networks.items():
            training = sorted(set(range(24)) - set(folds_by_patient(self.films.films, 3)[fold]))
            own = replace(SMALL, epochs=1, seed=SMALL.seed + fold)
            alone = train(self.films, self.films, training, self.weights, self.root / f"alone-{fold}", own, self.said.append)
            torch.testing.assert_close(network.classifier.weight, alone.classifier.weight)
            self.assertTrue((self.root / f"kept-from-{fold}" / "checkpoint.pt").is_file())
        for count in (0, 3):
            with self.assertRaisesRegex(ValueError, "of 2 other folds"):
                replace(recipe, cross_validation=count).kept_from()

    def test_a_run_that_was_interrupted_ends_as_one_that_was_not(self):
        class Interrupted(Exception):
            pass

        def interrupt(text):
            self.said.append(text)
            if '"epoch": 2' in text:
                raise Interrupted

        with self.assertRaises(Interrupted):
            self.train("interrupted", report=interrupt)
        through, resumed = self.train("through"), self.train("interrupted")
        self.assertEqual([text.split(",")[0] for text in self.said], [f'{{"epoch": {epoch}' for epoch in (1, 2, 1, 2, 3, 2, 3)])
        for name, value in through.state_dict().items():
            torch.testing.assert_close(resumed.state_dict()[name], value, atol=1e-6, rtol=1e-4, msg=name)
        # A finished network is read back.
        again = self.train("through")
        self.assertEqual(len(self.said), 7)
        torch.testing.assert_close(again.classifier.weight, through.classifier.weight)

    def test_a_run_that_goes_on_must_have_the_same_settings(self):
        self.train("run", replace(SMALL, epochs=1))
        with self.assertRaisesRegex(ValueError, "other settings"):
            self.train("run", replace(SMALL, epochs=1, learning_rate=1e-3))

    def test_two_makings_of_a_film_are_drawn_together_by_the_consistency_term(self):
        apart = [self.train(str(each), replace(SMALL, consistency=each)) for each in (0.0, 100.0)]
        self.assertNotEqual(*(network.classifier.weight.detach().norm() for network in apart))

    def test_a_part_is_exchanged_alike_in_both_makings_and_counts_by_its_lungs(self):
        side, n = 32, 12
        targets = (torch.arange(n) % 2).float().repeat(2)
        x = torch.ones(2 * n, 2, side, side)
        x[:, 0] = torch.arange(n).repeat(2).view(-1, 1, 1)
        mixed, aims = exchange(x, targets, Generator().manual_seed(0))
        self.assertTrue(torch.equal(mixed[:n], mixed[n:]))
        self.assertTrue(torch.equal(aims[:n], aims[n:]))
        self.assertTrue(torch.equal(x[:, 0, 0, 0], torch.arange(n).repeat(2)), "what was given is left as it was")
        changed = 0
        for film in range(n):
            shown = mixed[film, 0].unique().long().tolist()
            self.assertIn(film, shown)
            pneumonia = float((mixed[film, 0] % 2).mean())
            self.assertAlmostEqual(float(aims[film]), pneumonia**0.5, delta=1e-6)
            changed += len(shown) > 1
        self.assertTrue(2 <= changed <= n - 2, changed)

    def test_a_mirrored_making_has_mirrored_lungs(self):
        lungs = torch.zeros(6, 1, 32, 32)
        lungs[..., :16] = 1
        made = Making(p_surroundings=0, p_texture=0, p_histogram=0, p_degrade=0)
        boxes, frame = torch.tensor([[0.0, 0.0, 1.0, 1.0]]).expand(6, 4), Frame(side=32)
        luma = lungs * 0.5
        plain, mirrored = (
            vary(luma, lungs, boxes, frame, replace(made, p_mirrored=share), Generator().manual_seed(0)) for share in (0.0, 1.0)
        )
        for a, b in zip(plain, mirrored):
            torch.testing.assert_close(a.flip(-1), b)
        of_lungs = vary(luma, lungs, boxes, frame, replace(made, p_mirrored=0.5), Generator().manual_seed(0))[1]
        left = (of_lungs[..., :16].sum((1, 2, 3)) > of_lungs[..., 16:].sum((1, 2, 3))).sum()
        self.assertTrue(0 < left < 6, left)

    def test_the_learning_rate_rises_and_falls_to_nothing(self):
        rates = [schedule(step / 100) for step in range(101)]
        self.assertEqual((rates[0], max(rates), rates.index(max(rates))), (0.0, 1.0, 5))
        self.assertAlmostEqual(rates[100], 0.0)
        self.assertEqual(rates[5:], sorted(rates[5:], reverse=True))


if __name__ == "__main__":
    unittest.main()
