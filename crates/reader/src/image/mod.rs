//! A film as a picture: its samples, its sizes, what a person is shown of it.

mod close_film;
mod plane;
mod preview;
mod radiograph;
mod resize;
mod rows;

pub use close_film::{CloseFilm, Detail};
pub(crate) use plane::{Plane, percentile};
pub use preview::Preview;
pub use radiograph::Radiograph;
pub(crate) use rows::Rows;
