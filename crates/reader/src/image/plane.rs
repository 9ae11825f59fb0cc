use super::resize::Taps;
use crate::{Radiograph, Rectangle};

/// A small picture to measure on: luma `0..=1`, or another value of every place, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) values: Vec<f32>,
}

impl Plane {
    /// A film as it is.
    pub(crate) fn of(film: &Radiograph) -> Self {
        let values = film.luma().iter().map(|&v| f32::from(v) / 65535.0).collect();
        Self { width: film.width() as usize, height: film.height() as usize, values }
    }

    /// The value at a column and a row.
    pub(crate) fn at(&self, x: usize, y: usize) -> f32 {
        self.values[y * self.width + x]
    }

    /// The values without an eighth of the picture at each edge.
    pub(crate) fn middle(&self) -> impl Iterator<Item = f32> {
        let (left, top) = (self.width / 8, self.height / 8);
        let rows = self.values.chunks_exact(self.width).take(self.height - top).skip(top);
        rows.flat_map(move |row| row[left..self.width - left].iter().copied())
    }

    /// Smoothed by the binomial 1-4-6-4-1 along both axes, edges repeated.
    pub(crate) fn smooth(&self) -> Self {
        const KERNEL: [f32; 5] = [0.0625, 0.25, 0.375, 0.25, 0.0625];
        let (width, height) = (self.width, self.height);
        let clamped = |at: usize, tap: usize, end: usize| (at + tap).saturating_sub(2).min(end - 1);
        let mut across = vec![0.0; self.values.len()];
        let mut repeated = vec![0.0; width + 4];
        for (from, to) in self.values.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
            repeated[..2].fill(from[0]);
            repeated[2..width + 2].copy_from_slice(from);
            repeated[width + 2..].fill(from[width - 1]);
            for (value, taps) in to.iter_mut().zip(repeated.windows(5)) {
                *value = KERNEL.iter().zip(taps).map(|(weight, v)| weight * v).sum();
            }
        }
        let mut values = vec![0.0; self.values.len()];
        for (y, to) in values.chunks_exact_mut(width).enumerate() {
            for (tap, weight) in KERNEL.iter().enumerate() {
                let row = clamped(y, tap, height) * width;
                to.iter_mut().zip(&across[row..row + width]).for_each(|(sum, v)| *sum += weight * v);
            }
        }
        Self { width, height, values }
    }

    /// Every value changed by itself.
    pub(crate) fn map(&self, change: impl Fn(f32) -> f32) -> Self {
        Self { values: self.values.iter().map(|&value| change(value)).collect(), ..*self }
    }

    /// With the antialiased triangle filter, as [`Radiograph::resize`].
    pub(crate) fn resize(&self, width: usize, height: usize) -> Self {
        let (across, down) = (Taps::new(self.width, width, 1), Taps::new(self.height, height, 1));
        let mut lines = Vec::with_capacity(width * self.height);
        for row in self.values.chunks_exact(self.width) {
            lines.extend(across.each().map(|(first, weights)| -> f32 {
                row[first..].iter().zip(weights).map(|(value, weight)| value * weight).sum()
            }));
        }
        let mut values = Vec::with_capacity(width * height);
        for (first, weights) in down.each() {
            let at =
                |x: usize| weights.iter().zip(first..).map(|(weight, y)| weight * lines[y * width + x]).sum::<f32>();
            values.extend((0..width).map(at));
        }
        Self { width, height, values }
    }

    /// What lies in `window`, so wide and high, each value between the four that are nearest; beyond the picture its edge is drawn out.
    pub(crate) fn resampled(&self, window: Rectangle, [width, height]: [usize; 2]) -> Self {
        let places = |from: usize, to: usize, start: f32, length: f32| -> Vec<(usize, usize, f32)> {
            let place = |i: usize| {
                let at = (start + length * (i as f32 + 0.5) / to as f32) * from as f32 - 0.5;
                let at = at.clamp(0.0, (from - 1) as f32);
                (at as usize, (at as usize + 1).min(from - 1), at.fract())
            };
            (0..to).map(place).collect()
        };
        let across = places(self.width, width, window.left, window.width());
        let down = places(self.height, height, window.top, window.height());
        let mut values = Vec::with_capacity(width * height);
        for (y, below, along_y) in down {
            values.extend(across.iter().map(|&(x, beside, along_x)| {
                let between = |y: usize| self.at(x, y) * (1.0 - along_x) + self.at(beside, y) * along_x;
                between(y) * (1.0 - along_y) + between(below) * along_y
            }));
        }
        Self { width, height, values }
    }

    /// The largest value within `reach` columns and rows of each.
    pub(crate) fn widened(&self, reach: usize) -> Self {
        let near = |line: &[f32], at: usize| {
            line[at.saturating_sub(reach)..line.len().min(at + reach + 1)]
                .iter()
                .copied()
                .fold(f32::NEG_INFINITY, f32::max)
        };
        self.along_both(&|line| (0..line.len()).map(|at| near(line, at)).collect())
    }

    /// Blurred by a Gaussian of this standard deviation in pixels, cut off at three of them, edges repeated.
    pub(crate) fn blurred(&self, deviation: f32) -> Self {
        let reach = ((3.0 * deviation + 0.5) as usize).max(1);
        let taps: Vec<f32> =
            (0..=2 * reach).map(|i| (-(i as f32 - reach as f32).powi(2) / (2.0 * deviation.powi(2))).exp()).collect();
        let sum: f32 = taps.iter().sum();
        self.along_both(&|line| {
            let repeated = [vec![line[0]; reach], line.to_vec(), vec![line[line.len() - 1]; reach]].concat();
            repeated
                .windows(taps.len())
                .map(|near| near.iter().zip(&taps).map(|(v, tap)| v * tap).sum::<f32>() / sum)
                .collect()
        })
    }

    /// Each row changed by itself, and then each column.
    fn along_both(&self, change: &dyn Fn(&[f32]) -> Vec<f32>) -> Self {
        let rows = Self { values: self.values.chunks_exact(self.width).flat_map(change).collect(), ..*self };
        let columns = rows.transposed();
        Self { values: columns.values.chunks_exact(columns.width).flat_map(change).collect(), ..columns }.transposed()
    }

    fn transposed(&self) -> Self {
        let column = |x: usize| self.values[x..].iter().step_by(self.width).copied();
        Self { width: self.height, height: self.width, values: (0..self.width).flat_map(column).collect() }
    }

    /// Every other column and row.
    pub(crate) fn halved(&self) -> Self {
        let values =
            self.values.chunks_exact(self.width).step_by(2).flat_map(|row| row.iter().step_by(2).copied()).collect();
        Self { width: self.width.div_ceil(2), height: self.height.div_ceil(2), values }
    }
}

