//! The way of a film, from its bytes to a reading.
//!
//! ```text
//! bytes -> Radiograph -> ModelInput -> Activations -> (is it a chest film?) -> Heatmap
//!                                                                      \-> Probability -> Outcome -> Reading
//! ```
//!
//! Each stage is a type, and a function from one to the next, so that a wrong order does not compile. There is no web
//! type, no clock, no input or output and no global state in here: the phone, the command line and the tests run this
//! code on the same bytes.
//!
//! With the feature `engine` (the default) the crate decodes and infers. Without it only the plain types are left: what
//! a reading says, what a manifest holds, how heat is painted. That is all the page needs, and all it links.

pub mod archive;
pub mod case;
#[cfg(feature = "engine")]
mod decode;
#[cfg(feature = "engine")]
mod decoded;
mod error;
#[cfg(feature = "engine")]
pub mod file_set;
mod gate;
#[cfg(feature = "engine")]
mod gradcam;
mod header;
mod heatmap;
#[cfg(feature = "engine")]
mod holding;
#[cfg(feature = "engine")]
mod input;
mod limits;
mod manifest;
#[cfg(feature = "engine")]
mod model;
#[cfg(feature = "engine")]
mod network;
mod outcome;
mod photograph;
mod prevalence;
#[cfg(feature = "engine")]
mod preview;
mod quality;
#[cfg(feature = "engine")]
mod radiograph;
#[cfg(feature = "engine")]
mod reader;
mod reading;
#[cfg(feature = "engine")]
mod squash;

pub use case::Listed;
pub use error::{Error, Kind, Result, Stage};
pub use gate::ReportedGate;
pub use header::{Age, HeaderFacts};
pub use heatmap::{Class, ColourScale, Heatmap};
pub use limits::Limits;
pub use manifest::{
    AdultScore, Calibration, ClassNames, FullScale, GateSettings, GateView, HeatmapSettings, InputSettings, Manifest,
    Measurement, NetworkFile, OperatingPoint, Outputs, Presentation, Proportion, Thresholds,
};
#[cfg(feature = "onnx")]
pub use model::shipped_form;
pub use outcome::{Outcome, Probability};
pub use photograph::{Corners, FoundBy, Photograph};
pub use prevalence::{PredictiveValues, Prevalence};
pub use quality::{Finding, Flaw, Grade, Quality};
pub use reading::{
    Caution, Milliseconds, ModelName, Reading, Reason, ReportedHeatmap, ReportedThresholds, Restated, Status, Warning,
};

#[cfg(feature = "engine")]
pub use {
    decoded::{Decoded, StoredValues},
    holding::Holding,
    input::ModelInput,
    model::{Activations, Model},
    network::Kernels,
    preview::Preview,
    radiograph::Radiograph,
    reader::{Film, Reader},
};
