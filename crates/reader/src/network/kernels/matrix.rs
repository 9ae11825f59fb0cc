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

/// Bytes of strips that are gone through for each panel, so that they stay in the nearest cache.
const STRIPS_BYTES: usize = 16 * 1024;

/// `output = epilogue(input * matrix)` for `pixels` pixels, as a map.
///
/// The input is asked for in strips of `R` pixels: `strip(first, values)` has to write `values[i][r]`, the value `i` of
/// pixel `first + r`; what it leaves of a pixel past the last is not used. So every loop runs over one piece of memory.
/// With 16 SIMD registers (x86-64) strips of 4 are fastest, with 32 (arm64, AVX-512) of 8.
#[inline(always)]
pub(crate) fn multiply<const R: usize, const FUSED: bool>(
    mut strip: impl FnMut(usize, &mut [[f32; R]]),
    matrix: &PackedMatrix,
    pixels: usize,
    epilogue: &Epilogue,
    output: &mut [[f32; LANES]],
) {
    let together = (STRIPS_BYTES / (matrix.depth * R * 4)).clamp(1, pixels.div_ceil(R));
    let mut strips = vec![[0.0; R]; together * matrix.depth];
    for start in (0..pixels).step_by(together * R) {
        let firsts = (start..pixels).step_by(R).take(together);
        for (first, values) in firsts.clone().zip(strips.chunks_exact_mut(matrix.depth)) {
            strip(first, values);
        }
        let panels = matrix.panels.chunks_exact(matrix.depth).zip(output.chunks_exact_mut(pixels));
        for (block, (panel, output)) in panels.enumerate() {
            let bias = Lanes::<FUSED>::load(&epilogue.bias[block]);
            for (first, values) in firsts.clone().zip(strips.chunks_exact(matrix.depth)) {
                let sums = tile(values, panel, bias);
                let output = &mut output[first..];
                match output.first_chunk_mut::<R>() {
                    Some(output) => finish(&sums, epilogue, block * pixels + first, output),
                    None => finish(&sums, epilogue, block * pixels + first, output),
                }
            }
        }
    }
}

/// One strip times one panel.
#[inline(always)]
fn tile<const R: usize, const FUSED: bool>(
    strip: &[[f32; R]],
    panel: &[[f32; LANES]],
    bias: Lanes<FUSED>,
) -> [Lanes<FUSED>; R] {
    let mut sums = [bias; R];
    for (values, weights) in strip.iter().zip(panel) {
        let weights = Lanes::load(weights);
        for (sum, &value) in sums.iter_mut().zip(values) {
            *sum = sum.plus_product(Lanes::splat(value), weights);
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

/// A strip of a map of `pixels` pixels: what [`multiply`] asks for when the convolution is pointwise.
#[inline(always)]
pub(crate) fn strip_of_map<const R: usize>(map: &[[f32; LANES]], pixels: usize, first: usize, values: &mut [[f32; R]]) {
    for (block, values) in map[first..].chunks(pixels).zip(values.chunks_mut(LANES)) {
        for (r, pixel) in block.iter().take(R.min(pixels - first)).enumerate() {
            for (value, &channel) in values.iter_mut().zip(pixel) {
                value[r] = channel;
            }
        }
    }
}

/// A strip of patches: what [`multiply`] asks for when a window of a map of `channels` channels is larger than a pixel.
/// A pixel's values are those under the first tap, then those under the second; outside the map they are 0.
#[inline(always)]
pub(crate) fn strip_of_patches<const R: usize>(
    map: &[[f32; LANES]],
    channels: usize,
    window: &Window,
    first: usize,
    values: &mut [[f32; R]],
) {
    let (columns, pixels) = (window.output[1], window.input[0] * window.input[1]);
    for r in 0..R.min(window.output[0] * columns - first) {
        let (y, x) = ((first + r) / columns, (first + r) % columns);
        let (rows_inside, columns_inside) = (window.rows(y), window.columns(x));
        for (tap, values) in values.chunks_exact_mut(channels).enumerate() {
            let (ky, kx) = (tap / window.size[1], tap % window.size[1]);
            if rows_inside.contains(&ky) && columns_inside.contains(&kx) {
                let pixel = window.source(y, ky, 0) * window.input[1] + window.source(x, kx, 1);
                for (values, block) in values.chunks_mut(LANES).zip(map[pixel..].iter().step_by(pixels)) {
                    values.iter_mut().zip(block).for_each(|(value, &channel)| value[r] = channel);
                }
            } else {
                values.iter_mut().for_each(|value| value[r] = 0.0);
            }
        }
    }
}
