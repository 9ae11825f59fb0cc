//! The loops in which a network spends its time. They know nothing of graphs: slices in, a slice out.
//!
//! A *map* is a picture of many channels, pixel by pixel, the channels of a pixel side by side in *blocks* of [`LANES`];
//! the last block is filled up with zeros. So no kernel has a remainder to care for, and a pixel's channels, which a
//! pointwise convolution sums over, lie in one piece.

mod depthwise;
mod lanes;
mod matrix;
mod vectorise;
mod window;

pub(crate) use depthwise::{MadeRows, MapRows, depthwise};
pub(crate) use lanes::{LANES, Lanes, SIDE_BY_SIDE};
pub(crate) use matrix::{PackedMatrix, Panels, Piece, multiply, patches, widest};
#[cfg(not(target_family = "wasm"))]
pub(crate) use vectorise::has_512_bits;
pub(crate) use vectorise::{Work, vectorised};
pub(crate) use window::Window;

/// Bytes of a map that are gone through at a time, so that they stay in the nearest cache.
const TOGETHER: usize = 16 * 1024;

/// What happens to a sum before it is stored: the residual is added, then it is kept within bounds.
#[derive(Clone, Copy)]
pub(crate) struct Epilogue<'a> {
    /// By block; where the sum starts.
    pub(crate) bias: &'a [[f32; LANES]],
    /// A map of the output's shape.
    pub(crate) residual: Option<&'a [[f32; LANES]]>,
    /// The bounds.
    pub(crate) low: f32,
    pub(crate) high: f32,
}
