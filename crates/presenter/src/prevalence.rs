//! What an answer is worth where pneumonia is as common as the user says.

use lungfield_contract::{Manifest, OperatingPoint, PredictiveValues, Prevalence, Probability};

/// A probability where pneumonia is so common, with what a call of the balanced operating point is worth there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Restated<'a> {
    /// The probability for the film.
    pub probability: Probability,
    /// The balanced operating point and its predictive values; `None` if the model has no such point.
    pub balanced: Option<(&'a OperatingPoint, PredictiveValues)>,
}

/// The prevalence that the user has typed: a whole number of per cent, 1 to 99.
pub fn typed(percent: &str) -> Option<Prevalence> {
    let percent: u8 = percent.trim().parse().ok()?;
    (1..=99).contains(&percent).then(|| Prevalence::new(f64::from(percent) / 100.0)).flatten()
}

/// A prevalence as the user would type it.
pub fn as_typed(prevalence: Prevalence) -> String {
    format!("{:.0}", prevalence.value() * 100.0)
}

/// The probability and the model's calls, restated for a prevalence.
pub fn restate(probability: Probability, prevalence: Prevalence, manifest: &Manifest) -> Restated<'_> {
    let balanced = manifest.operating_points.iter().find(|point| point.name == "balanced");
    let values =
        |point: &OperatingPoint| PredictiveValues::new(point.sensitivity.value, point.specificity.value, prevalence);
    Restated { probability: probability.at(prevalence), balanced: balanced.map(|point| (point, values(point))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest::from_json(include_bytes!("../../../models/manifest.json")).expect("is a manifest")
    }

    #[test]
    fn whole_per_cents_between_nothing_and_everything_are_a_prevalence() {
        assert_eq!(typed("5"), Prevalence::new(0.05));
        assert_eq!(typed(" 99 "), Prevalence::new(0.99));
        for text in ["", "0", "100", "-5", "2.5", "300", "five"] {
            assert_eq!(typed(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_prevalence_is_written_as_it_was_typed() {
        for percent in 1..=99 {
            let text = percent.to_string();
            assert_eq!(typed(&text).map(as_typed), Some(text));
        }
    }

    #[test]
    fn an_even_prevalence_changes_nothing_and_a_lower_one_lowers_the_probability() {
        let manifest = manifest();
        let probability = Probability::from_calibrated_logit(4f64.ln());
        let at = |prevalence| restate(probability, prevalence, &manifest).probability.value();
        assert!((at(Prevalence::EVEN) - 0.8).abs() < 1e-12);
        assert!((at(typed("20").expect("is one")) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_shipped_model_s_calls_are_worth_less_where_pneumonia_is_rare() {
        let manifest = manifest();
        let positive = |percent| {
            let prevalence = typed(percent).expect("is one");
            let restated = restate(Probability::from_calibrated_logit(0.0), prevalence, &manifest);
            restated.balanced.and_then(|(_, values)| values.positive).expect("some films are called")
        };
        assert!(positive("2") < positive("50"));
    }

    #[test]
    fn a_model_without_a_balanced_point_has_no_predictive_values() {
        let mut manifest = manifest();
        manifest.operating_points.retain(|point| point.name != "balanced");
        assert_eq!(restate(Probability::from_calibrated_logit(0.0), Prevalence::EVEN, &manifest).balanced, None);
    }
}
