//! A film as a picture: its samples, its sizes, what a person is shown of it.

mod plane;
mod preview;
mod radiograph;
mod resize;
mod rows;

pub(crate) use plane::{Plane, percentile};
pub use preview::Preview;
pub use radiograph::Radiograph;
pub(crate) use rows::Rows;
