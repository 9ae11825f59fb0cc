use lungfield_reader::Prevalence;
use serde::Serialize;

use super::{Proportion, Scored};

/// Bins of equal width that probabilities are sorted into.
const BINS: usize = 10;

/// Whether probabilities mean what they say: of the films given 0.8, do 80 % show pneumonia?
///
/// The model's are for a film that was as likely as not; here they are those where as large a share shows pneumonia as among the
/// films ([`Probability::at`](lungfield_reader::Probability::at)).
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// The bins that hold films, from low to high probability.
    pub bins: Vec<Bin>,
    /// The expected calibration error (Naeini 2015; Guo 2017, arXiv 1706.04599) of the probability of pneumonia: the
    /// difference between a bin's mean probability and its share of pneumonia, averaged over the films.
    pub expected_error: f64,
    /// Brier's score: the mean squared difference between the probability and 1 (pneumonia) or 0 (normal).
    pub brier: f64,
}

/// Films whose probabilities lie in `[from, to)`; the last bin has its upper end too.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// The mean of the films' probabilities.
    pub mean_probability: f64,
    /// The share of films that show pneumonia.
    pub pneumonia: Proportion,
}

impl Calibration {
    /// The calibration on some films; `None` of films of one class or none.
    pub fn new(films: &[Scored]) -> Option<Self> {
        let share = films.iter().filter(|film| film.pneumonia).count() as f64 / films.len() as f64;
        let here = Prevalence::new(share)?;
        let films: Vec<Film> = films
            .iter()
            .map(|film| Film { probability: film.probability.at(here).value(), pneumonia: film.pneumonia })
            .collect();
        let bins: Vec<Bin> = (0..BINS).filter_map(|i| Bin::new(i, &films)).collect();
        let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / films.len() as f64;
        Some(Self {
            expected_error: mean(
                &mut bins.iter().map(|b| b.pneumonia.of as f64 * (b.mean_probability - b.pneumonia.value).abs()),
            ),
            brier: mean(&mut films.iter().map(|film| (film.probability - f64::from(u8::from(film.pneumonia))).powi(2))),
            bins,
        })
    }
}

/// A film's probability where pneumonia is as common as among the films.
struct Film {
    probability: f64,
    pneumonia: bool,
}

impl Bin {
    fn new(i: usize, films: &[Film]) -> Option<Self> {
        let bin_of = |film: &Film| ((film.probability * BINS as f64) as usize).min(BINS - 1);
        let inside: Vec<&Film> = films.iter().filter(|film| bin_of(film) == i).collect();
        let pneumonia = Proportion::among(&inside, |film| film.pneumonia)?;
        let mean_probability = inside.iter().map(|film| film.probability).sum::<f64>() / inside.len() as f64;
        let end = |i: usize| i as f64 / BINS as f64;
        Some(Self { from: end(i), to: end(i + 1), mean_probability, pneumonia })
    }
}

#[cfg(test)]
mod tests {
    use lungfield_reader::Probability;

    use super::*;

    fn films(probability: f64, pneumonia: usize, normal: usize) -> Vec<Scored> {
        let logit = (probability / (1.0 - probability)).ln();
        let scored =
            |pneumonia| Scored { logit, probability: Probability::from_calibrated_logit(logit), pneumonia, patient: 0 };
        [vec![scored(true); pneumonia], vec![scored(false); normal]].concat()
    }

    #[test]
    fn the_error_is_weighted_by_films() {
        // 20 films at 0.95 of which 16 show pneumonia (off by 0.15), 30 at 0.15 of which 6 do (by 0.05), 6 at 0.55 that do.
        let all = [films(0.95, 16, 4), films(0.15, 6, 24), films(0.55, 6, 0)].concat();
        let found = Calibration::new(&all).expect("films");
        assert!((found.expected_error - (20.0 * 0.15 + 30.0 * 0.05 + 6.0 * 0.45) / 56.0).abs() < 1e-12, "{found:?}");
        let squares = [(16.0, 0.05), (4.0, 0.95), (6.0, 0.85), (24.0, 0.15), (6.0, 0.45)];
        let brier = squares.iter().map(|(count, error): &(f64, f64)| count * error.powi(2)).sum::<f64>() / 56.0;
        assert!((found.brier - brier).abs() < 1e-12);
    }

    #[test]
    fn the_probability_is_the_one_for_the_share_of_pneumonia_among_the_films() {
        // Where one film in five shows it, 0.8 and 0.2 mean 1 in 2 and 1 in 17.
        let found = Calibration::new(&[films(0.8, 8, 8), films(0.2, 2, 32)].concat()).expect("films");
        assert!(found.expected_error < 1e-12, "{found:?}");
        assert!(
            (found.brier - (16.0 * 0.25 + 2.0 * (16.0_f64 / 17.0).powi(2) + 32.0 * (1.0_f64 / 17.0).powi(2)) / 50.0)
                .abs()
                < 1e-12
        );
    }

    #[test]
    fn errors_in_one_bin_balance_and_in_two_do_not() {
        let together = [films(0.42, 1, 0), films(0.48, 0, 1)].concat();
        let apart = [films(0.42, 1, 0), films(0.58, 0, 1)].concat();
        let error = |films: &[Scored]| Calibration::new(films).expect("films").expected_error;
        assert!((error(&together) - 0.05).abs() < 1e-12);
        assert!((error(&apart) - 0.58).abs() < 1e-12);
    }

    #[test]
    fn every_film_is_in_one_bin() {
        let inside = |i| films((f64::from(i) + 0.5) / 1000.0, usize::from(i % 2 == 0), usize::from(i % 2 > 0));
        let all: Vec<Scored> = (0..1000).flat_map(inside).chain(films(0.0, 1, 0)).chain(films(1.0, 0, 1)).collect();
        let bins = Calibration::new(&all).expect("films").bins;
        assert_eq!(
            bins.iter().map(|bin| bin.pneumonia.of).collect::<Vec<_>>(),
            [101, 100, 100, 100, 100, 100, 100, 100, 100, 101]
        );
        assert_eq!((bins[9].from, bins[9].to), (0.9, 1.0));
    }

    #[test]
    fn perfect_probabilities_have_no_error() {
        let found = Calibration::new(&[films(1.0, 3, 0), films(0.0, 0, 4)].concat()).expect("films");
        assert_eq!((found.expected_error, found.brier, found.bins.len()), (0.0, 0.0, 2));
        assert_eq!((Calibration::new(&[]), Calibration::new(&films(0.7, 3, 0))), (None, None));
    }
}
