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
//! The plain types that others see as well, such as [`Reading`] and [`Manifest`], are those of `lungfield-contract`.

mod decode;
mod image;
mod model;
mod network;
mod photograph;
mod quality;
mod reader;
mod simd;
pub mod study;

pub use lungfield_contract::*;

pub use crate::image::{Preview, Radiograph};
pub use decode::{Decoded, StoredValues};
#[cfg(feature = "onnx")]
pub use model::to_network_file;
pub use model::{Activations, Model, ModelInput, UnverifiedModel, sha256};
pub use network::Kernels;
pub use reader::{FilmReading, ReadOptions, Reader};
