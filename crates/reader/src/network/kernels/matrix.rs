//! Every pixel times one matrix of weights: a pointwise convolution, and any other once its patches are in a row.

use std::ops::Range;

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

/// `output = epilogue(input * matrix)` for a map of `pixels` pixels, in tiles of `R` pixels by `P` panels. The last strip of
/// pixels begins early enough to be a whole one; panels that are left over are gone through one by one.
///
/// A tile's sums stay in registers if there are enough: with 16 of 128 bits (x86-64 in wasm) 4 by 1 is fastest, with 32
/// (arm64) 8 by 1, with 16 of 256 bits (AVX2) 6 by 2.
#[inline(always)]
pub(crate) fn multiply<const R: usize, const P: usize, const FUSED: bool>(
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
    let map = Map { input, stride, pixels };
    let strips = pixels.div_ceil(R);
    let together = (TOGETHER / (matrix.depth * R * 4)).clamp(1, strips);
    for start in (0..strips).step_by(together) {
        let strips = start..(start + together).min(strips);
        let panels = matrix.panels.chunks(matrix.depth * P).zip(output.chunks_mut(pixels * P));
        for (group, (panels, output)) in panels.enumerate() {
            let block = group * P;
            if panels.len() == matrix.depth * P {
                map.strips::<R, P, FUSED>(strips.clone(), panels, epilogue, block, output);
            } else {
                let panels = panels.chunks_exact(matrix.depth).zip(output.chunks_exact_mut(pixels));
                for (nth, (panel, output)) in panels.enumerate() {
                    map.strips::<R, 1, FUSED>(strips.clone(), panel, epilogue, block + nth, output);
                }
            }
        }
    }
}

/// What is multiplied: the pixels of a map, each block `stride` of them long.
struct Map<'a> {
    input: &'a [[f32; LANES]],
    stride: usize,
    pixels: usize,
}

impl Map<'_> {
    /// Some strips times `P` panels, of which the first makes `block`.
    #[inline(always)]
    fn strips<const R: usize, const P: usize, const FUSED: bool>(
        &self,
        strips: Range<usize>,
        panels: &[[f32; LANES]],
        epilogue: &Epilogue,
        block: usize,
        output: &mut [[f32; LANES]],
    ) {
        let depth = panels.len() / P;
        let panels: [&[[f32; LANES]]; P] = std::array::from_fn(|p| &panels[p * depth..][..depth]);
        let bias: [Lanes<FUSED>; P] = std::array::from_fn(|p| Lanes::load(&epilogue.bias[block + p]));
        for strip in strips {
            let first = (strip * R).min(self.stride - R);
            let sums: [[_; R]; P] = self.tile(first, &panels, &bias);
            for (p, sums) in sums.iter().enumerate() {
                let output = &mut output[p * self.pixels..][..self.pixels][first..];
                let at = (block + p) * self.pixels + first;
                match output.first_chunk_mut::<R>() {
                    Some(output) => finish(sums, epilogue, at, output),
                    None => finish(sums, epilogue, at, output),
                }
            }
        }
    }

    /// The strip that begins at pixel `first` times `P` panels.
    #[inline(always)]
    fn tile<const R: usize, const P: usize, const FUSED: bool>(
        &self,
        first: usize,
        panels: &[&[[f32; LANES]]; P],
        bias: &[Lanes<FUSED>; P],
    ) -> [[Lanes<FUSED>; R]; P] {
        let mut sums = bias.map(|bias| [bias; R]);
        for (block, pixels) in self.input.chunks_exact(self.stride).enumerate() {
            let Some(pixels) = pixels[first..].first_chunk::<R>() else { break };
            let from = block * LANES;
            let channels = (panels[0].len() - from.min(panels[0].len())).min(LANES);
            let weights: [&[[f32; LANES]]; P] = panels.map(|panel| &panel[panel.len().min(from)..][..channels]);
            for channel in 0..channels {
                let weights: [Lanes<FUSED>; P] = weights.map(|weights| Lanes::load(&weights[channel]));
                for (r, pixel) in pixels.iter().enumerate() {
                    let value = Lanes::splat(pixel[channel]);
                    for (sums, &weights) in sums.iter_mut().zip(&weights) {
                        sums[r] = sums[r].plus_product(value, weights);
                    }
                }
            }
        }
        sums
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

/// The patches under a window, as a map: what a convolution is a product of. A pixel's values are those of each of the
/// `channels` under the first tap, then those under the second; outside the input, whose values `input(channel, pixel)`
/// gives, they are 0.
#[inline(always)]
pub(crate) fn patches(input: impl Fn(usize, usize) -> f32, channels: usize, window: &Window) -> Vec<[f32; LANES]> {
    let pixels = window.output[0] * window.output[1];
    let taps = window.size[0] * window.size[1];
    let mut patches = vec![[0.0; LANES]; (taps * channels).div_ceil(LANES) * pixels];
    let columns: Vec<_> = (0..window.output[1]).map(|x| window.columns(x)).collect();
    for value in 0..taps * channels {
        let (tap, channel) = (value / channels, value % channels);
        let (ky, kx) = (tap / window.size[1], tap % window.size[1]);
        let rows = patches[value / LANES * pixels..][..pixels].chunks_exact_mut(window.output[1]);
        for (y, row) in rows.enumerate().filter(|(y, _)| window.rows(*y).contains(&ky)) {
            let source = window.source(y, ky, 0) * window.input[1];
            for (x, patch) in row.iter_mut().enumerate().filter(|(x, _)| columns[*x].contains(&kx)) {
                patch[value % LANES] = input(channel, source + window.source(x, kx, 1));
            }
        }
    }
    patches
}
