"""The arithmetic that ends in the manifest."""

import json
import math
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from torch.nn import functional

from lungfield_training import metrics, statistics_golden
from lungfield_training.augment import Augmentation, borrow_histogram, compress, photographed, with_local_contrast
from lungfield_training.calibrate import (
    LEVELS,
    RULE_IN,
    SCREENING,
    UNCERTAIN,
    Predictions,
    choose_thresholds,
    conformal,
    cross_fit,
    fit_calibration,
    operating_points,
    pooled,
)
from lungfield_training.films import LABELS, Film, Films
from lungfield_training.gradcam import grad_cam
from lungfield_training.network import CHANNELS, RGB_MEAN, RGB_STD, Network, fold_stem, normalise


class Metrics(unittest.TestCase):
    def test_auroc_is_the_share_of_pairs_in_order(self):
        scores, targets = np.array([0.1, 0.4, 0.4, 0.9, 0.2]), np.array([0, 0, 1, 1, 1])
        pairs = [(p > n) + 0.5 * (p == n) for p in scores[targets == 1] for n in scores[targets == 0]]
        self.assertAlmostEqual(metrics.auroc(scores, targets), sum(pairs) / len(pairs))

    def test_auroc_interval_widens_when_films_of_a_patient_come_together(self):
        generator = np.random.default_rng(0)
        targets = np.repeat(np.arange(60) % 2, 4)
        scores = np.repeat(generator.normal(size=60), 4) + targets
        alone = metrics.auroc_interval(scores, targets, np.arange(240))
        grouped = metrics.auroc_interval(scores, targets, np.repeat(np.arange(60), 4))
        self.assertGreater(grouped[1] - grouped[0], 1.5 * (alone[1] - alone[0]))
        self.assertTrue(grouped[0] < metrics.auroc(scores, targets) < grouped[1])

    def test_auroc_interval_of_films_in_order_or_of_one_patient_is_newcombes(self):
        scores, targets = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1])
        low, high = metrics.auroc_interval(scores, targets, np.arange(4))
        self.assertTrue(0.3 < low < 0.8 and high == 1.0, (low, high))
        scores[1] = 3.5
        one = metrics.auroc_interval(scores, targets, np.array([0, 0, 1, 2]))
        self.assertEqual(one, metrics.score_interval(0.75, 1, 2))

    def test_the_score_interval_is_the_one_of_an_independent_implementation(self):
        # The example of the R package SingleCaseES, whose NAP is this statistic, with its 90 % interval: 0.65910919 to 0.98222479.
        scores = np.array([20, 20, 26, 25, 22, 23, 28, 25, 24, 27, 30, 30, 29.0])
        with mock.patch.object(metrics, "Z", 1.6448536269514722):
            found = metrics.score_interval(metrics.auroc(scores, np.arange(13) > 5), 6, 7)
        np.testing.assert_allclose(found, (0.65910919, 0.98222479), atol=1e-8)

    def test_the_statistics_of_committed_predictions_are_the_committed_ones(self):
        # crates/cli holds its own against the same files.
        golden = Path(__file__).parents[2] / "tests" / "golden"
        expected = json.loads((golden / "statistics.json").read_text())
        found = json.loads(json.dumps(statistics_golden.statistics(golden / "predictions.csv")))
        self.assertEqual(found.keys(), expected.keys())
        for name, estimate in [*expected["metrics"].items()]:
            for key, number in estimate.items():
                self.assertAlmostEqual(found["metrics"][name][key], number, places=12, msg=f"{name} {key}")
        self.assertEqual(len(found["operating_points"]), 3)
        for one, other in zip(found["operating_points"], expected["operating_points"]):
            for name in ("sensitivity", "specificity"):
                self.assertEqual(one[name], other[name])

    def test_wilson_gives_the_published_values(self):
        # Newcombe 1998, table I, method 3: 81 of 263, and 0 of 20.
        for (successes, n), expected in {(81, 263): (0.2553, 0.3662), (0, 20): (0.0, 0.1611)}.items():
            np.testing.assert_allclose(metrics.wilson(successes, n), expected, atol=5e-5)

    def test_calibration_error_of_two_bins(self):
        probabilities, targets = np.array([0.05, 0.05, 0.95, 0.95]), np.array([0, 0, 1, 1])
        self.assertAlmostEqual(metrics.calibration_error(probabilities, targets), 0.05)
        self.assertAlmostEqual(metrics.calibration_error(probabilities[[0, 1, 1, 2]], np.array([0, 1, 1, 0])), 0.25 * 0.95 + 0.75 * (2 / 3 - 0.05))

    def test_calibration_is_asked_of_the_probability_where_pneumonia_is_as_common_as_among_the_films(self):
        # Where one film in five shows it, 0.8 and 0.2 mean 1 in 2 and 1 in 17.
        probabilities = np.repeat([0.8, 0.2], [16, 34])
        targets = np.concatenate([np.repeat([1, 0], 8), np.repeat([1, 0], [2, 32])])
        self.assertAlmostEqual(metrics.calibration_error(probabilities, targets), 0)


