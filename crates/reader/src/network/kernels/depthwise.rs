//! Depthwise convolution: each channel by itself.

use super::matrix::{Panels, PixelRange, multiply};
use super::{Epilogue, Window};
use crate::simd::{LANES, Lanes, SIDE_BY_SIDE};

/// Registers of output pixels computed together: they share weights and part of the input.
const REGISTERS: usize = 2;

/// The input of a depthwise convolution, row by row.
pub(crate) trait InputRows {
    /// Writes row `y` of some blocks of channels, of which `first` is the first: of each to where the next `block_stride` values begin,
    /// as far as `to` has them. They are at most [`SIDE_BY_SIDE`], and `first` is a multiple of that.
    fn row(&mut self, lanes: impl Lanes, first: usize, y: usize, to: &mut [[f32; LANES]], block_stride: usize);
}

/// A map in memory.
pub(crate) struct MapRows<'a> {
    pub(crate) map: &'a [[f32; LANES]],
    /// Rows, columns.
    pub(crate) size: [usize; 2],
}

impl InputRows for MapRows<'_> {
    #[inline(always)]
    fn row(&mut self, _: impl Lanes, first: usize, y: usize, to: &mut [[f32; LANES]], block_stride: usize) {
        let [rows, columns] = self.size;
        for (nth, to) in to.chunks_mut(block_stride).enumerate() {
            to[..columns].copy_from_slice(&self.map[((first + nth) * rows + y) * columns..][..columns]);
        }
    }
}

/// A map that [`multiply`] computes row by row as it is read. As a whole it would be as large as the near caches or larger, and
/// would be written only to be read once. `R`, `S` and `P` are as in [`multiply`].
pub(crate) struct FusedRows<'a, const R: usize, const S: usize, const P: usize> {
    /// The left operand.
    pub(crate) input: &'a [[f32; LANES]],
    /// The weights, every panel.
    pub(crate) panels: Panels<'a>,
    /// Without a residual.
    pub(crate) epilogue: Epilogue<'a>,
    /// Rows, columns, of both maps.
    pub(crate) size: [usize; 2],
    /// Scratch for [`SIDE_BY_SIDE`] blocks.
    pub(crate) scratch: &'a mut [[f32; LANES]],
    /// The first of the blocks that are computed whole.
    pub(crate) made: Option<usize>,
}

impl<const R: usize, const S: usize, const P: usize> InputRows for FusedRows<'_, R, S, P> {
    #[inline(always)]
    fn row(&mut self, lanes: impl Lanes, first: usize, y: usize, to: &mut [[f32; LANES]], block_stride: usize) {
        /// Blocks of at most this many bytes stay in a near cache: computed whole, they are cut into fewer strips.
        const NEAR: usize = 64 * 1024;
        let [rows, columns] = self.size;
        let (panels, pixels) = (self.panels.making(first), rows * columns);
        let epilogue = Epilogue { bias: &self.epilogue.bias[first..], ..self.epilogue };
        if columns >= R && pixels * size_of::<[[f32; LANES]; SIDE_BY_SIDE]>() > NEAR {
            let range = PixelRange { first: y * columns, count: columns, of: pixels, block_stride };
            return multiply::<_, R, S, P, 1>(lanes, self.input, panels, range, &epilogue, to);
        }
        if self.made != Some(first) {
            let made = &mut self.scratch[..to.len().div_ceil(block_stride) * pixels];
            multiply::<_, R, S, P, 1>(lanes, self.input, panels, PixelRange::whole(pixels), &epilogue, made);
            self.made = Some(first);
        }
        MapRows { map: self.scratch, size: self.size }.row(lanes, 0, y, to, block_stride);
    }
}

/// `output = epilogue(input convolved with weights)`, channel by channel, from a map to a map of as many blocks.
/// `weights` has for each block the window's taps, row by row.
///
/// A register holds one block of as many neighbouring pixels as fit. The rows under a window are copied into a zero-padded
/// band, so that no pixel is a special case at an edge.
#[inline(always)]
pub(crate) fn depthwise<L: Lanes>(
    lanes: L,
    input: &mut impl InputRows,
    weights: &[[f32; LANES]],
    window: &Window,
    epilogue: &Epilogue,
    output: &mut [[f32; LANES]],
) {
    let to = window.output[0] * window.output[1];
    let taps = window.size[0] * window.size[1];
    let is_three = window.size == [3, 3];
    let bounds = [epilogue.low, epilogue.high].map(|bound| lanes.splat(bound));
    let mut band = Band::new(window, REGISTERS * L::BLOCKS);
    let blocks = weights.chunks(SIDE_BY_SIDE * taps).zip(output.chunks_mut(SIDE_BY_SIDE * to));
    for (first, (weights, output)) in blocks.enumerate().map(|(nth, both)| (nth * SIDE_BY_SIDE, both)) {
        band.filled = 0;
        for y in 0..window.output[0] {
            band.fill(lanes, input, window, first, output.len() / to, y * window.stride[0]);
            let blocks = weights.chunks_exact(taps).zip(output.chunks_exact_mut(to));
            for (nth, (weights, output)) in blocks.enumerate() {
                let block = ChannelBlock { lanes, weights, bias: lanes.gather(|_| epilogue.bias[first + nth]), bounds };
                let output = &mut output[y * window.output[1]..][..window.output[1]];
                let residual = epilogue.residual.map(|values| &values[(first + nth) * to + y * output.len()..]);
                let row = |ky: usize| band.row(nth, ky * window.dilation[0]);
                match (block.weights.first_chunk(), window.stride[1], window.dilation[1]) {
                    (Some(weights), 1, 1) if is_three => block.row::<1>(weights, 1, row, residual, output),
                    (Some(weights), 2, 1) if is_three => block.row::<2>(weights, 1, row, residual, output),
                    (Some(weights), 1, apart) if is_three => block.row::<1>(weights, apart, row, residual, output),
                    (Some(weights), 2, apart) if is_three => block.row::<2>(weights, apart, row, residual, output),
                    _ => block.any_row(window, row, residual, output),
                }
            }
        }
    }
}

