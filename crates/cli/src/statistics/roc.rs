use super::Scored;

/// The receiver operating characteristic: what is called pneumonia as the threshold falls from above every score to
/// below them all. Films of equal score are called together, so ties make a slope and count half in the area.
#[derive(Clone, Debug, PartialEq)]
pub struct Roc {
    /// `(normal, pneumonia)`: how many films of each class are called pneumonia, from `(0, 0)` to all of them.
    called: Vec<(usize, usize)>,
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

    /// How many normal films and films with pneumonia there are: all of them are called at the last point.
    fn films(&self) -> (usize, usize) {
        self.called[self.called.len() - 1]
    }
}

#[cfg(test)]
mod tests {
    use lungfield_reader::Probability;

    use super::*;

    fn films(normal: &[f64], pneumonia: &[f64]) -> Vec<Scored> {
        let scored = |pneumonia| {
            move |&logit: &f64| Scored {
                logit,
                probability: Probability::from_calibrated_logit(logit),
                pneumonia,
                patient: 0,
            }
        };
        normal.iter().map(scored(false)).chain(pneumonia.iter().map(scored(true))).collect()
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