class CalibrationAndThresholds(unittest.TestCase):
    def setUp(self):
        generator = np.random.default_rng(0)
        self.targets = (np.arange(4000) % 4 > 0).astype(float)  # three of four have pneumonia
        # Two normal distributions whose log likelihood ratio is 2 x - 1; the logit is 3 times that.
        x = generator.normal(self.targets, 2**-0.5)
        self.logits = 3 * (2 * x - 1)
        self.weights = metrics.balance(self.targets)

    def test_calibration_finds_the_scale_and_not_the_share_of_pneumonia(self):
        calibration = fit_calibration(self.logits, self.targets, self.weights)
        self.assertAlmostEqual(calibration.temperature, 3, delta=0.25)
        self.assertAlmostEqual(float(calibration.probability(0.0)), 0.5, delta=0.03)

    def test_calibration_has_even_odds_at_a_logit_of_nothing(self):
        calibration = fit_calibration(self.logits - 1, self.targets, self.weights)
        self.assertEqual((calibration.bias, float(calibration.probability(0.0))), (0.0, 0.5))

    def test_calibration_stays_finite_where_the_classes_do_not_overlap(self):
        calibration = fit_calibration(np.where(self.targets > 0.5, 1.0, -1.0), self.targets, self.weights)
        self.assertTrue(0.05 < calibration.temperature < 1)

    def test_machines_of_a_class_weigh_the_same(self):
        targets, machines = np.array([0, 0, 0, 1, 1, 1.0]), np.array([0, 0, 1, 1, 1, 1])
        weights = metrics.by_cell(targets, machines)
        np.testing.assert_allclose(weights, [0.125, 0.125, 0.25, 1 / 6, 1 / 6, 1 / 6])

    def test_weighted_bounds_keep_the_error_level_of_the_weighted_films(self):
        probabilities = metrics.sigmoid(self.logits / 3)
        weights = np.where(np.arange(len(self.targets)) % 3 == 0, 10.0, 1.0)
        below, above = conformal(probabilities, self.targets, weights, 0.02)
        for own, wrong in ((self.targets > 0.5, probabilities < below), (self.targets < 0.5, probabilities >= above)):
            self.assertLessEqual((weights * wrong)[own].sum() / weights[own].sum(), 0.02)
            self.assertGreater((weights * wrong)[own].sum() / weights[own].sum(), 0.01)

    def test_bounds_of_films_that_weigh_alike_are_the_quantiles_of_the_split_method(self):
        scores = np.arange(1, 100) / 100
        below, above = conformal(np.concatenate([scores, scores]), np.repeat([0.0, 1.0], 99), np.ones(198), 0.03)
        self.assertEqual((below, above), (0.03, float(np.nextafter(0.97, 1))))
        self.assertEqual(conformal(scores, (scores > 0.5).astype(float), np.ones(99), 0.001), (0.0, 1.0))

    def test_calibration_refuses_logits_the_wrong_way_round(self):
        with self.assertRaisesRegex(ValueError, "slope"):
            fit_calibration(-self.logits, self.targets, self.weights)

    def test_at_the_operating_point_errors_are_balanced(self):
        probabilities = fit_calibration(self.logits, self.targets, self.weights).probability(self.logits)
        balanced = operating_points(probabilities, self.targets)[1]
        self.assertEqual((balanced["name"], balanced["probability"]), ("balanced", 0.5))
        self.assertAlmostEqual(balanced["sensitivity"]["value"], balanced["specificity"]["value"], delta=0.03)

    def test_screening_keeps_sensitivity_and_rule_in_keeps_specificity(self):
        probabilities = fit_calibration(self.logits, self.targets, self.weights).probability(self.logits)
        screening, _, rule_in = operating_points(probabilities, self.targets)
        self.assertAlmostEqual(screening["sensitivity"]["value"], SCREENING, delta=0.002)
        self.assertAlmostEqual(rule_in["specificity"]["value"], RULE_IN, delta=0.002)
        self.assertLess(screening["probability"], rule_in["probability"])

    def test_conformal_thresholds_err_on_new_films_no_more_than_they_say(self):
        generator = np.random.default_rng(1)
        errors = []
        for _ in range(200):
            targets = (np.arange(800) % 4 > 0).astype(float)
            old, new = (generator.normal(targets, 1.0) for _ in range(2))
            below, above = conformal(metrics.sigmoid(old), targets, np.ones(800), 0.05)
            called = metrics.sigmoid(new)
            errors.append([(called[targets > 0.5] < below).mean(), (called[targets < 0.5] >= above).mean()])
        self.assertTrue(0.04 < np.mean(errors, 0)[0] <= 0.0515 and 0.04 < np.mean(errors, 0)[1] <= 0.0515, errors)

    def test_cross_fitted_answers_do_not_know_their_own_fold(self):
        films = tuple(
            Film(i, f"{i}", LABELS[int(target)], f"{target:.0f}-{i // 8}", "", 1, 1, "") for i, target in enumerate(self.targets)
        )
        folds = np.arange(len(films)) // 8 % 5
        films, machines = Films(np.zeros((len(films), 1, 1), dtype=np.uint8), films), np.arange(len(films)) % 3 == 0
        before, after = (
            cross_fit({"films": Predictions(films, logits, folds, machines)}, ("films",), ("films",))["films"]
            for logits in (self.logits, np.where(folds == 0, self.logits - 2, self.logits))
        )
        own = folds == 0
        np.testing.assert_array_equal(after.thresholds.likely_from[own], before.thresholds.likely_from[own])
        self.assertEqual(len(np.unique(before.thresholds.likely_from)), 5)
        changed = after.thresholds.likely_from != before.thresholds.likely_from
        self.assertTrue(changed[~own].all(), "the other folds were fitted to these films")
        expected = fit_calibration(self.logits, self.targets, self.weights).probability(self.logits)
        np.testing.assert_allclose(before.probabilities, expected, atol=0.02)

    def test_films_are_pooled_with_weights_by_which_machines_count_alike(self):
        films = Films(np.zeros((6, 1, 1), np.uint8), tuple(Film(i, f"{i}", LABELS[i > 2], f"{i}", "", 1, 1, "") for i in range(6)))
        machines, folds = np.array([True, False, False, True, True, False]), np.array([0, 0, 1, 0, 1, 0])
        own = Predictions(films, np.arange(6.0), folds, machines)
        logits, targets, weights = pooled({"films": own, "degraded": own}, ("films", "degraded", "variants"))
        np.testing.assert_array_equal(targets, [0, 0, 0, 1, 1, 1] * 2)
        np.testing.assert_allclose(weights, [1 / 8, 1 / 16, 1 / 16, 1 / 16, 1 / 16, 1 / 8] * 2)
        logits, targets, weights = pooled({"films": own}, ("films",), fold=1)
        np.testing.assert_array_equal(logits, [0, 1, 3, 5])
        np.testing.assert_allclose(weights, [1 / 4] * 4)

    def test_cross_fitted_thresholds_are_chosen_with_the_machines_alike(self):
        # Of one fold alone answers are measured where they were chosen: as those that ship are.
        films = tuple(Film(i, f"{i}", LABELS[int(target)], f"{i}", "", 1, 1, "") for i, target in enumerate(self.targets))
        films, machines = Films(np.zeros((len(films), 1, 1), np.uint8), films), (self.logits > 0) & (np.arange(len(films)) % 9 > 0)
        found = {"films": Predictions(films, self.logits, np.zeros(len(films)), machines)}
        answers = cross_fit(found, ("films",), ("films",))["films"]
        logits, targets, weights = pooled(found, ("films",))
        calibration = fit_calibration(logits, targets, weights)
        chosen = choose_thresholds(calibration.probability(logits), targets, weights)
        self.assertEqual(answers.thresholds.unlikely_below[0], chosen.unlikely_below)
        self.assertEqual(answers.thresholds.likely_from[0], chosen.likely_from)
        self.assertNotAlmostEqual(calibration.temperature, fit_calibration(logits, targets, self.weights).temperature, places=2)

    def test_the_band_is_no_wider_than_it_may_be_and_holds_the_operating_point(self):
        logits = 4 * self.logits
        probabilities = fit_calibration(logits, self.targets, self.weights).probability(logits)
        thresholds = choose_thresholds(probabilities, self.targets, self.weights)
        uncertain = (probabilities >= thresholds.unlikely_below) & (probabilities < thresholds.likely_from)
        share = (metrics.balance(self.targets) * uncertain).sum()
        self.assertTrue(share <= UNCERTAIN or thresholds.error_level == LEVELS[-1], (share, thresholds))
        self.assertTrue(thresholds.unlikely_below <= 0.5 <= thresholds.likely_from)