/// The value below which `share` of the values lie (the nearest one of them). Their order is lost.
pub(crate) fn percentile(values: &mut [f32], share: f64) -> f32 {
    let at = ((values.len() - 1) as f64 * share).round() as usize;
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_keeps_a_flat_picture_and_the_mean_of_a_point_inside() {
        let flat = Plane { width: 5, height: 4, values: vec![0.5; 20] };
        assert!(flat.smooth().values.iter().all(|v| (v - 0.5).abs() < 1e-6));
        let mut point = Plane { width: 7, height: 7, values: vec![0.0; 49] };
        point.values[24] = 1.0;
        let smooth = point.smooth();
        assert!((smooth.values.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!((smooth.at(3, 3) - 0.375 * 0.375).abs() < 1e-6);
    }

    #[test]
    fn a_window_is_between_the_values_and_its_edge_is_drawn_out() {
        let plane = Plane { width: 2, height: 1, values: vec![0.0, 4.0] };
        assert_eq!(plane.resampled(Rectangle::FILM, [4, 1]).values, [0.0, 1.0, 3.0, 4.0]);
        let beyond = Rectangle { left: -1.0, top: 0.0, right: 2.0, bottom: 1.0 };
        assert_eq!(plane.resampled(beyond, [6, 1]).values, [0.0, 0.0, 0.0, 4.0, 4.0, 4.0]);
    }

    #[test]
    fn shrinking_is_that_of_films() {
        let luma: Vec<u16> = (0..9 * 6).map(|i| (i * 7919 % 65_536) as u16).collect();
        let film = Radiograph::from_luma(9, 6, luma);
        let (plane, shrunk) = (Plane::of(&film).resize(4, 5), Plane::of(&film.resize(4, 5)));
        for (a, b) in plane.values.iter().zip(&shrunk.values) {
            assert!((a - b).abs() < 2.0 / 65535.0, "{a} {b}");
        }
    }

    #[test]
    fn what_is_widened_reaches_so_far_and_a_blur_keeps_the_sum() {
        let mut point = Plane { width: 9, height: 9, values: vec![0.0; 81] };
        point.values[40] = 1.0;
        let wide = point.widened(2);
        assert_eq!(wide.values.iter().sum::<f32>(), 25.0);
        assert_eq!([wide.at(2, 6), wide.at(1, 4)], [1.0, 0.0]);
        let blurred = point.blurred(1.0);
        assert!((blurred.values.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(blurred.at(4, 4) > blurred.at(4, 5) && blurred.at(4, 5) == blurred.at(5, 4));
    }

    #[test]
    fn halving_keeps_every_other_sample() {
        let plane = Plane { width: 3, height: 3, values: (0u8..9).map(f32::from).collect() };
        assert_eq!(plane.halved(), Plane { width: 2, height: 2, values: vec![0.0, 2.0, 6.0, 8.0] });
    }
}
