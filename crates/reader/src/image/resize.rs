//! Resizing with the antialiased triangle filter of the preprocessing contract, to several sizes in one pass over a film.
//! `docs/decisions/resize.md` says why not by a library.

use std::collections::VecDeque;

use super::rows::Rows;
use crate::simd::{LANES, Lanes, SIDE_BY_SIDE, Work, dispatch};

/// Values processed together: as many as a register may hold.
const TOGETHER: usize = LANES * SIDE_BY_SIDE;
/// Source rows added at a time, so that sums are loaded and stored once for all of them.
const ROWS: usize = 4;
/// Blocks of a row processed at a time, so that those rows stay in the first-level cache.
const BLOCKS: usize = 64;

/// A picture's `rows`, of the same length, at each of `sizes`: width, then height.
pub(super) fn resize<const N: usize>(rows: &Rows, sizes: [[usize; 2]; N]) -> [Vec<u16>; N] {
    let mut targets = sizes.map(|to| Target::new(rows.size(), to));
    dispatch(Resize { rows, targets: &mut targets });
    targets.map(|target| target.luma)
}

struct Resize<'a> {
    rows: &'a Rows<'a>,
    targets: &'a mut [Target],
}

impl Work for Resize<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        let Self { rows, targets } = self;
        let [width, height] = rows.size();
        let mut values = [[[0.0; LANES]; BLOCKS]; ROWS];
        for first in (0..height).step_by(ROWS) {
            let end = height.min(first + ROWS);
            targets.iter_mut().for_each(|target| target.begin(end));
            for column in (0..width).step_by(BLOCKS * LANES) {
                for (values, row) in values.iter_mut().zip(first..end) {
                    rows.fetch(row, column, values.as_flattened_mut());
                }
                for target in &mut *targets {
                    target.add(lanes, first, column / LANES, &values);
                }
            }
            for target in &mut *targets {
                target.end(lanes, end);
            }
        }
    }
}

/// One output size, as far as it is computed.
struct Target {
    rows: Taps,
    columns: Taps,
    /// The sums of the output rows that have begun and not ended, the oldest first. Beyond the film's width they mean nothing.
    sums: VecDeque<Vec<[f32; LANES]>>,
    /// How many of the last sums are not initialised yet.
    begun: usize,
    /// Spare memory for sums.
    spare: Vec<Vec<[f32; LANES]>>,
    /// How many output rows have ended.
    ended: usize,
    /// The output row that ends.
    made: Vec<f32>,
    luma: Vec<u16>,
}

impl Target {
    fn new(from: [usize; 2], to: [usize; 2]) -> Self {
        let (rows, columns) = (Taps::new(from[1], to[1], 1), Taps::new(from[0], to[0], TOGETHER));
        let (made, luma) = (vec![0.0; to[0]], vec![0; to[0] * to[1]]);
        Self { rows, columns, sums: VecDeque::new(), begun: 0, spare: Vec::new(), ended: 0, made, luma }
    }

    /// Begins the output rows that read source rows before `end`.
    fn begin(&mut self, end: usize) {
        let going_on = self.sums.len();
        while self.rows.firsts.get(self.ended + self.sums.len()).is_some_and(|&first| first < end) {
            let new = || vec![[0.0; LANES]; self.columns.from.div_ceil(LANES)];
            self.sums.push_back(self.spare.pop().unwrap_or_else(new));
        }
        self.begun = self.sums.len() - going_on;
    }

    /// Adds source rows from `first` on, from block `block` on.
    #[inline(always)]
    fn add<L: Lanes>(&mut self, lanes: L, first: usize, block: usize, values: &[[[f32; LANES]; BLOCKS]; ROWS]) {
        let going_on = self.sums.len() - self.begun;
        for (nth, sums) in self.sums.iter_mut().enumerate() {
            let weights: [f32; ROWS] = std::array::from_fn(|row| self.rows.weight(self.ended + nth, first + row));
            let weights = weights.map(|weight| lanes.splat(weight));
            let end = sums.len().min(block + BLOCKS);
            for (at, sums) in sums[block..end].chunks_exact_mut(L::BLOCKS).enumerate() {
                let mut sum = if nth < going_on { lanes.load(sums) } else { lanes.splat(0.0) };
                for (values, &weight) in values.iter().zip(&weights) {
                    sum = lanes.mul_add(sum, lanes.load(&values[at * L::BLOCKS..]), weight);
                }
                sums.iter_mut().enumerate().for_each(|(nth, block)| *block = lanes.block(sum, nth));
            }
        }
    }

    /// Ends the output rows that read no source row from `end` on.
    #[inline(always)]
    fn end<L: Lanes>(&mut self, lanes: L, end: usize) {
        while self.rows.firsts.get(self.ended).is_some_and(|first| first + self.rows.length <= end) {
            let Some(sums) = self.sums.pop_front() else { break };
            let values = sums.as_flattened();
            let weights = self.columns.weights.chunks_exact(self.columns.length);
            for (made, (&first, weights)) in self.made.iter_mut().zip(self.columns.firsts.iter().zip(weights)) {
                *made = product(lanes, values[first..][..weights.len()].as_chunks().0, weights.as_chunks().0);
            }
            let row = &mut self.luma[self.ended * self.made.len()..];
            for (luma, &made) in row.iter_mut().zip(&self.made) {
                *luma = (made + 0.5) as u16;
            }
            self.spare.push(sums);
            self.ended += 1;
        }
    }
}

