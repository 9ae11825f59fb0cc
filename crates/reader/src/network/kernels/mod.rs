//! The loops in which a network spends its time. They know no graph: slices in, a slice out.
//!
//! A *map* is a picture of many channels, pixel by pixel, the channels of a pixel side by side in *blocks* of [`LANES`];
//! the last block is filled up with zeros. So no kernel has a remainder to care for, and a pixel's channels, which a
//! pointwise convolution sums over, lie in one piece.

mod choice;
mod depthwise;
mod matrix;
mod window;

use crate::simd::LANES;

pub use choice::Kernels;
pub(crate) use depthwise::{FusedRows, MapRows, depthwise};
pub(crate) use matrix::{PackedMatrix, Panels, PixelRange, im2col, multiply, panel_width};
pub(crate) use window::Window;

/// Bytes of a map that are processed at a time, so that they stay in the first-level cache.
const TOGETHER: usize = 16 * 1024;

/// The epilogue: what happens to a sum before it is stored. The residual is added, then the sum is clamped.
#[derive(Clone, Copy)]
pub(crate) struct Epilogue<'a> {
    /// The bias, by block: where the sum starts.
    pub(crate) bias: &'a [[f32; LANES]],
    /// The residual: a map of the output's shape.
    pub(crate) residual: Option<&'a [[f32; LANES]]>,
    /// The bounds of the clamp.
    pub(crate) low: f32,
    pub(crate) high: f32,
}
