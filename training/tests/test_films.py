import tempfile
import unittest
from collections import Counter
from pathlib import Path

import numpy as np

from lungfield_training.films import FilmsError, folds_by_patient, load, match_variants, refuse_shared_patients, split_off

from films_for_tests import index, write, write_index


class PreparedFilms(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.directory = Path(folder.name)
        self.rows = index()
        write(self.directory, self.rows)

    def assert_refused(self, *words: str):
        with self.assertRaises(FilmsError) as caught:
            load(self.directory)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_pixels_and_rows_stay_together(self):
        films = load(self.directory).take([3, 30])
        self.assertEqual([film.row for film in films.films], [3, 30])
        self.assertEqual(films.targets.tolist(), [0.0, 1.0])
        self.assertLess(films.pixels[0].max(), films.pixels[1].max())

    def test_a_bad_row_is_refused_by_its_number(self):
        for column, value, reason in (
            ("label", "tuberculosis", "unknown label 'tuberculosis'"),
            ("subtype", "virus", "subtype 'virus' does not belong to normal"),
            ("patient", "", "no patient"),
            ("row", 8, "expected row 7"),
        ):
            with self.subTest(column):
                rows = [dict(row) for row in self.rows]
                rows[7][column] = value
                write_index(self.directory, rows)
                self.assert_refused("row 8" if column == "row" else "row 7", reason)

    def test_a_missing_row_is_refused(self):
        write_index(self.directory, self.rows[:5] + self.rows[6:])
        self.assert_refused("expected row 5")
        write_index(self.directory, self.rows[:-1])
        self.assert_refused("row 47", "47 rows for 48 films")

    def test_one_film_under_two_patients_is_refused(self):
        self.rows[9]["sha256"] = self.rows[2]["sha256"]
        write_index(self.directory, self.rows)
        self.assert_refused("row 9", "row 2")

    def test_other_columns_and_other_arrays_are_refused(self):
        (self.directory / "index.csv").write_text("row,path\n0,a.jpeg\n")
        self.assert_refused("expected the columns")
        for other in (np.zeros((48, 224, 224), np.float32), np.zeros((48, 112, 224), np.uint8)):
            np.save(self.directory / "films.npy", other)
            self.assert_refused("expected uint8 [films, 224, 224]")

    def test_missing_files_say_how_to_make_them(self):
        (self.directory / "films.npy").unlink()
        self.assert_refused("films.npy", "lungfield prepare")


class Split(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.films = load(write(Path(folder.name), index(60, 120)))

    def test_every_film_is_in_one_fold_and_every_patient_too(self):
        folds = folds_by_patient(self.films, 5)
        self.assertEqual(sorted(sum(folds, [])), list(range(len(self.films))))
        patients = [set(self.films.take(fold).patients) for fold in folds]
        self.assertEqual(sum(map(len, patients)), len(set.union(*patients)))

    def test_every_fold_has_the_same_mix(self):
        for fold in folds_by_patient(self.films, 5):
            mix = Counter(film.subtype for film in self.films.take(fold).films)
            self.assertEqual(mix, {"normal": 12, "bacteria": 12, "virus": 12})

    def test_a_fold_is_made_of_neighbouring_numbers(self):
        fold = self.films.take(folds_by_patient(self.films, 5)[0])
        numbers = sorted({int(film.patient.split("-")[1]) for film in fold.films if film.subtype == "normal"})
        self.assertEqual(numbers, [0, 1, 2, 15, 16, 17])

    def test_a_patient_on_both_sides_is_refused(self):
        with self.assertRaisesRegex(FilmsError, "normal-0 is on both sides.*row 0.*row 1"):
            refuse_shared_patients([self.films.films[i] for i in (0, 2)], [self.films.films[i] for i in (1, 4)])

    def test_a_fold_without_one_class_is_refused(self):
        with self.assertRaisesRegex(FilmsError, "both classes are needed"):
            folds_by_patient(self.films.take(range(10)), 5)

    def test_what_is_held_out_and_what_is_trained_on_are_all_films_and_share_no_patient(self):
        training, held_out = split_off(self.films, folds_by_patient(self.films, 5), 2)
        self.assertEqual(sorted(training + held_out), list(range(len(self.films))))
        self.assertFalse(set(self.films.take(training).patients) & set(self.films.take(held_out).patients))

    def test_variants_are_matched_by_path_and_a_stranger_is_refused(self):
        variants = self.films.take([5, 3])
        self.assertEqual(match_variants(self.films, variants), {5: 0, 3: 1})
        with self.assertRaisesRegex(FilmsError, "normal/9.jpeg is not among the films"):
            match_variants(self.films.take(range(9)), self.films.take([9]))