/// The dot product of values and weights.
#[inline(always)]
fn product<L: Lanes>(lanes: L, values: &[[f32; LANES]], weights: &[[f32; LANES]]) -> f32 {
    let mut sum = lanes.splat(0.0);
    for (values, weights) in values.chunks_exact(L::BLOCKS).zip(weights.chunks_exact(L::BLOCKS)) {
        sum = lanes.mul_add(sum, lanes.load(values), lanes.load(weights));
    }
    lanes.sum(sum)
}

/// The filter's taps along one axis.
pub(super) struct Taps {
    /// How many source samples there are, padded.
    from: usize,
    /// The first source sample of each output sample.
    firsts: Vec<usize>,
    /// The weights, as many for each output sample; 0 beside its taps.
    weights: Vec<f32>,
    length: usize,
}

impl Taps {
    /// A triangle over two samples of the result, or of the original if those are longer, which is cut off at the ends. The
    /// original is filled up to a multiple of `together`, and so is what counts of it.
    pub(super) fn new(from: usize, to: usize, together: usize) -> Self {
        let scale = from as f64 / to as f64;
        let reach = scale.max(1.0);
        let filled = from.next_multiple_of(together);
        let length = ((2.0 * reach).ceil() as usize).next_multiple_of(together).min(filled);
        let (mut firsts, mut weights) = (Vec::with_capacity(to), vec![0.0; to * length]);
        let mut triangle = Vec::with_capacity(length);
        for (nth, weights) in weights.chunks_exact_mut(length).enumerate() {
            let middle = (nth as f64 + 0.5) * scale - 0.5;
            let first = ((middle - reach).ceil().max(0.0) as usize).min(filled - length);
            triangle.clear();
            triangle.extend(
                (first..from.min(first + length)).map(|at| (1.0 - (at as f64 - middle).abs() / reach).max(0.0)),
            );
            let sum: f64 = triangle.iter().sum();
            firsts.push(first);
            weights.iter_mut().zip(&triangle).for_each(|(weight, share)| *weight = (share / sum) as f32);
        }
        Self { from: filled, firsts, weights, length }
    }

    /// The first source sample of each output sample, and the weights from there on.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, &[f32])> {
        self.firsts.iter().copied().zip(self.weights.chunks_exact(self.length))
    }

    /// What sample `from` of the original counts in sample `nth`.
    #[inline(always)]
    fn weight(&self, nth: usize, from: usize) -> f32 {
        match from.checked_sub(self.firsts[nth]) {
            Some(at) if at < self.length => self.weights[nth * self.length + at],
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By definition: every sample of the result by itself, in f64.
    fn defined(luma: &[u16], [width, height]: [usize; 2], [columns, rows]: [usize; 2]) -> Vec<f64> {
        let taps = |from: usize, to: usize, nth: usize| {
            let scale = from as f64 / to as f64;
            let middle = (nth as f64 + 0.5) * scale;
            let weight = |at: usize| (1.0 - (at as f64 + 0.5 - middle).abs() / scale.max(1.0)).max(0.0);
            let weights: Vec<f64> = (0..from).map(weight).collect();
            let sum: f64 = weights.iter().sum();
            weights.into_iter().map(move |weight| weight / sum).collect::<Vec<_>>()
        };
        let sample = |row: usize, column: usize| {
            let (down, across) = (taps(height, rows, row), taps(width, columns, column));
            let line = |y: usize| -> f64 { (0..width).map(|x| across[x] * f64::from(luma[y * width + x])).sum() };
            (0..height).filter(|&y| down[y] > 0.0).map(|y| down[y] * line(y)).sum::<f64>()
        };
        (0..rows * columns).map(|i| sample(i / columns, i % columns)).collect()
    }

    /// Values that look random and are the same on every run.
    fn noise(count: usize) -> Vec<u16> {
        (0..count as u32).map(|i| ((i ^ i >> 7).wrapping_mul(0x9E37_79B1) >> 16) as u16).collect()
    }

    #[test]
    fn every_sample_is_as_defined() {
        let sizes = [[1, 1], [2, 3], [7, 5], [16, 16], [24, 9], [31, 40], [90, 33]];
        for from in [[1, 1], [3, 2], [5, 17], [16, 4], [33, 31], [100, 67]] {
            let luma = noise(from[0] * from[1]);
            let rows = Rows::Sixteen(luma.chunks_exact(from[0]).collect());
            for (to, made) in sizes.into_iter().zip(resize(&rows, sizes)) {
                for (made, defined) in made.iter().zip(defined(&luma, from, to)) {
                    assert!((f64::from(*made) - defined).abs() < 0.6, "{from:?} to {to:?}: {made} for {defined}");
                }
            }
        }
    }

    #[test]
    fn a_wide_film_is_gone_through_in_pieces() {
        let from = [2 * BLOCKS * LANES + 5, 9];
        let luma = noise(from[0] * from[1]);
        let [made] = resize(&Rows::Sixteen(luma.chunks_exact(from[0]).collect()), [[40, 3]]);
        for (made, defined) in made.iter().zip(defined(&luma, from, [40, 3])) {
            assert!((f64::from(*made) - defined).abs() < 0.6, "{made} for {defined}");
        }
    }

    #[test]
    fn what_is_of_one_grey_stays_so() {
        for grey in [0, 1, 32_768, u16::MAX] {
            let [made] = resize(&Rows::Sixteen(vec![&[grey; 301]; 203]), [[224, 224]]);
            assert!(made.iter().all(|made| *made == grey), "{grey}");
        }
    }
}
