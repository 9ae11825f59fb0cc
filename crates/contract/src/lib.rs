//! The plain types that cross a border: between the page and its worker, the command and its users, training and the
//! reader. What a reading says, what a manifest holds, what an error names, which files of a folder are films.
//!
//! Nothing here decodes or infers. The page depends on this crate and never on the reader, so it cannot link the engine.
//!
//! # What the manifest makes of a score
//!
//! ```
//! use lungfield_contract::{Manifest, Outcome, Prevalence};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let manifest = Manifest::from_json(&std::fs::read("../../models/manifest.json")?)?;
//!
//! let probability = manifest.probability(4.0);
//! assert_eq!(manifest.outcome(probability), Outcome::Likely);
//!
//! // It is stated for a film that was as likely as not to show pneumonia. Where one film in ten does, it is lower.
//! let one_in_ten = Prevalence::new(0.1).ok_or("a share between 0 and 1")?;
//! assert!(probability.at(one_in_ten) < probability);
//! # Ok(())
//! # }
//! ```

mod age;
mod archive_entry;
mod by_hand;
mod error;
mod film_header;
mod format;
mod gate;
mod header;
mod heatmap;
pub mod labels;
mod limits;
pub mod listing;
mod lungs;
mod manifest;
mod marks;
mod measurement;
mod orientation;
mod outcome;
mod own_reading;
mod photograph;
mod prevalence;
mod proportion;
mod quality;
mod reading;
mod rectangle;
mod site;
mod warning;

pub use age::Age;
pub use archive_entry::ArchiveEntry;
pub use by_hand::ByHand;
pub use error::{Error, Kind, Result, Stage};
pub use film_header::{FilmHeader, HeaderElement};
pub use format::Format;
pub use gate::ReportedGate;
pub use header::HeaderFacts;
pub use heatmap::{Class, Evidence, Heatmap};
pub use limits::Limits;
pub use listing::Listed;
pub use lungs::Lungs;
pub use manifest::{
    Calibration, ClassNames, FilmCopySize, FullScale, GateSettings, HeatmapSettings, InputSettings, Inputs,
    LungSettings, Manifest, NetworkFile, OperatingPoint, Outputs, Population, Projection, Thresholds, TrainingData,
};
pub use marks::{Marks, Seen};
pub use measurement::{Estimate, FilmGroup, FilmSet, Measurement, Metric, Source, Split};
pub use orientation::Orientation;
pub use outcome::{Outcome, Probability};
pub use own_reading::{Finding as OwnFinding, OwnFacts, OwnHeatmap, OwnModelName, OwnReading};
pub use photograph::{Corners, FoundBy, Photograph};
pub use prevalence::{PredictiveValues, Prevalence};
pub use proportion::{Proportion, Z};
pub use quality::{Finding, Flaw, Grade, Quality};
pub use reading::{Milliseconds, ModelName, Reading, Reason, ReportedHeatmap, ReportedThresholds, Restated, Status};
pub use rectangle::Rectangle;
pub use site::{Here, Site, SiteFilms, TooFew};
pub use warning::{Warning, WarningKind};
