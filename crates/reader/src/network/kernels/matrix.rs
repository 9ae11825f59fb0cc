//! A map times a packed matrix of weights: a pointwise convolution, and any other after im2col.

use super::{Epilogue, TOGETHER, Window};
use crate::simd::{LANES, Lanes, SIDE_BY_SIDE};

/// The weights that one input value is multiplied with for [`SIDE_BY_SIDE`] blocks of output channels. Natively a cache line,
/// aligned as one: a load across two lines takes two.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(target_family = "wasm"), repr(align(64)))]
struct Line([[f32; LANES]; SIDE_BY_SIDE]);

impl Line {
    /// The line that a block is in, and its index there.
    #[inline(always)]
    fn of(block: usize) -> [usize; 2] {
        let line = block / SIDE_BY_SIDE;
        [line, block - line * SIDE_BY_SIDE]
    }
}

/// A packed matrix of weights from `depth` input channels to the output channels. It is cut into panels, each for some lines of
/// output channels; in a panel the weights lie in the order in which the kernel reads them.
#[derive(Debug)]
pub(crate) struct PackedMatrix {
    depth: usize,
    /// How many lines a panel makes.
    wide: usize,
    /// Panel by panel, each `depth` times `wide` lines long. Channels beyond the matrix are 0.
    panels: Vec<Line>,
}

impl PackedMatrix {
    /// Packs the weights of each output channel, `depth` of them, in panels of so many lines, [`panel_width`] at most.
    pub(crate) fn new(depth: usize, wide: usize, weights: &[f32]) -> Self {
        let outputs = weights.len() / depth;
        let mut panels = vec![Line([[0.0; LANES]; SIDE_BY_SIDE]); outputs.div_ceil(LINE * wide) * depth * wide];
        for (nth, panel) in panels.chunks_exact_mut(depth * wide).enumerate() {
            let first = nth * LINE * wide;
            for channel in first..outputs.min(first + LINE * wide) {
                let place = channel - first;
                let ([line, block], lane) = (Line::of(place / LANES), place % LANES);
                for (lines, weight) in panel.chunks_exact_mut(wide).zip(&weights[channel * depth..][..depth]) {
                    lines[line].0[block][lane] = *weight;
                }
            }
        }
        Self { depth, wide, panels }
    }

    /// The same in panels of one line.
    pub(crate) fn narrow(self) -> Self {
        if self.wide == 1 {
            return self;
        }
        let Self { depth, wide, panels } = self;
        let mut narrow = Vec::with_capacity(panels.len());
        for panel in panels.chunks_exact(depth * wide) {
            (0..wide).for_each(|nth| narrow.extend(panel.iter().skip(nth).step_by(wide)));
        }
        Self { depth, wide: 1, panels: narrow }
    }

    /// How many lines a panel makes.
    pub(crate) fn wide(&self) -> usize {
        self.wide
    }

    /// All panels.
    pub(crate) fn panels(&self) -> Panels<'_> {
        Panels { depth: self.depth, wide: self.wide, lines: &self.panels }
    }
}

/// Output channels a line.
const LINE: usize = LANES * SIDE_BY_SIDE;

/// The most lines a panel may have.
const WIDEST: usize = if cfg!(target_family = "wasm") { 1 } else { 2 };

/// The fastest panel width, in lines, for so many output channels on this processor.
pub(crate) fn panel_width(outputs: usize) -> usize {
    #[cfg(not(target_family = "wasm"))]
    let has_512_bits = crate::simd::has_512_bits();
    #[cfg(target_family = "wasm")]
    let has_512_bits = false;
    if has_512_bits && outputs > LINE { WIDEST } else { 1 }
}

/// Some panels of a matrix.
#[derive(Clone, Copy)]
pub(crate) struct Panels<'a> {
    depth: usize,
    wide: usize,
    lines: &'a [Line],
}

impl Panels<'_> {
    /// The panel whose first block is `block`. Panels must be of one line.
    #[inline(always)]
    pub(crate) fn making(&self, block: usize) -> Self {
        let lines = &self.lines[block / SIDE_BY_SIDE * self.depth..][..self.depth];
        Self { lines, ..*self }
    }
}

/// A range of a map's pixels, and where its output goes.
#[derive(Clone, Copy)]
pub(crate) struct PixelRange {
    /// The first pixel.
    pub(crate) first: usize,
    /// The number of pixels.
    pub(crate) count: usize,
    /// The number of pixels of the whole map.
    pub(crate) of: usize,
    /// The stride between blocks of the output.
    pub(crate) block_stride: usize,
}

impl PixelRange {
    /// A map of so many pixels, to a map of as many.
    pub(crate) fn whole(pixels: usize) -> Self {
        Self { first: 0, count: pixels, of: pixels, block_stride: pixels }
    }
}