class Pictures(unittest.TestCase):
    def test_the_folded_stem_answers_a_grey_film_as_the_stem_for_colour_does(self):
        generator = torch.Generator().manual_seed(0)
        weight, bias = torch.randn(4, 3, 3, 3, generator=generator), torch.randn(4, generator=generator)
        luma = torch.rand(1, 1, 9, 9, generator=generator)
        mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (RGB_MEAN, RGB_STD))
        colour = functional.conv2d((luma - mean) / std, weight, bias)
        grey = functional.conv2d(normalise(luma), *fold_stem(weight, bias))
        torch.testing.assert_close(grey, colour, atol=1e-4, rtol=1e-4)

    def test_grad_cam_of_a_linear_head_is_its_weighted_sum(self):
        network = Network().eval()
        activations = torch.rand(2, CHANNELS, 14, 14, generator=torch.Generator().manual_seed(0))
        weighted = (network.classifier.weight.view(1, -1, 1, 1) * activations).sum(1) / 14**2
        torch.testing.assert_close(grad_cam(activations, network.head, 1.0), weighted.clamp_min(0))
        torch.testing.assert_close(grad_cam(activations, network.head, -1.0), (-weighted).clamp_min(0))

    def test_augmentation_keeps_the_range_and_depends_on_the_generator_alone(self):
        luma = torch.rand(12, 1, 64, 64, generator=torch.Generator().manual_seed(0))
        before = luma.clone()
        first, again, other = (Augmentation()(luma, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
        self.assertTrue(torch.equal(first, again))
        self.assertFalse(torch.equal(first, other))
        self.assertTrue(torch.equal(luma, before), "the films themselves must not change")
        self.assertTrue(0 <= first.min() and first.max() <= 1)

    def test_a_borrowed_tone_is_another_films_and_leaves_black_and_the_order_of_the_greys(self):
        generator = torch.Generator().manual_seed(0)
        films = (torch.rand(8, 1, 64, 64, generator=generator) * 255).round() / 255
        dark, bright = 0.1 + 0.3 * films[:4], 0.5 + 0.4 * films[4:]
        films = (torch.cat([dark, bright]) * 255).round() / 255
        films[..., :20] = 0
        # The whole way to a film of the batch: every film is as dark as the dark ones or as bright as the bright ones.
        settings = Augmentation(p_histogram=1.0)
        lent = torch.cat([borrow_histogram(films, settings, torch.Generator().manual_seed(seed)) for seed in range(20)])
        self.assertEqual(float(lent[..., :20].max()), 0.0)
        means = lent[..., 20:].mean((1, 2, 3))
        self.assertTrue(0.24 < means.min() < 0.35 and 0.6 < means.max() < 0.72, (means.min(), means.max()))
        of_dark, of_bright = (means.view(20, 8)[:, own].mean() for own in (slice(4), slice(4, 8)))
        self.assertLess(float(of_bright - of_dark), 0.3, "half of the way, on average, to a film of either kind")
        for before, after in zip(films.repeat(20, 1, 1, 1).flatten(1), lent.flatten(1)):
            self.assertTrue((after[before.argsort()].diff() >= -1e-6).all())
        self.assertTrue(torch.equal(borrow_histogram(films, Augmentation(p_histogram=0.0), generator), films))

    def test_local_contrast_changes_what_is_fine_and_leaves_what_is_coarse_and_black(self):
        x = torch.linspace(0, 1, 64).expand(1, 1, 64, 64)
        coarse, fine = 0.3 + 0.4 * x, 0.1 * torch.sin(2 * math.pi * 16 * x)
        for strength in (0.5, 2.0):
            seen = with_local_contrast(coarse + fine, 8, torch.tensor(strength))
            inside = (seen - (coarse + strength * fine))[..., 8:-8, 8:-8]
            self.assertLess(float(inside.abs().max()), 0.02)
        film = coarse.clone()
        film[..., :20] = 0
        self.assertEqual(float(with_local_contrast(film, 8, torch.tensor(0.5))[..., :20].abs().max()), 0.0)

    def test_a_photographed_film_keeps_the_range_its_place_and_less_of_its_contrast(self):
        film = torch.zeros(8, 1, 64, 64)
        film[..., 24:40, 24:40] = 1
        seen = photographed(film, torch.Generator().manual_seed(0))
        self.assertTrue(0 <= seen.min() and seen.max() <= 1)
        inside, outside = seen[..., 28:36, 28:36].mean((1, 2, 3)), seen[..., :8, :].mean((1, 2, 3))
        self.assertTrue((inside - outside > 0.2).all(), inside - outside)
        self.assertGreater(float(seen[..., :8, :].mean()), 0.02, "black shines")
        self.assertFalse(torch.equal(seen, photographed(film, torch.Generator().manual_seed(1))))

    def test_compression_loses_more_at_lower_quality_and_nothing_of_a_flat_film(self):
        luma = torch.rand(4, 1, 32, 32, generator=torch.Generator().manual_seed(0))

        def loss(film, quality):
            settings = Augmentation(p_jpeg=1.0, jpeg_qualities=(quality, quality))
            return (compress(film, settings, torch.Generator().manual_seed(0)) - film).abs().mean().item()

        self.assertLess(loss(luma, 95.0), 0.25 * loss(luma, 35.0))
        self.assertLess(loss(torch.full((1, 1, 16, 16), 0.5), 75.0), 1e-6)
