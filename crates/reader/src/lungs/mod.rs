//! The lung field: where the lungs lie in a film, by the network that outlines them.

mod field;
mod pieces;

pub use field::LungField;