/// A zero-padded ring of as many input rows, of some blocks, as a window covers. Rows are counted from the first under a
/// window; a new row replaces the oldest.
struct Band {
    values: Vec<[f32; LANES]>,
    /// Length of a row in pixels.
    width: usize,
    /// Rows of a block.
    height: usize,
    /// The slot of the window's first row.
    top: usize,
    /// The first row not loaded yet.
    filled: usize,
}

impl Band {
    /// Wide enough to compute `together` pixels at a time.
    fn new(window: &Window, together: usize) -> Self {
        let reach = [0, 1].map(|axis| (window.size[axis] - 1) * window.dilation[axis] + 1);
        let last = window.output[1].next_multiple_of(together) - 1;
        let width = (last * window.stride[1] + reach[1]).max(window.padding[1] + window.input[1]);
        Self { values: vec![[0.0; LANES]; SIDE_BY_SIDE * reach[0] * width], width, height: reach[0], top: 0, filled: 0 }
    }

    /// Loads the missing rows of the window that begins at row `top`, of `count` blocks from `first` on.
    #[inline(always)]
    fn fill(
        &mut self,
        lanes: impl Lanes,
        input: &mut impl InputRows,
        window: &Window,
        first: usize,
        count: usize,
        top: usize,
    ) {
        let block_stride = self.height * self.width;
        for row in self.filled.max(top)..top + self.height {
            let begin = row % self.height * self.width + window.padding[1];
            let to = &mut self.values[begin..(count - 1) * block_stride + begin + window.input[1]];
            match row.checked_sub(window.padding[0]) {
                Some(y) if y < window.input[0] => input.row(lanes, first, y, to, block_stride),
                _ => to.chunks_mut(block_stride).for_each(|to| to[..window.input[1]].fill([0.0; LANES])),
            }
        }
        self.filled = top + self.height;
        self.top = top % self.height;
    }

    /// The row of block `nth` that is `below` the window's first.
    #[inline(always)]
    fn row(&self, nth: usize, below: usize) -> &[[f32; LANES]] {
        let at = self.top + below;
        // The remainder without a division.
        let at = if at < self.height { at } else { at - self.height };
        &self.values[(nth * self.height + at) * self.width..][..self.width]
    }
}

/// One block of channels.
struct ChannelBlock<'a, L: Lanes> {
    lanes: L,
    weights: &'a [[f32; LANES]],
    bias: L::Values,
    bounds: [L::Values; 2],
}

impl<L: Lanes> ChannelBlock<'_, L> {
    /// A row of a 3 by 3 window that moves by `STRIDE` and whose taps lie `apart` pixels apart. `row(ky)` is the row under the
    /// taps `ky`. Inlined with a constant `apart`, it checks no bounds between the taps.
    #[inline(always)]
    fn row<'b, const STRIDE: usize>(
        &self,
        weights: &[[f32; LANES]; 9],
        apart: usize,
        row: impl Fn(usize) -> &'b [[f32; LANES]],
        residual: Option<&[[f32; LANES]]>,
        output: &mut [[f32; LANES]],
    ) {
        let weights = weights.map(|weights| self.lanes.gather(|_| weights));
        let rows: [&[[f32; LANES]]; 3] = std::array::from_fn(row);
        let next = L::BLOCKS * STRIDE;
        for x in (0..output.len()).step_by(REGISTERS * L::BLOCKS) {
            let mut sums = [self.bias; REGISTERS];
            for (row, weights) in rows.iter().zip(weights.as_chunks::<3>().0) {
                let reach = (REGISTERS * L::BLOCKS - 1) * STRIDE + 1;
                let values = &row[x * STRIDE..][..reach + 2 * apart];
                for (kx, &weights) in weights.iter().enumerate() {
                    let values = &values[kx * apart..][..reach];
                    let register = |column: usize| {
                        if STRIDE == 1 {
                            self.lanes.load(&values[column..])
                        } else {
                            self.lanes.gather(|nth| values[column + nth * STRIDE])
                        }
                    };
                    sums[0] = self.lanes.mul_add(sums[0], register(0), weights);
                    sums[1] = self.lanes.mul_add(sums[1], register(next), weights);
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
    fn any_row<'b>(
        &self,
        window: &Window,
        row: impl Fn(usize) -> &'b [[f32; LANES]],
        residual: Option<&[[f32; LANES]]>,
        output: &mut [[f32; LANES]],
    ) {
        for x in (0..output.len()).step_by(L::BLOCKS) {
            let mut sum = self.bias;
            for (tap, &weights) in self.weights.iter().enumerate() {
                let (ky, kx) = (tap / window.size[1], tap % window.size[1]);
                let values = &row(ky)[kx * window.dilation[1]..];
                let values = self.lanes.gather(|nth| values[(x + nth) * window.stride[1]]);
                sum = self.lanes.mul_add(sum, values, self.lanes.gather(|_| weights));
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
        let sum = self.lanes.clamp(sum, self.bounds[0], self.bounds[1]);
        // With a constant count the compiler knows which part of a register is meant.
        for nth in 0..L::BLOCKS {
            if let Some(output) = output.get_mut(x + nth) {
                *output = self.lanes.block(sum, nth);
            }
        }
    }
}
