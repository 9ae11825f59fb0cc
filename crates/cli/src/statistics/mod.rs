//! How good a model is on films whose class is known: plain functions of probabilities and classes.
//!
//! Every interval holds with 95 % confidence for films that are drawn independently. Films of one patient are not, so
//! where patients have several films the true intervals are somewhat wider.

mod calibration;
mod proportion;
mod roc;

pub use calibration::{Bin, Calibration};
pub use proportion::Proportion;
pub use roc::{Auroc, Roc};

/// The standard normal distribution's quantile at 0.975: two-sided 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// What the model makes of a film, and whether it shows pneumonia.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// The network's score, which films are ranked by: far from 0 many have the same probability in 64 bits.
    pub logit: f64,
    /// The calibrated probability of pneumonia, in `[0, 1]`.
    pub probability: f64,
    /// The film's class.
    pub pneumonia: bool,
}
