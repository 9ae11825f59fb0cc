//! A convolution of each channel by itself.

use super::lanes::{LANES, Lanes};
use super::{Epilogue, TOGETHER, Window};

/// Registers of pixels that are made together: they share weights, and some of the input.
const REGISTERS: usize = 2;

/// `output = epilogue(input convolved with weights)`, channel by channel, from a map to a map of as many blocks.
/// `weights` has for each block the window's taps, row by row.
///
/// A register holds one block of as many pixels side by side as it has room for. A band of rows at a time is copied to
/// where zeros surround it, so that no pixel lies at an edge.
#[inline(always)]
pub(crate) fn depthwise<L: Lanes>(
    lanes: L,
    input: &[[f32; LANES]],
    weights: &[[f32; LANES]],
    window: &Window,
    epilogue: &Epilogue,
    output: &mut [[f32; LANES]],
) {
    let (from, to) = (window.input[0] * window.input[1], window.output[0] * window.output[1]);
    let taps = window.size[0] * window.size[1];
    let is_three = window.size == [3, 3] && window.dilation == [1, 1];
    let bounds = [epilogue.low, epilogue.high].map(|bound| lanes.splat(bound));
    let mut band = Band::new(window, REGISTERS * L::BLOCKS);
    for (block, weights) in weights.chunks_exact(taps).enumerate() {
        let residual = epilogue.residual.map(|values| &values[block * to..][..to]);
        let plane = Plane { lanes, weights, bias: lanes.gather(|_| epilogue.bias[block]), bounds };
        for first in (0..window.output[0]).step_by(band.rows) {
            band.fill(&input[block * from..][..from], window, first);
            let end = (first + band.rows).min(window.output[0]);
            let rows = &mut output[block * to..][first * window.output[1]..end * window.output[1]];
            for (y, output) in rows.chunks_exact_mut(window.output[1]).enumerate() {
                let residual = residual.map(|values| &values[(first + y) * window.output[1]..][..output.len()]);
                let rows = &band.values[y * window.stride[0] * band.width..];
                match (plane.weights.first_chunk(), window.stride[1]) {
                    (Some(weights), 1) if is_three => plane.row::<1>(weights, rows, band.width, residual, output),
                    (Some(weights), 2) if is_three => plane.row::<2>(weights, rows, band.width, residual, output),
                    _ => plane.any_row(window, rows, band.width, residual, output),
                }
            }
        }
    }
}

/// Some rows of a block of the input, with what lies outside it as zeros.
struct Band {
    values: Vec<[f32; LANES]>,
    /// Of a row, in pixels.
    width: usize,
    /// How many rows of the output it is enough for.
    rows: usize,
}

impl Band {
    /// Wide enough to make `together` pixels at a time.
    fn new(window: &Window, together: usize) -> Self {
        let reach = [0, 1].map(|axis| (window.size[axis] - 1) * window.dilation[axis] + 1);
        let last = window.output[1].next_multiple_of(together) - 1;
        let width = (last * window.stride[1] + reach[1]).max(window.padding[1] + window.input[1]);
        let most = TOGETHER / (width * size_of::<[f32; LANES]>());
        let rows = (most.saturating_sub(reach[0]) / window.stride[0] + 1).min(window.output[0]);
        let values = vec![[0.0; LANES]; ((rows - 1) * window.stride[0] + reach[0]) * width];
        Self { values, width, rows }
    }

    /// Takes what output row `first` and those after it are made of from a block of the input, and what the band of rows
    /// before had too from there.
    #[inline(always)]
    fn fill(&mut self, input: &[[f32; LANES]], window: &Window, first: usize) {
        let passed = self.rows * window.stride[0] * self.width;
        let known = if first == 0 { 0 } else { self.values.len().saturating_sub(passed) };
        if known > 0 {
            self.values.copy_within(passed.., 0);
        }
        for (y, row) in self.values.chunks_exact_mut(self.width).enumerate().skip(known / self.width) {
            let row = &mut row[window.padding[1]..][..window.input[1]];
            match (first * window.stride[0] + y).checked_sub(window.padding[0]) {
                Some(y) if y < window.input[0] => row.copy_from_slice(&input[y * row.len()..][..row.len()]),
                _ => row.fill([0.0; LANES]),
            }
        }
    }
}

/// One block of channels.
struct Plane<'a, L: Lanes> {
    lanes: L,
    weights: &'a [[f32; LANES]],
    bias: L::Values,
    bounds: [L::Values; 2],
}

impl<L: Lanes> Plane<'_, L> {
    /// A row of a 3 by 3 window that moves by `STRIDE`. `rows` begin with the row under the first taps.
    #[inline(always)]
    fn row<const STRIDE: usize>(
        &self,
        weights: &[[f32; LANES]; 9],
        rows: &[[f32; LANES]],
        width: usize,
        residual: Option<&[[f32; LANES]]>,
        output: &mut [[f32; LANES]],
    ) {
        let weights = weights.map(|weights| self.lanes.gather(|_| weights));
        let rows: [&[[f32; LANES]]; 3] = std::array::from_fn(|ky| &rows[ky * width..][..width]);
        let next = L::BLOCKS * STRIDE;
        for x in (0..output.len()).step_by(REGISTERS * L::BLOCKS) {
            let mut sums = [self.bias; REGISTERS];
            for (row, weights) in rows.iter().zip(weights.as_chunks::<3>().0) {
                let values = &row[x * STRIDE..][..(REGISTERS * L::BLOCKS - 1) * STRIDE + 3];
                let register = |column: usize| {
                    if STRIDE == 1 {
                        self.lanes.load(&values[column..])
                    } else {
                        self.lanes.gather(|nth| values[column + nth * STRIDE])
                    }
                };
                for (kx, &weights) in weights.iter().enumerate() {
                    sums[0] = self.lanes.plus_product(sums[0], register(kx), weights);
                    sums[1] = self.lanes.plus_product(sums[1], register(next + kx), weights);
                }
            }
            self.finish(sums[0], residual, x, output);
            if x + L::BLOCKS < output.len() {
                self.finish(sums[1], residual, x + L::BLOCKS, output);
            }
        }
    }

    /// A row of any window.
    #[inline(always)]
    fn any_row(
        &self,
        window: &Window,
        rows: &[[f32; LANES]],
        width: usize,
        residual: Option<&[[f32; LANES]]>,
        output: &mut [[f32; LANES]],
    ) {
        for x in (0..output.len()).step_by(L::BLOCKS) {
            let mut sum = self.bias;
            for (tap, &weights) in self.weights.iter().enumerate() {
                let (ky, kx) = (tap / window.size[1], tap % window.size[1]);
                let values = &rows[ky * window.dilation[0] * width + kx * window.dilation[1]..];
                let values = self.lanes.gather(|nth| values[(x + nth) * window.stride[1]]);
                sum = self.lanes.plus_product(sum, values, self.lanes.gather(|_| weights));
            }
            self.finish(sum, residual, x, output);
        }
    }

    /// Stores the pixels from `x` on, as far as the row has them.
    #[inline(always)]
    fn finish(&self, sum: L::Values, residual: Option<&[[f32; LANES]]>, x: usize, output: &mut [[f32; LANES]]) {
        let sum = residual.map_or(sum, |values| {
            self.lanes.plus(sum, self.lanes.gather(|nth| values.get(x + nth).copied().unwrap_or_default()))
        });
        let sum = self.lanes.within(sum, self.bounds[0], self.bounds[1]);
        let output = output[x..].iter_mut().take(L::BLOCKS);
        output.enumerate().for_each(|(nth, output)| *output = self.lanes.block(sum, nth));
    }
}
