use super::GateOutputs;
use crate::{GateSettings, Orientation};

/// How a film lies: the orientation with the highest score; `None` for a picture that is no chest film, whichever way up.
pub(crate) fn orientation(settings: &GateSettings, scores: &[f32]) -> Option<Orientation> {
    let best = settings.orientations.iter().zip(scores).max_by(|(_, a), (_, b)| a.total_cmp(b));
    *best.expect("a checked manifest has orientations").0
}

/// How far a film is from the films that the model knows: a Mahalanobis distance, about 1 for a child's film. The network's
/// numbers are white over children's films (mean 0, covariance 1), so that their root mean square is that distance (Lee et al.
/// 2018, arXiv 1807.03888).
pub(crate) fn distance(found: &GateOutputs) -> f64 {
    let squares: f64 = found.numbers.iter().map(|&v| f64::from(v).powi(2)).sum();
    (squares / found.numbers.len() as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FilmGroup, FilmSet};

    const TURNED: Orientation = Orientation { quarter_turns: 1, inverted: false };

    #[test]
    fn the_highest_score_says_how_a_film_lies() {
        let films: FilmSet = serde_json::from_str(r#"{"group": "children", "count": 2}"#).expect("films");
        assert_eq!(films.group, FilmGroup::Children);
        let orientations = vec![Some(Orientation::UPRIGHT), Some(TURNED), None];
        let settings = GateSettings { orientations, unlike_from: 1.0, refused_from: 2.0, films, adults: None };
        assert_eq!(orientation(&settings, &[3.0, 1.0, -4.0]), Some(Orientation::UPRIGHT));
        assert_eq!(orientation(&settings, &[1.0, 3.0, -4.0]), Some(TURNED));
        assert_eq!(orientation(&settings, &[-1.0, -1.0, 0.5]), None);
    }

    #[test]
    fn the_distance_is_the_root_mean_square() {
        let found = GateOutputs { numbers: vec![3.0, 4.0], adult: None };
        assert!((distance(&found) - 12.5f64.sqrt()).abs() < 1e-12);
    }
}
