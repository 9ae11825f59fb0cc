//! The way of a film, from its bytes to a reading.
//!
//! ```text
//! bytes -> Radiograph -> FilmCopy -> (is it a chest film?) -> LungField -> ModelInput -> Activations -> Heatmap
//!                                                                                          \-> Probability -> Outcome -> Reading
//! ```
//!
//! Each stage is a type, and a function from one to the next, so that a wrong order does not compile. There is no web
//! type, no clock, no input or output and no global state in here: the phone, the command line and the tests run this
//! code on the same bytes.
//!
//! The plain types that others see as well, such as [`Reading`] and [`Manifest`], are those of `lungfield-contract`.
//!
//! # A film read with the model that ships
//!
//! ```
//! use std::fs;
//!
//! use lungfield_reader::{Kernels, Manifest, Model, Outcome, ReadOptions, Reader};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let manifest = Manifest::from_json(&fs::read("../../models/manifest.json")?)?;
//! let model = Model::load(&manifest, &fs::read("../../models/lungfield.network")?, Kernels::default())?;
//! let reader = Reader::new(manifest, model);
//!
//! let name = "person1946_bacteria_4874.jpeg";
//! let film = fs::read(format!("../../www/films/{name}"))?;
//! let reading = reader.read(name, &film, ReadOptions::default()).reading;
//! println!("{:?}, probability {:?}", reading.outcome, reading.probability);
//! assert_eq!(reading.outcome, Some(Outcome::Likely));
//!
//! // What cannot be read is a reading too, with the reason in the place of an answer.
//! let cut = reader.read(name, &film[..film.len() / 2], ReadOptions::default()).reading;
//! println!("{:?}: {:?}", cut.status, cut.reason);
//! assert_eq!(cut.outcome, None);
//! # Ok(())
//! # }
//! ```

mod decode;
mod guard;
mod image;
mod lungs;
mod model;
mod network;
#[cfg(feature = "onnx")]
pub mod own;
mod photograph;
mod quality;
mod reader;
mod simd;
pub mod study;

pub use lungfield_contract::*;

pub use crate::image::{CloseFilm, Detail, Preview, Radiograph};
pub use decode::{Chroma, Decoded, StoredValues, film_header};
pub use lungs::LungField;
#[cfg(feature = "onnx")]
pub use model::to_network_file;
pub use model::{Activations, FilmCopy, Model, ModelInput, UnverifiedModel, sha256};
pub use network::Kernels;
pub use reader::{FilmReading, ReadOptions, Reader};
