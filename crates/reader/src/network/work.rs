//! A plan's steps as [`Work`], which is compiled for several processors.

use super::kernels::Kernels;
use super::kernels::{Epilogue, FusedRows, MapRows, Panels, PixelRange, Window, depthwise, multiply};
use crate::simd::{LANES, Lanes, Work, dispatch};

/// Work in tiles of `R` or `S` pixels by `P` registers of channels, with panels of `K` lines, as in [`multiply`].
pub(super) trait TiledWork {
    fn run<const R: usize, const S: usize, const P: usize, const K: usize>(self, lanes: impl Lanes);
}

/// Does `work`, whose panels have `K` lines, in the tiles of these kernels.
pub(super) fn tiled<const K: usize>(kernels: Kernels, work: impl TiledWork) {
    struct Tiled<W, const R: usize, const S: usize, const P: usize, const K: usize>(W);

    impl<W: TiledWork, const R: usize, const S: usize, const P: usize, const K: usize> Work for Tiled<W, R, S, P, K> {
        type Output = ();

        #[inline(always)]
        fn run<L: Lanes>(self, lanes: L) {
            self.0.run::<R, S, P, K>(lanes);
        }
    }

    match kernels {
        #[cfg(not(target_family = "wasm"))]
        Kernels::Tiles20x2 if K > 1 => dispatch(Tiled::<_, 14, 12, 2, K>(work)),
        #[cfg(not(target_family = "wasm"))]
        Kernels::Tiles20x2 => dispatch(Tiled::<_, 20, 17, 1, K>(work)),
        #[cfg(not(target_family = "wasm"))]
        Kernels::Tiles6x2 => dispatch(Tiled::<_, 6, 5, 2, K>(work)),
        Kernels::Strips8 => dispatch(Tiled::<_, 8, 7, 1, K>(work)),
        _ => dispatch(Tiled::<_, 4, 3, 1, K>(work)),
    }
}

/// A map times a matrix.
pub(super) struct Multiply<'a> {
    pub(super) input: &'a [[f32; LANES]],
    pub(super) panels: Panels<'a>,
    pub(super) pixels: usize,
    pub(super) epilogue: Epilogue<'a>,
    pub(super) output: &'a mut [[f32; LANES]],
}

impl TiledWork for Multiply<'_> {
    #[inline(always)]
    fn run<const R: usize, const S: usize, const P: usize, const K: usize>(self, lanes: impl Lanes) {
        let Self { input, panels, pixels, epilogue, output } = self;
        multiply::<_, R, S, P, K>(lanes, input, panels, PixelRange::whole(pixels), &epilogue, output);
    }
}

/// A depthwise convolution.
pub(super) struct Depthwise<'a> {
    pub(super) input: &'a [[f32; LANES]],
    pub(super) taps: &'a [[f32; LANES]],
    pub(super) window: &'a Window,
    pub(super) epilogue: Epilogue<'a>,
    pub(super) output: &'a mut [[f32; LANES]],
}

impl Work for Depthwise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self { input, taps, window, epilogue, output } = self;
        depthwise(lanes, &mut MapRows { map: input, size: window.input }, taps, window, &epilogue, output);
    }
}

/// A depthwise convolution fused with the pointwise one that produces its input: panels, epilogue and scratch.
pub(super) struct Passing<'a> {
    pub(super) input: &'a [[f32; LANES]],
    pub(super) made: (Panels<'a>, Epilogue<'a>, &'a mut [[f32; LANES]]),
    pub(super) taps: &'a [[f32; LANES]],
    pub(super) window: &'a Window,
    pub(super) epilogue: Epilogue<'a>,
    pub(super) output: &'a mut [[f32; LANES]],
}

impl TiledWork for Passing<'_> {
    #[inline(always)]
    fn run<const R: usize, const S: usize, const P: usize, const K: usize>(self, lanes: impl Lanes) {
        let Self { input, made: (panels, made, scratch), taps, window, epilogue, output } = self;
        let size = window.input;
        let mut rows = FusedRows::<R, S, P> { input, panels, epilogue: made, size, scratch, made: None };
        depthwise(lanes, &mut rows, taps, window, &epilogue, output);
    }
}
