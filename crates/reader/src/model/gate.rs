use crate::{GateSettings, GateView, Orientation};

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

/// Judges what the network computed half-way up: numbers that are white over children's films (mean 0, covariance
/// 1), so that their root mean square is the Mahalanobis distance (Lee et al. 2018, arXiv 1807.03888) and one
/// linear score for each view tells how the film lies.
pub(crate) fn judge(settings: &GateSettings, seen: &[f32]) -> Judgement {
    let squares: f64 = seen.iter().map(|&v| f64::from(v).powi(2)).sum();
    let score = |weights: &[f32], bias: f32| {
        f64::from(bias) + weights.iter().zip(seen).map(|(&w, &v)| f64::from(w) * f64::from(v)).sum::<f64>()
    };
    let best = settings
        .views
        .iter()
        .max_by(|a, b| {
            let of = |view: &GateView| score(&view.weights, view.bias);
            of(a).total_cmp(&of(b))
        })
        .expect("a checked manifest has views");
    Judgement {
        orientation: best.film,
        distance: (squares / seen.len() as f64).sqrt(),
        adult_score: settings.adults.as_ref().map(|adults| score(&adults.weights, adults.bias)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AdultScore;

    fn settings() -> GateSettings {
        let view = |film, weights: [f32; 2], bias| GateView { film, weights: weights.to_vec(), bias };
        let turned = Orientation { quarter_turns: 1, inverted: false };
        GateSettings {
            views: vec![
                view(Some(Orientation::UPRIGHT), [1.0, 0.0], 0.0),
                view(Some(turned), [0.0, 1.0], 0.0),
                view(None, [-1.0, -1.0], 0.5),
            ],
            unlike_from: 1.0,
            refused_from: 2.0,
            adults: Some(AdultScore { weights: vec![0.0, 1.0], bias: -4.0, films: "made up".into() }),
            films: "made up".into(),
        }
    }

    #[test]
    fn the_highest_score_says_how_a_film_lies() {
        assert_eq!(judge(&settings(), &[3.0, 1.0]).orientation, Some(Orientation::UPRIGHT));
        assert_eq!(
            judge(&settings(), &[1.0, 3.0]).orientation,
            Some(Orientation { quarter_turns: 1, inverted: false })
        );
        assert_eq!(judge(&settings(), &[-1.0, -1.0]).orientation, None);
    }

    #[test]
    fn the_adult_score_is_there_where_the_gate_was_shown_adults() {
        assert_eq!(judge(&settings(), &[3.0, 4.5]).adult_score, Some(0.5));
        assert_eq!(judge(&GateSettings { adults: None, ..settings() }, &[3.0, 4.5]).adult_score, None);
    }

    #[test]
    fn the_distance_is_the_root_mean_square() {
        assert!((judge(&settings(), &[3.0, 4.0]).distance - 12.5f64.sqrt()).abs() < 1e-12);
    }
}
