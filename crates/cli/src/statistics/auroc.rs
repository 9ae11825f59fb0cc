use std::collections::BTreeMap;

use serde::Serialize;

use lungfield_reader::Z;

use super::Scored;

/// The area under the receiver operating characteristic, with its 95 % interval.
///
/// The interval is DeLong's with films of one patient taken together (Obuchowski 1997, doi:10.2307/2533958), on the logit
/// scale (Pepe 2003, section 5.2.4), which keeps it in `[0, 1]`. It was chosen over resampling patients, which depends on a
/// seed and covers high areas too rarely, and over Newcombe's score intervals, which take every film for a patient of its
/// own; `training/lungfield_training/metrics.py` has the same method and what was measured of it. Where every pair is in
/// order, or a class is one patient, there is no variance to be had, and Newcombe's method 5 (2006, doi:10.1002/sim.2324)
/// stands in, of as many patients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Auroc {
    /// The share of pairs of a normal film and one with pneumonia that are in the right order, ties counted half: the
    /// Mann-Whitney statistic (Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747).
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

impl Auroc {
    /// The area of some films; `None` when a class is missing.
    pub fn new(films: &[Scored]) -> Option<Self> {
        let pneumonia = films.iter().filter(|film| film.pneumonia).count();
        let normal = films.len() - pneumonia;
        if normal == 0 || pneumonia == 0 {
            return None;
        }
        let in_order = twice_in_order(films, normal, pneumonia);
        let pairs: usize = in_order.iter().filter(|(film, _)| film.pneumonia).map(|(_, twice)| twice).sum();
        let value = pairs as f64 / (2 * normal * pneumonia) as f64;
        let (low, high) = interval(value, &in_order, [normal, pneumonia]);
        Some(Self { value, low, high, normal, pneumonia })
    }
}

/// Each film with twice the number of films of the other class that it is on the right side of, ties counted half.
fn twice_in_order(films: &[Scored], normal: usize, pneumonia: usize) -> Vec<(Scored, usize)> {
    let mut films = films.to_vec();
    films.sort_by(|a, b| a.logit.total_cmp(&b.logit));
    let mut in_order = Vec::with_capacity(films.len());
    let (mut normal_below, mut pneumonia_below) = (0, 0);
    for tied in films.chunk_by(|a, b| a.logit == b.logit) {
        let tied_pneumonia = tied.iter().filter(|film| film.pneumonia).count();
        let tied_normal = tied.len() - tied_pneumonia;
        let of_pneumonia = 2 * normal_below + tied_normal;
        let of_normal = 2 * (pneumonia - pneumonia_below) - tied_pneumonia;
        in_order.extend(tied.iter().map(|&film| (film, if film.pneumonia { of_pneumonia } else { of_normal })));
        normal_below += tied_normal;
        pneumonia_below += tied_pneumonia;
    }
    debug_assert_eq!((normal_below, pneumonia_below), (normal, pneumonia));
    in_order
}

/// The interval of an `area` of `films` normal films and films with pneumonia.
fn interval(area: f64, in_order: &[(Scored, usize)], films: [usize; 2]) -> (f64, f64) {
    // Of each patient: the summed deviations of its normal films and of those with pneumonia, where it has any.
    let mut patients: BTreeMap<usize, [Option<f64>; 2]> = BTreeMap::new();
    for &(film, twice) in in_order {
        let class = usize::from(film.pneumonia);
        let share = twice as f64 / (2 * films[1 - class]) as f64;
        *patients.entry(film.patient).or_default()[class].get_or_insert(0.0) += (share - area) / films[class] as f64;
    }
    let of_class = |class: usize| patients.values().filter(|of| of[class].is_some()).count();
    let counts = [of_class(0), of_class(1)];
    if area == 0.0 || area == 1.0 || counts.iter().any(|&count| count < 2) {
        return score_interval(area, counts[0] as f64, counts[1] as f64, Z);
    }
    let corrected = |count: usize| count as f64 / (count as f64 - 1.0);
    let sum = |term: &dyn Fn([f64; 2]) -> f64| -> f64 {
        patients.values().map(|of| term(of.map(Option::unwrap_or_default))).sum()
    };
    let variance = corrected(counts[0]) * sum(&|[normal, _]| normal.powi(2))
        + corrected(counts[1]) * sum(&|[_, pneumonia]| pneumonia.powi(2))
        + corrected(patients.len()) * sum(&|[normal, pneumonia]| 2.0 * normal * pneumonia);
    let reach = Z * variance.max(0.0).sqrt() / (area * (1.0 - area));
    let centre = (area / (1.0 - area)).ln();
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    (sigmoid(centre - reach), sigmoid(centre + reach))
}