/// `output = epilogue(input * panels)`, the panels of `K` lines, in tiles of `R` pixels by at most `P` registers of output
/// channels. The range is a whole map or has at least `R` pixels. Where strips of `R` do not add up to it, some are of `S`; the
/// last strip may overlap the one before. A residual is of a whole map.
///
/// A tile's sums must stay in registers. Fastest, in pixels by blocks: 4 x 1 with 16 registers of 128 bits (x86-64 in wasm), 8
/// x 1 with 32 (arm64), 6 x 2 with 16 of 256 bits (AVX2), 14 x 4 with 32 of 512 bits (AVX-512), 20 x 2 there where a matrix has
/// two blocks.
#[cfg_attr(not(target_family = "wasm"), inline(always))]
#[cfg_attr(target_family = "wasm", inline(never))]
pub(crate) fn multiply<L: Lanes, const R: usize, const S: usize, const P: usize, const K: usize>(
    lanes: L,
    input: &[[f32; LANES]],
    panels: Panels,
    range: PixelRange,
    epilogue: &Epilogue,
    output: &mut [[f32; LANES]],
) {
    let filled;
    let (input, of) = if range.count < R {
        filled = filled_up::<R>(input, range.of);
        (filled.as_slice(), R)
    } else {
        (input, range.of)
    };
    let block_stride = range.block_stride;
    let map = Map { input, of, from: range.first, block_stride };
    let count = range.count.max(R);
    let strips = count.div_ceil(R);
    let short = ((strips * R - count) / (R - S)).min(strips);
    let long = strips - short;
    let together = (TOGETHER / (panels.depth * R * 4)).clamp(1, strips);
    debug_assert_eq!(panels.wide, K);
    let blocks = K * SIDE_BY_SIDE;
    let wide = (P * L::BLOCKS).min(blocks);
    for start in (0..strips).step_by(together) {
        let end = (start + together).min(strips);
        let long_ones = (start..end.min(long)).map(|strip| (strip * R).min(count - R));
        let short_ones = (start.max(long)..end).map(|strip| (strip * S + long * (R - S)).min(count - S));
        let panels = panels.lines.chunks_exact(panels.depth * K).zip(output.chunks_mut(block_stride * blocks));
        for (nth, (panel, output)) in panels.enumerate() {
            for (part, output) in output.chunks_mut(block_stride * wide).enumerate() {
                let first = part * wide;
                let [line, begins] = Line::of(first);
                let panel: Panel<K> = Panel { lines: panel, line, nth: begins };
                let block = nth * blocks + first;
                if P * L::BLOCKS <= blocks && output.len() > block_stride * L::BLOCKS {
                    map.strips::<_, R, P, K>(lanes, long_ones.clone(), panel, epilogue, block, output);
                    map.strips::<_, S, P, K>(lanes, short_ones.clone(), panel, epilogue, block, output);
                } else {
                    map.strips::<_, R, 1, K>(lanes, long_ones.clone(), panel, epilogue, block, output);
                    map.strips::<_, S, 1, K>(lanes, short_ones.clone(), panel, epilogue, block, output);
                }
            }
        }
    }
}

/// A panel, from one of its blocks on.
#[derive(Clone, Copy)]
struct Panel<'a, const K: usize> {
    /// `K` for each value.
    lines: &'a [Line],
    /// The line that the block is in, and its index there.
    line: usize,
    nth: usize,
}

/// The left operand: the pixels of a map, each block `of` pixels long, from one of them on. Blocks of the output lie
/// `block_stride` apart.
struct Map<'a> {
    input: &'a [[f32; LANES]],
    of: usize,
    from: usize,
    block_stride: usize,
}

