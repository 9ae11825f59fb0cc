//! The lung field: where the lungs lie in a film, by the network that outlines them.

mod field;
mod pieces;
mod shape;

pub use field::LungField;
pub(crate) use shape::Shape;
