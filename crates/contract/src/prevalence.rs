use serde::{Deserialize, Serialize};

use crate::Probability;

/// How common pneumonia is among the films that are read: a share above 0 and below 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Prevalence(f64);

impl Prevalence {
    /// The share that the shipped probabilities are stated for: a film that is as likely as not.
    pub const EVEN: Self = Self(0.5);

    /// A share, if it lies between 0 and 1.
    pub fn new(share: f64) -> Option<Self> {
        (share > 0.0 && share < 1.0).then_some(Self(share))
    }

    /// The share.
    pub fn value(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Prevalence {
    type Error = &'static str;

    fn try_from(share: f64) -> Result<Self, Self::Error> {
        Self::new(share).ok_or("a prevalence lies between 0 and 1")
    }
}

impl From<Prevalence> for f64 {
    fn from(prevalence: Prevalence) -> Self {
        prevalence.0
    }
}

impl Probability {
    /// The probability, which is stated for [`Prevalence::EVEN`], restated where pneumonia is this common: the odds are
    /// multiplied by the odds of the prevalence (Bayes).
    pub fn at(self, prevalence: Prevalence) -> Probability {
        let (p, prior) = (self.value(), prevalence.value());
        Probability::from_share(p * prior / (p * prior + (1.0 - p) * (1.0 - prior)))
    }
}

/// What an answer is worth where pneumonia is so common.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictiveValues {
    /// Of films called pneumonia, the share that show it; `None` if none is called so.
    pub positive: Option<f64>,
    /// Of films not called so, the share that do not; `None` if all are called so.
    pub negative: Option<f64>,
}

impl PredictiveValues {
    /// From sensitivity and specificity, both shares, by Bayes' rule.
    pub fn new(sensitivity: f64, specificity: f64, prevalence: Prevalence) -> Self {
        let prior = prevalence.value();
        let share = |right: f64, wrong: f64| (right + wrong > 0.0).then(|| right / (right + wrong));
        Self {
            positive: share(sensitivity * prior, (1.0 - specificity) * (1.0 - prior)),
            negative: share(specificity * (1.0 - prior), (1.0 - sensitivity) * prior),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(value: f64) -> Prevalence {
        Prevalence::new(value).expect("between 0 and 1")
    }

    #[test]
    fn a_share_lies_between_nothing_and_everything() {
        assert!([0.0, 1.0, -0.1, 1.1, f64::NAN].into_iter().all(|value| Prevalence::new(value).is_none()));
        assert!(serde_json::from_str::<Prevalence>("0").is_err());
    }

    /// A thousand children, fifty with pneumonia: of them 48 are found, and of the other 950 so are 57.
    #[test]
    fn predictive_values_are_those_of_a_table_of_four() {
        let found = PredictiveValues::new(0.96, 0.94, share(0.05));
        assert!((found.positive.expect("some are called") - 48.0 / (48.0 + 57.0)).abs() < 1e-12);
        assert!((found.negative.expect("some are not") - 893.0 / (893.0 + 2.0)).abs() < 1e-12);
        assert_eq!(PredictiveValues::new(0.0, 1.0, share(0.3)).positive, None);
    }

    #[test]
    fn a_probability_is_restated_by_its_odds() {
        let even = Probability::from_calibrated_logit(4f64.ln());
        assert!((even.at(Prevalence::EVEN).value() - 0.8).abs() < 1e-12, "4 to 1 stays 4 to 1");
        assert!((even.at(share(0.2)).value() - 0.5).abs() < 1e-12, "4 to 1 times 1 to 4");
        assert_eq!(Probability::from_calibrated_logit(f64::INFINITY).at(share(0.1)).value(), 1.0);
    }
}
