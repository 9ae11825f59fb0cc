use serde::Serialize;

use super::{Scored, Z};

/// The receiver operating characteristic: what is called pneumonia as the threshold falls from above every score to
/// below them all. Films of equal score are called together, so ties make a slope and count half in the area.
#[derive(Clone, Debug, PartialEq)]
pub struct Roc {
    /// `(normal, pneumonia)`: how many films of each class are called pneumonia, from `(0, 0)` to all of them.
    called: Vec<(usize, usize)>,
}

/// The area under the receiver operating characteristic, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Auroc {
    /// The share of pairs of a normal film and one with pneumonia that are in the right order, ties counted half.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
    /// Normal films.
    pub normal: usize,
    /// Films with pneumonia.
    pub pneumonia: usize,
}

impl Roc {
    /// The curve of some films; `None` when a class is missing.
    pub fn new(films: &[Scored]) -> Option<Self> {
        let mut films = films.to_vec();
        films.sort_by(|a, b| b.logit.total_cmp(&a.logit));
        let mut called = vec![(0, 0)];
        let (mut normal, mut pneumonia) = (0, 0);
        for tied in films.chunk_by(|a, b| a.logit == b.logit) {
            let positive = tied.iter().filter(|film| film.pneumonia).count();
            normal += tied.len() - positive;
            pneumonia += positive;
            called.push((normal, pneumonia));
        }
        (normal > 0 && pneumonia > 0).then_some(Self { called })
    }

    /// Points of the curve from (0, 0) to (1, 1): 1 - specificity and sensitivity.
    pub fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        let (normal, pneumonia) = self.films();
        self.called.iter().map(move |&(x, y)| (x as f64 / normal as f64, y as f64 / pneumonia as f64))
    }

    /// The area under the curve: the Mann-Whitney statistic (Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747).
    pub fn auroc(&self) -> Auroc {
        let (normal, pneumonia) = self.films();
        let twice_pairs: usize = self.called.windows(2).map(|w| (w[1].0 - w[0].0) * (w[0].1 + w[1].1)).sum();
        let value = twice_pairs as f64 / (2 * normal * pneumonia) as f64;
        let (low, high) = score_interval(value, normal as f64, pneumonia as f64, Z);
        Auroc { value, low, high, normal, pneumonia }
    }

    /// How many normal films and films with pneumonia there are: all of them are called at the last point.
    fn films(&self) -> (usize, usize) {
        self.called[self.called.len() - 1]
    }
}

/// Newcombe's score interval for the area, his method 5 (Newcombe 2006, doi:10.1002/sim.2324): all areas that the
/// measured one is no more than `z` of *their* standard errors away from. Unlike the symmetrical intervals it stays in
/// `[0, 1]` and does not shrink to a point when the classes are separated perfectly.
fn score_interval(area: f64, m: f64, n: f64, z: f64) -> (f64, f64) {
    let more = (m + n) / 2.0 - 1.0;
    let variance = |t: f64| t * (1.0 - t) / (m * n) * (1.0 + more * ((1.0 - t) / (2.0 - t) + t / (1.0 + t)));
    let possible = |t: f64| (t - area).powi(2) <= z * z * variance(t);
    let bound = |mut outside: f64| {
        let mut inside = area;
        for _ in 0..60 {
            let middle = (inside + outside) / 2.0;
            *(if possible(middle) { &mut inside } else { &mut outside }) = middle;
        }
        inside
    };
    (bound(0.0), bound(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn films(normal: &[f64], pneumonia: &[f64]) -> Vec<Scored> {
        let scored = |pneumonia| move |&logit: &f64| Scored { logit, probability: f64::NAN, pneumonia };
        normal.iter().map(scored(false)).chain(pneumonia.iter().map(scored(true))).collect()
    }

    fn auroc(normal: &[f64], pneumonia: &[f64]) -> Auroc {
        Roc::new(&films(normal, pneumonia)).expect("both classes").auroc()
    }

    #[test]
    fn counts_pairs_in_the_right_order_and_half_of_the_ties() {
        // Pairs: .1 < .4, .1 < .8, .4 = .4, .4 < .8, .5 > .4, .5 < .8.
        assert_eq!(auroc(&[0.1, 0.4, 0.5], &[0.4, 0.8]).value, 4.5 / 6.0);
        assert_eq!(auroc(&[0.3; 5], &[0.3; 4]).value, 0.5);
        assert_eq!(auroc(&[0.9], &[0.1]).value, 0.0);
    }

    #[test]
    fn is_the_mann_whitney_statistic() {
        // Coarse pseudo-random values, so that many are tied.
        let values: Vec<f64> =
            (0..200_u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60) as f64 / 16.0).collect();
        let (normal, pneumonia) = values.split_at(90);
        let order = |a: &f64, b: &f64| {
            if a < b {
                1.0
            } else if a == b {
                0.5
            } else {
                0.0
            }
        };
        let pairs: f64 = normal.iter().flat_map(|a| pneumonia.iter().map(move |b| order(a, b))).sum();
        assert_eq!(auroc(normal, pneumonia).value, pairs / (90.0 * 110.0));
    }

    #[test]
    fn the_interval_is_the_one_of_an_independent_implementation() {
        // The example of the R package SingleCaseES, whose NAP is this statistic, with its 90 % interval.
        let found = auroc(&[20.0, 20.0, 26.0, 25.0, 22.0, 23.0], &[28.0, 25.0, 24.0, 27.0, 30.0, 30.0, 29.0]);
        let (low, high) = score_interval(found.value, 6.0, 7.0, 1.644_853_626_951_472_2);
        assert!((low - 0.659_109_19).abs() < 1e-8 && (high - 0.982_224_79).abs() < 1e-8, "{low} {high}");
        assert!(found.low < low && found.high > high);
    }

    #[test]
    fn perfect_separation_is_not_certainty() {
        let found = auroc(&[0.1, 0.2, 0.3], &[0.7, 0.8, 0.9]);
        assert_eq!((found.value, found.high), (1.0, 1.0));
        assert!(found.low > 0.3 && found.low < 0.8, "{}", found.low);
    }

    #[test]
    fn the_interval_narrows_with_films() {
        let width = |n| {
            let (low, high) = score_interval(0.95, n, n, Z);
            assert!(low < 0.95 && high > 0.95);
            high - low
        };
        assert!(width(400.0) < width(100.0) / 1.9);
    }

    #[test]
    fn a_missing_class_has_no_curve() {
        assert_eq!(Roc::new(&films(&[0.1], &[])), None);
        assert_eq!(Roc::new(&[]), None);
    }

    #[test]
    fn the_curve_goes_from_corner_to_corner() {
        let roc = Roc::new(&films(&[0.1, 0.6], &[0.6, 0.9])).expect("both classes");
        assert_eq!(roc.points().collect::<Vec<_>>(), [(0.0, 0.0), (0.0, 0.5), (0.5, 1.0), (1.0, 1.0)]);
    }
}
