//! Every pixel times one matrix of weights: a pointwise convolution, and any other once its patches are in a row.

use super::lanes::{LANES, Lanes};
use super::{Epilogue, Window};

/// A matrix of weights from `depth` values to some output channels, cut into panels: a panel is what makes one block of
/// output channels, and in it the weights lie in the order in which they are needed.
#[derive(Debug)]
pub(crate) struct PackedMatrix {
    depth: usize,
    /// Panel by panel, each `depth` long. Channels that the matrix does not have are 0.
    panels: Vec<[f32; LANES]>,
}

impl PackedMatrix {
    /// Packs `weight(value, output channel)`.
    pub(crate) fn new(depth: usize, outputs: usize, weight: impl Fn(usize, usize) -> f32) -> Self {
        let weight = |value, channel| if channel < outputs { weight(value, channel) } else { 0.0 };
        let mut panels = Vec::with_capacity(outputs.div_ceil(LANES) * depth);
        for first in (0..outputs).step_by(LANES) {
            panels
                .extend((0..depth).map(|value| std::array::from_fn::<_, LANES, _>(|lane| weight(value, first + lane))));
        }
        Self { depth, panels }
    }
}

/// Bytes of a map that are gone through for each panel, so that they stay in the nearest cache.
const TOGETHER: usize = 16 * 1024;

/// `output = epilogue(input * matrix)` for a map of `pixels` pixels, in strips of `R` pixels. The last strip begins early
/// enough to be a whole one.
///
/// With 16 SIMD registers (x86-64) strips of 4 are fastest, with 32 (arm64, AVX-512) of 8.
#[inline(always)]
pub(crate) fn multiply<const R: usize, const FUSED: bool>(
    input: &[[f32; LANES]],
    matrix: &PackedMatrix,
    pixels: usize,
    epilogue: &Epilogue,
    output: &mut [[f32; LANES]],
) {
    let filled;
    let (input, stride) = if pixels < R {
        filled = filled_up::<R>(input, pixels);
        (filled.as_slice(), R)
    } else {
        (input, pixels)
    };
    let strips = pixels.div_ceil(R);
    let together = (TOGETHER / (matrix.depth * R * 4)).clamp(1, strips);
    for start in (0..strips).step_by(together) {
        let panels = matrix.panels.chunks_exact(matrix.depth).zip(output.chunks_exact_mut(pixels));
        for (block, (panel, output)) in panels.enumerate() {
            let bias = Lanes::<FUSED>::load(&epilogue.bias[block]);
            for strip in start..(start + together).min(strips) {
                let first = (strip * R).min(stride - R);
                let sums: [_; R] = tile(input, stride, first, panel, bias);
                let output = &mut output[first..];
                match output.first_chunk_mut::<R>() {
                    Some(output) => finish(&sums, epilogue, block * pixels + first, output),
                    None => finish(&sums, epilogue, block * pixels + first, output),
                }
            }
        }
    }
}

/// A map of fewer than `R` pixels with zeros up to that many.
fn filled_up<const R: usize>(map: &[[f32; LANES]], pixels: usize) -> Vec<[f32; LANES]> {
    let mut filled = vec![[0.0; LANES]; map.len() / pixels * R];
    for (to, from) in filled.chunks_exact_mut(R).zip(map.chunks_exact(pixels)) {
        to[..pixels].copy_from_slice(from);
    }
    filled
}

/// The strip that begins at pixel `first` of a map with `stride` pixels times one panel.
#[inline(always)]
fn tile<const R: usize, const FUSED: bool>(
    map: &[[f32; LANES]],
    stride: usize,
    first: usize,
    panel: &[[f32; LANES]],
    bias: Lanes<FUSED>,
) -> [Lanes<FUSED>; R] {
    let mut sums = [bias; R];
    for (pixels, weights) in map.chunks_exact(stride).zip(panel.chunks(LANES)) {
        let Some(pixels) = pixels[first..].first_chunk::<R>() else { break };
        for (channel, weights) in weights.iter().enumerate() {
            let weights = Lanes::load(weights);
            for (sum, pixel) in sums.iter_mut().zip(pixels) {
                *sum = sum.plus_product(Lanes::splat(pixel[channel]), weights);
            }
        }
    }
    sums
}

/// Stores as many of a tile's pixels as there are in the output; its first is `at` in the whole map.
#[inline(always)]
fn finish<const R: usize, const FUSED: bool>(
    sums: &[Lanes<FUSED>; R],
    epilogue: &Epilogue,
    at: usize,
    output: &mut [[f32; LANES]],
) {
    let (low, high) = (Lanes::splat(epilogue.low), Lanes::splat(epilogue.high));
    let residual = epilogue.residual.map(|values| &values[at..][..output.len()]);
    for (r, (output, &sum)) in output.iter_mut().zip(sums).enumerate() {
        let sum = residual.map_or(sum, |values| sum.plus(Lanes::load(&values[r])));
        sum.within(low, high).store(output);
    }
}

/// The patches under a window of a map of `channels` channels, as a map: what a convolution is a product of. A pixel's
/// values are those under the first tap, then those under the second; outside the map they are 0.
pub(crate) fn patches(map: &[[f32; LANES]], channels: usize, window: &Window) -> Vec<[f32; LANES]> {
    let (from, to) = (window.input[0] * window.input[1], window.output[0] * window.output[1]);
    let taps = window.size[0] * window.size[1];
    let mut patches = vec![[0.0; LANES]; (taps * channels).div_ceil(LANES) * to];
    for pixel in 0..to {
        let (y, x) = (pixel / window.output[1], pixel % window.output[1]);
        for ky in window.rows(y) {
            for kx in window.columns(x) {
                let source = window.source(y, ky, 0) * window.input[1] + window.source(x, kx, 1);
                let first = (ky * window.size[1] + kx) * channels;
                for channel in 0..channels {
                    let value = first + channel;
                    patches[value / LANES * to + pixel][value % LANES] =
                        map[channel / LANES * from + source][channel % LANES];
                }
            }
        }
    }
    patches
}
