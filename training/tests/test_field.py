"""The classifier of the lung frame."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from torch import Generator

from lungfield_training.field_network import FieldNetwork
from lungfield_training.field_recipe import FieldRecipe, train_student
from lungfield_training.field_training import FieldSettings, draw, field_answer, train_field
from lungfield_training.lung_frame import Frame
from lungfield_training.lung_network import LungNetwork

from films_for_tests import write_weights
from outlined_for_tests import outlined

SMALL = FieldSettings(epochs=1, films=8, batch=4, frame=Frame(side=64))


class Network(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.x = torch.rand(2, 2, 96, 96)
        self.x[:, 1] = 0
        self.x[:, 1, 16:80, 16:48] = 1

    def test_a_dense_network_has_the_same_answers_at_four_times_as_many_places(self):
        network = FieldNetwork().eval()
        with torch.no_grad():
            coarse = network(self.x)[0]
            network.make_dense()
            dense = network(self.x)[0]
        self.assertEqual([side * 2 for side in coarse.shape[-2:]], list(dense.shape[-2:]))
        torch.testing.assert_close(dense[..., ::2, ::2], coarse, atol=1e-4, rtol=1e-3)

    def test_places_outside_the_lungs_count_nothing(self):
        network = FieldNetwork().eval()
        activations = torch.rand(2, 512, 6, 6)
        changed = activations.clone()
        changed[..., 4:] += 1
        answers = [network.head(each, self.x[:, 1:]) for each in (activations, changed)]
        torch.testing.assert_close(*answers)
        everywhere = FieldNetwork(over_lungs=False).eval()
        answers = [everywhere.head(each, self.x[:, 1:]) for each in (activations, changed)]
        self.assertGreater((answers[0] - answers[1]).abs().min(), 1e-4)

    def test_frozen_layers_get_no_gradient_and_change_no_answer(self):
        network = FieldNetwork().eval()
        before = network(self.x)[1]
        network.freeze(4)
        torch.testing.assert_close(network(self.x)[1], before)
        network(self.x)[1].sum().backward()
        self.assertIsNone(network.features[3].project.weight.grad)
        self.assertIsNotNone(network.features[4].project.weight.grad)


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
        drawn = draw(films, np.arange(24), FieldSettings(films=400), Generator().manual_seed(0))
        self.assertEqual(int(films.targets[drawn].sum()), 200)
        rare = np.isin(drawn, range(3)).sum()
        self.assertAlmostEqual(rare, 200 * 3**0.5 / (3**0.5 + 9**0.5), delta=1)

    def test_a_teacher_and_a_student_are_trained_and_a_finished_run_is_read_back(self):
        recipe = FieldRecipe(folds=3, teachers=2, copies=2, student_epochs=1)
        said: list[str] = []
        student = train_student(self.films, self.weights, self.root / "run", recipe, SMALL, said.append)
        self.assertEqual(sum(text.startswith("{") for text in said), 3)
        again = train_student(self.films, self.weights, self.root / "run", recipe, SMALL, said.append)
        self.assertEqual(sum(text.startswith("{") for text in said), 3)
        for answer in (field_answer(student, SMALL.frame), field_answer(student, SMALL.frame, LungNetwork().eval())):
            with torch.no_grad():
                self.assertEqual(answer(self.films.luma(range(3)), self.films.lungs(range(3))).shape, (3,))
        torch.testing.assert_close(student.classifier.weight, again.classifier.weight)
        with self.assertRaises(ValueError):
            train_field(self.films, np.arange(24), self.weights, FieldSettings(), self.root / "run" / "student")

    def test_two_makings_of_a_film_are_drawn_together_by_the_consistency_term(self):
        consistent = FieldSettings(epochs=1, films=8, batch=4, consistency=0.5, frame=Frame(side=64))
        said: list[str] = []
        train_field(self.films, np.arange(24), self.weights, consistent, report=said.append)
        self.assertEqual(len(said), 1)


if __name__ == "__main__":
    unittest.main()
