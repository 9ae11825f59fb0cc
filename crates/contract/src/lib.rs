//! The plain types that cross a border: between the page and its worker, the command and its users, training and the
//! reader. What a reading says, what a manifest holds, what an error names, which files of a folder are films.
//!
//! Nothing here decodes or infers. The page depends on this crate and never on the reader, so it cannot link the engine.

mod archive_entry;
mod error;
mod gate;
mod header;
mod heatmap;
mod limits;
pub mod listing;
mod manifest;
mod outcome;
mod photograph;
mod prevalence;
mod quality;
mod reading;
mod warning;

pub use archive_entry::ArchiveEntry;
pub use error::{Error, Kind, Result, Stage};
pub use gate::ReportedGate;
pub use header::{Age, HeaderFacts};
pub use heatmap::{Class, ColourScale, Heatmap};
pub use limits::Limits;
pub use listing::Listed;
pub use manifest::{
    AdultScore, Calibration, ClassNames, FullScale, GateSettings, GateView, HeatmapSettings, InputSettings, Manifest,
    Measurement, NetworkFile, OperatingPoint, Orientation, Outputs, Proportion, Thresholds,
};
pub use outcome::{Outcome, Probability};
pub use photograph::{Corners, FoundBy, Photograph};
pub use prevalence::{PredictiveValues, Prevalence};
pub use quality::{Finding, Flaw, Grade, Quality};
pub use reading::{Milliseconds, ModelName, Reading, Reason, ReportedHeatmap, ReportedThresholds, Restated, Status};
pub use warning::{Warning, WarningKind};