/// Newcombe's method 5 for `m` and `n` patients: all areas that the measured one is no more than `z` of *their* standard
/// errors away from. It does not shrink to a point when the classes are separated perfectly.
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
    use lungfield_reader::Probability;

    use super::*;

    /// Films of these logits, each a patient of its own.
    fn films(normal: &[f64], pneumonia: &[f64]) -> Vec<Scored> {
        let classes = normal.iter().map(|logit| (logit, false)).chain(pneumonia.iter().map(|logit| (logit, true)));
        let scored = |(patient, (&logit, pneumonia))| Scored {
            logit,
            probability: Probability::from_calibrated_logit(logit),
            pneumonia,
            patient,
        };
        classes.enumerate().map(scored).collect()
    }

    fn auroc(normal: &[f64], pneumonia: &[f64]) -> Auroc {
        Auroc::new(&films(normal, pneumonia)).expect("both classes")
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
        let order = |a: &f64, b: &f64| a.total_cmp(b) as i8;
        let ahead: i64 = normal.iter().flat_map(|a| pneumonia.iter().map(move |b| i64::from(order(b, a)))).sum();
        let expected = 0.5 + ahead as f64 / (2.0 * 90.0 * 110.0);
        assert!((auroc(normal, pneumonia).value - expected).abs() < 1e-12);
    }

    #[test]
    fn the_score_interval_is_the_one_of_an_independent_implementation() {
        // The example of the R package SingleCaseES, whose NAP is this statistic, with its 90 % interval.
        let found = auroc(&[20.0, 20.0, 26.0, 25.0, 22.0, 23.0], &[28.0, 25.0, 24.0, 27.0, 30.0, 30.0, 29.0]);
        let (low, high) = score_interval(found.value, 6.0, 7.0, 1.644_853_626_951_472_2);
        assert!((low - 0.659_109_19).abs() < 1e-8 && (high - 0.982_224_79).abs() < 1e-8, "{low} {high}");
    }

    #[test]
    fn perfect_separation_is_not_certainty() {
        let found = auroc(&[0.1, 0.2, 0.3], &[0.7, 0.8, 0.9]);
        assert_eq!((found.value, found.high), (1.0, 1.0));
        assert!(found.low > 0.3 && found.low < 0.8, "{}", found.low);
    }

    #[test]
    fn films_of_one_patient_are_no_more_certain_than_one_film_of_it() {
        let alone = films(&[1.0, 2.0, 4.0, 5.0, 3.5], &[3.0, 6.0, 4.5, 7.0, 2.5]);
        let four_times: Vec<Scored> = alone.iter().flat_map(|&film| [film; 4]).collect();
        let width = |films: &[Scored]| {
            let found = Auroc::new(films).expect("both classes");
            assert!(found.low < found.value && found.value < found.high);
            found.high - found.low
        };
        assert!((width(&alone) - width(&four_times)).abs() < 1e-12);
        let strangers: Vec<Scored> =
            four_times.iter().enumerate().map(|(patient, &film)| Scored { patient, ..film }).collect();
        assert!(width(&strangers) < width(&alone) / 1.5);
    }

    #[test]
    fn a_missing_class_has_no_area() {
        assert_eq!(Auroc::new(&films(&[0.1], &[])), None);
        assert_eq!(Auroc::new(&[]), None);
    }
}
