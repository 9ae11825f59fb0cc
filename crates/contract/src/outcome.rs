use serde::{Deserialize, Serialize};

/// The calibrated probability of pneumonia, in `[0, 1]`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Probability(f64);

impl Probability {
    /// The logistic function of a calibrated logit. Exact at both ends: never NaN for a finite logit.
    pub fn from_calibrated_logit(logit: f64) -> Self {
        Self(1.0 / (1.0 + (-logit).exp()))
    }

    /// A share that is known to lie in `[0, 1]`.
    pub(crate) fn from_share(share: f64) -> Self {
        Self(share)
    }

    /// The value, in `[0, 1]`.
    pub fn value(self) -> f64 {
        self.0
    }
}

/// The three answers. "Uncertain" is chosen on purpose, around the operating point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The probability is at or above `likely_from`.
    Likely,
    /// Between the two thresholds.
    Uncertain,
    /// Below `unlikely_below`.
    Unlikely,
}
