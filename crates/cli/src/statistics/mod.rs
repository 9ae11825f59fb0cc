//! How good a model is on films whose class is known: plain functions of probabilities and classes.
//!
//! Training has the same statistics (`training/lungfield_training/metrics.py`); `tests/golden/statistics.json` holds the two
//! together. The intervals of shares hold with 95 % confidence for films that are drawn independently. Films of one patient
//! are not, so where patients have several films those intervals are somewhat wider in truth; the area's knows of patients.

mod auroc;
mod calibration;
mod roc;

use lungfield_reader::Probability;

pub use auroc::Auroc;
pub use calibration::{Bin, Calibration};
pub use lungfield_reader::Proportion;
pub use roc::Roc;

/// What the model makes of a film, and whether it shows pneumonia.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// The network's score, which films are ranked by: far from 0 many have the same probability in 64 bits.
    pub logit: f64,
    /// The calibrated probability of pneumonia.
    pub probability: Probability,
    /// The film's class.
    pub pneumonia: bool,
    /// A number for each patient.
    pub patient: usize,
}