impl Map<'_> {
    /// Strips of `R` pixels, which begin at the pixels `firsts`, times a panel, which makes `block` of the output and as many after
    /// it as `output` has room for.
    #[inline(always)]
    fn strips<L: Lanes, const R: usize, const P: usize, const K: usize>(
        &self,
        lanes: L,
        firsts: impl Iterator<Item = usize>,
        panel: Panel<K>,
        epilogue: &Epilogue,
        block: usize,
        output: &mut [[f32; LANES]],
    ) {
        let mut bias = [[0.0; LANES]; WIDEST * SIDE_BY_SIDE];
        bias.iter_mut().zip(&epilogue.bias[block..]).for_each(|(to, from)| *to = *from);
        let bias: [L::Values; P] = std::array::from_fn(|p| lanes.load(&bias[p * L::BLOCKS..]));
        let bounds = [epilogue.low, epilogue.high].map(|bound| lanes.splat(bound));
        let residual = epilogue.residual.map(|values| &values[block * self.block_stride..]);
        for first in firsts {
            let sums: [[_; R]; P] = self.tile(lanes, first, panel, &bias);
            for (p, sums) in sums.into_iter().enumerate() {
                let from = p * L::BLOCKS * self.block_stride + first;
                let residual = residual.map(|values| &values[from..]);
                self.finish(lanes, sums, residual, bounds, &mut output[from..]);
            }
        }
    }

    /// The epilogue of one register's blocks of a tile: adds the residual, clamps, and stores as many as the output has, from
    /// the tile's first pixel on.
    #[inline(always)]
    fn finish<L: Lanes, const R: usize>(
        &self,
        lanes: L,
        mut sums: [L::Values; R],
        residual: Option<&[[f32; LANES]]>,
        [low, high]: [L::Values; 2],
        output: &mut [[f32; LANES]],
    ) {
        if let Some(residual) = residual {
            for (r, sum) in sums.iter_mut().enumerate() {
                let of = |nth: usize| residual.get(nth * self.block_stride + r).copied().unwrap_or_default();
                *sum = lanes.plus(*sum, lanes.gather(of));
            }
        }
        for sum in &mut sums {
            *sum = lanes.clamp(*sum, low, high);
        }
        // With a constant count the compiler knows which part of a register is meant.
        for nth in 0..L::BLOCKS {
            let Some(output) = output.get_mut(nth * self.block_stride..) else { break };
            let length = output.len().min(self.block_stride);
            let output = &mut output[..length];
            let block = |sum| lanes.block(sum, nth);
            if let Some(output) = output.first_chunk_mut::<R>() {
                for r in 0..R {
                    output[r] = block(sums[r]);
                }
            } else {
                let mut blocks = [[0.0; LANES]; R];
                for r in 0..R {
                    blocks[r] = block(sums[r]);
                }
                output.copy_from_slice(&blocks[..output.len()]);
            }
        }
    }

    /// The strip that begins at pixel `first` times a panel.
    #[inline(always)]
    fn tile<L: Lanes, const R: usize, const P: usize, const K: usize>(
        &self,
        lanes: L,
        first: usize,
        panel: Panel<K>,
        bias: &[L::Values; P],
    ) -> [[L::Values; R]; P] {
        let mut sums = bias.map(|bias| [bias; R]);
        let Panel { lines, line, nth } = panel;
        for (pixels, lines) in self.input.chunks_exact(self.of).zip(lines.as_chunks::<K>().0.chunks(LANES)) {
            let Some(pixels) = pixels[self.from + first..].first_chunk::<R>() else { break };
            // Slices of known length: the loops below need no bounds check.
            for channel in 0..lines.len().min(LANES) {
                let lines = &lines[channel][if K > 1 { line } else { 0 }..];
                let weights: [L::Values; P] = std::array::from_fn(|p| {
                    let [line, further] = Line::of(p * L::BLOCKS);
                    lanes.load(&lines[line].0[nth + further..])
                });
                for (r, pixel) in pixels.iter().enumerate() {
                    let value = lanes.splat(pixel[channel]);
                    for (sums, &weights) in sums.iter_mut().zip(&weights) {
                        sums[r] = lanes.mul_add(sums[r], value, weights);
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

/// im2col as a map. A pixel's values are those of each of the `channels` under the first tap, then those under the second, and
/// so on; outside the input, whose values `input(channel, pixel)` gives, they are 0.
#[inline(always)]
pub(crate) fn im2col(input: impl Fn(usize, usize) -> f32, channels: usize, window: &Window) -> Vec<[f32; LANES]> {
    let pixels = window.output[0] * window.output[1];
    let taps = window.size[0] * window.size[1];
    let mut im2col = vec![[0.0; LANES]; (taps * channels).div_ceil(LANES) * pixels];
    for value in 0..taps * channels {
        let (tap, channel, lane) = (value / channels, value % channels, value % LANES);
        let (ky, kx) = (tap / window.size[1], tap % window.size[1]);
        // The tap lies inside the input for the pixels between two of a row.
        let columns = || (0..window.output[1]).filter(|&x| window.columns(x).contains(&kx));
        let Some((first, last)) = columns().next().zip(columns().next_back()) else { continue };
        let map = &mut im2col[value / LANES * pixels..][..pixels];
        for (y, row) in map.chunks_exact_mut(window.output[1]).enumerate() {
            if window.rows(y).contains(&ky) {
                let source = window.source(y, ky, 0) * window.input[1] + window.source(first, kx, 1);
                for (nth, patch) in row[first..=last].iter_mut().enumerate() {
                    patch[lane] = input(channel, source + nth * window.stride[1]);
                }
            }
        }
    }
    im2col
}
