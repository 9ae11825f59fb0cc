use super::GateOutputs;
use crate::{GateSettings, Orientation};

/// What the gate makes of one picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Judgement {
    /// How it lies; `None` for a picture that is no chest film, whichever way up.
    pub(crate) orientation: Option<Orientation>,
    /// How far it is from the films that the model knows: a Mahalanobis distance, about 1 for a child's film.
    pub(crate) distance: f64,
    /// From 0 on it is more like the adults' films that the gate was shown; `None` of a gate that was shown none.
    pub(crate) adult_score: Option<f64>,
}

/// Judges what the network computed half-way up: numbers that are white over children's films (mean 0, covariance 1), so that
/// their root mean square is the Mahalanobis distance (Lee et al. 2018, arXiv 1807.03888), and its linear scores of them, the
/// highest of which tells how the film lies.
pub(crate) fn judge(settings: &GateSettings, found: &GateOutputs) -> Judgement {
    let squares: f64 = found.numbers.iter().map(|&v| f64::from(v).powi(2)).sum();
    let scores = settings.orientations.iter().zip(&found.orientations);
    let (orientation, _) = scores.max_by(|(_, a), (_, b)| a.total_cmp(b)).expect("a checked manifest has orientations");
    Judgement {
        orientation: *orientation,
        distance: (squares / found.numbers.len() as f64).sqrt(),
        adult_score: found.adult.map(f64::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FilmGroup, FilmSet};

    const TURNED: Orientation = Orientation { quarter_turns: 1, inverted: false };

    fn judged(orientations: [f32; 3], numbers: &[f32]) -> Judgement {
        let json = r#"{"group": "children", "count": 2}"#;
        let films: FilmSet = serde_json::from_str(json).expect("films");
        assert_eq!(films.group, FilmGroup::Children);
        let settings = GateSettings {
            orientations: vec![Some(Orientation::UPRIGHT), Some(TURNED), None],
            unlike_from: 1.0,
            refused_from: 2.0,
            films,
            adults: None,
        };
        let (numbers, orientations) = (numbers.to_vec(), orientations.to_vec());
        judge(&settings, &GateOutputs { numbers, orientations, adult: Some(0.5) })
    }

    #[test]
    fn the_highest_score_says_how_a_film_lies() {
        assert_eq!(judged([3.0, 1.0, -4.0], &[1.0]).orientation, Some(Orientation::UPRIGHT));
        assert_eq!(judged([1.0, 3.0, -4.0], &[1.0]).orientation, Some(TURNED));
        assert_eq!(judged([-1.0, -1.0, 0.5], &[1.0]).orientation, None);
    }

    #[test]
    fn the_distance_is_the_root_mean_square_and_the_adult_score_the_network_s() {
        let found = judged([1.0, 0.0, 0.0], &[3.0, 4.0]);
        assert!((found.distance - 12.5f64.sqrt()).abs() < 1e-12);
        assert_eq!(found.adult_score, Some(0.5));
    }
}
