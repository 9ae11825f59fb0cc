"""The classifier of the lung frame."""

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Generator
from torch.nn import functional

from lungfield_training.field_network import FieldNetwork, counts, phases, together
from lungfield_training.field_recipe import FieldRecipe, train_student
from lungfield_training.field_training import FieldSettings, draw, field_answer, train_field
from lungfield_training.lung_frame import Frame
from lungfield_training.lung_network import LungNetwork
from lungfield_training.network import GATE_FEATURES, Network

from films_for_tests import write_weights
from outlined_for_tests import outlined

SMALL = FieldSettings(epochs=1, films_an_epoch=8, batch=4, frame=Frame(side=64))


class FieldNetworks(unittest.TestCase):
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
        network, whole = FieldNetwork().eval(), Network().eval()
        state = {k: v for k, v in network.state_dict().items() if k in whole.state_dict() and v.shape == whole.state_dict()[k].shape}
        whole.load_state_dict(whole.state_dict() | state)
        with torch.no_grad():
            coarse, dense = (functional.relu6(each.features[0](self.x[:, :1])) for each in (whole, network))
            for number in range(1, 14):
                coarse, dense = whole.features[number](coarse), network.features[number](dense)
                if number == 7:
                    dense = phases(dense)
        self.assertEqual([side * 2 for side in coarse.shape[-2:]], list(together(dense).shape[-2:]))
        torch.testing.assert_close(together(dense)[..., ::2, ::2], coarse, atol=1e-4, rtol=1e-3)

    def test_the_logit_is_the_head_of_what_each_place_says_and_places_outside_the_lungs_say_nothing(self):
        network = FieldNetwork().eval()
        explained, logit = network(self.x)
        torch.testing.assert_close(network.head(explained), logit)
        self.assertEqual(float(explained[..., 6:].detach().abs().max()), 0)
        self.assertGreater(float(explained[..., 2:6].detach().abs().max()), 0)
        self.assertAlmostEqual(float(counts(self.x[:, 1:], (12, 12)).mean()), 1, places=5)

    def test_the_gate_sees_the_quarters_of_two_layers(self):
        self.assertEqual(FieldNetwork().gate_features(self.x).shape, (2, GATE_FEATURES))


class Training(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.films = outlined(12, 12)
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.weights = write_weights(cls.root / "weights.npz")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_an_epoch_has_each_class_by_half_and_rare_machines_more_often(self):
        films = self.films
        films.multiple_of_8[:] = False
        films.multiple_of_8[:3] = films.multiple_of_8[12:21] = True
        drawn = draw(films, np.arange(24), FieldSettings(films_an_epoch=400), Generator().manual_seed(0))
        self.assertEqual(int(films.targets[drawn].sum()), 200)
        rare = np.isin(drawn, range(3)).sum()
        self.assertAlmostEqual(rare, 200 * 3**0.5 / (3**0.5 + 9**0.5), delta=1)

    def test_a_teacher_and_a_student_are_trained_and_a_finished_run_is_read_back(self):
        recipe = FieldRecipe(folds=3, teachers=2, copies=2, student_epochs=1)
        said: list[str] = []
        student, teachers = train_student(self.films, self.weights, self.root / "run", recipe, SMALL, self.films, said.append)
        self.assertEqual(list(teachers), [1, 2])
        self.assertEqual(sum(text.startswith("{") for text in said), 3)
        again, _ = train_student(self.films, self.weights, self.root / "run", recipe, SMALL, self.films, said.append)
        self.assertEqual(sum(text.startswith("{") for text in said), 3)
        for answer in (field_answer(student, SMALL.frame), field_answer(student, SMALL.frame, LungNetwork().eval())):
            with torch.no_grad():
                self.assertEqual(answer(self.films.luma(range(3)), self.films.lungs(range(3))).shape, (3,))
        torch.testing.assert_close(student.classifier.weight, again.classifier.weight)
        with self.assertRaises(ValueError):
            train_field(self.films, np.arange(24), self.weights, FieldSettings(), self.root / "run" / "student")

    def test_two_makings_of_a_film_are_drawn_together_by_the_consistency_term(self):
        apart = [
            train_field(self.films, np.arange(24), self.weights, replace(SMALL, consistency=each), report=lambda _: None)
            for each in (0.0, 100.0)
        ]
        weights = [network.classifier.weight.detach().norm() for network in apart]
        self.assertNotEqual(*weights)


if __name__ == "__main__":
    unittest.main()
