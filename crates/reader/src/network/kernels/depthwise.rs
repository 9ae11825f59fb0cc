//! A convolution of each channel by itself.

use std::ops::Range;

use super::lanes::{Block, LANES};
use super::{Epilogue, Window};

/// `output = epilogue(input convolved with weights)`, channel by channel, from a map to a map of as many blocks.
/// `weights` has for each block the window's taps, row by row.
#[inline(always)]
pub(crate) fn depthwise<B: Block>(
    one: B,
    input: &[[f32; LANES]],
    weights: &[[f32; LANES]],
    window: &Window,
    epilogue: &Epilogue,
    output: &mut [[f32; LANES]],
) {
    let (from, to) = (window.input[0] * window.input[1], window.output[0] * window.output[1]);
    let inside = Inside {
        rows: (0..window.output[0]).map(|y| window.rows(y)).collect(),
        columns: (0..window.output[1]).map(|x| window.columns(x)).collect(),
        outside: vec![[0.0; LANES]; window.input[1]],
    };
    let maps = input.chunks_exact(from).zip(output.chunks_exact_mut(to));
    let taps = weights.chunks_exact(window.size[0] * window.size[1]);
    let is_three = window.size == [3, 3] && window.dilation == [1, 1];
    for (block, ((input, output), weights)) in maps.zip(taps).enumerate() {
        let residual = epilogue.residual.map(|values| &values[block * to..][..to]);
        let bounds = [epilogue.low, epilogue.high].map(|bound| one.splat(bound));
        let bias = one.load(&epilogue.bias[block..]);
        let plane = Plane { one, input, weights, bias, residual, window, inside: &inside, bounds };
        for (y, output) in output.chunks_exact_mut(window.output[1]).enumerate() {
            match (weights.first_chunk(), window.stride[1]) {
                (Some(weights), 1) if is_three => plane.row::<1>(weights, y, output),
                (Some(weights), 2) if is_three => plane.row::<2>(weights, y, output),
                _ => plane.pixels(y, 0..output.len(), output),
            }
        }
    }
}

/// The taps that lie inside the input, for each output row and for each output column; and a row of the outside.
struct Inside {
    rows: Vec<Range<usize>>,
    columns: Vec<Range<usize>>,
    outside: Vec<[f32; LANES]>,
}

/// One block of channels.
struct Plane<'a, B: Block> {
    one: B,
    input: &'a [[f32; LANES]],
    weights: &'a [[f32; LANES]],
    bias: B::Values,
    residual: Option<&'a [[f32; LANES]]>,
    window: &'a Window,
    inside: &'a Inside,
    bounds: [B::Values; 2],
}

impl<B: Block> Plane<'_, B> {
    /// A row of a 3 by 3 window that moves by `STRIDE`: two pixels at a time, which share weights and some of the input.
    #[inline(always)]
    fn row<const STRIDE: usize>(&self, weights: &[[f32; LANES]; 9], y: usize, output: &mut [[f32; LANES]]) {
        let window = self.window;
        let width = window.input[1];
        let first = window.padding[1].div_ceil(STRIDE).min(output.len());
        let rows: [&[[f32; LANES]]; 3] = std::array::from_fn(|ky| {
            let is_inside = self.inside.rows[y].contains(&ky);
            if is_inside { &self.input[window.source(y, ky, 0) * width..][..width] } else { &self.inside.outside[..] }
        });
        self.pixels(y, 0..first, output);
        let mut x = first;
        let mut column = first * STRIDE - window.padding[1];
        while x + 2 <= output.len() && column + STRIDE + 3 <= width {
            let mut sums = [self.bias; 2];
            for (row, weights) in rows.iter().zip(weights.as_chunks::<3>().0) {
                let values = &row[column..][..STRIDE + 3];
                let values: [B::Values; 5] = std::array::from_fn(|i| self.one.load(&values[i.min(STRIDE + 2)..]));
                for (kx, weights) in weights.iter().enumerate() {
                    let weights = self.one.load(std::slice::from_ref(weights));
                    sums[0] = self.one.plus_product(sums[0], values[kx], weights);
                    sums[1] = self.one.plus_product(sums[1], values[kx + STRIDE], weights);
                }
            }
            self.finish(sums[0], y, x, output);
            self.finish(sums[1], y, x + 1, output);
            x += 2;
            column += 2 * STRIDE;
        }
        self.pixels(y, x..output.len(), output);
    }

    /// Some pixels of a row, with any window: what of it lies outside counts as 0.
    #[inline(always)]
    fn pixels(&self, y: usize, columns: Range<usize>, output: &mut [[f32; LANES]]) {
        let window = self.window;
        for x in columns {
            let mut sum = self.bias;
            for ky in self.inside.rows[y].clone() {
                for kx in self.inside.columns[x].clone() {
                    let pixel = window.source(y, ky, 0) * window.input[1] + window.source(x, kx, 1);
                    let weights = self.one.load(&self.weights[ky * window.size[1] + kx..]);
                    sum = self.one.plus_product(sum, self.one.load(&self.input[pixel..]), weights);
                }
            }
            self.finish(sum, y, x, output);
        }
    }

    #[inline(always)]
    fn finish(&self, sum: B::Values, y: usize, x: usize, output: &mut [[f32; LANES]]) {
        let residual = self.residual.map(|values| self.one.load(&values[y * self.window.output[1] + x..]));
        let sum = residual.map_or(sum, |residual| self.one.plus(sum, residual));
        let sum = self.one.within(sum, self.bounds[0], self.bounds[1]);
        output[x] = self.one.block(sum, 0);
    }
}
