//! What is said of a reading: the words, the numbers as they are written, and the places on the scale.
//!
//! ```
//! use lungfield_presenter::{Asked, Texts, View};
//! # fn said(reading: &lungfield_contract::Reading, manifest: &lungfield_contract::Manifest, json: &str)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! let texts = Texts::from_json(json)?;
//! let view = View::of(reading, Some(manifest), &texts, Asked::default());
//! println!("{}", view.headline);
//! # Ok(())
//! # }
//! ```
//!
//! The page, the element and the exports draw a [`View`], so that none of them says more than another, and none shows an answer
//! that is withheld. The texts are `www/locales/*.json`.

mod asked;
mod heat;
pub mod identity;
#[cfg(feature = "locales")]
mod locales;
mod measurement;
pub mod measures;
pub mod numbers;
mod own;
mod plain;
pub mod prevalence;
pub mod sites;
pub mod text;
mod verdict;
mod view;
mod window;

pub use asked::{Asked, First};
pub use heat::HeatView;
#[cfg(feature = "locales")]
pub use locales::LOCALES;
pub use measurement::{Measured, Measurement, Scale};
pub use own::{OwnFindingView, OwnView, Untranslated};
pub use text::{Texts, interpolate};
pub use verdict::{Verdict, is_in_population};
pub use view::{Flawed, Named, ProbabilityView, QualityView, RestatedView, Said, Sign, View, Zone, population};
pub use window::{Preset, Window, presets};
