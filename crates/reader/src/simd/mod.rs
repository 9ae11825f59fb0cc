//! Portable SIMD on f32, shared by the network, the resize, and the search for outlines and moire.
//!
//! A [`Work`] is compiled for each generation of processors; [`dispatch()`] runs the one for this.

mod dispatch;
mod lanes;

#[cfg(not(target_family = "wasm"))]
pub(crate) use dispatch::has_512_bits;
pub(crate) use dispatch::{Work, dispatch};
pub(crate) use lanes::{LANES, Lanes, SIDE_BY_SIDE};
