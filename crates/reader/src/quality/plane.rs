use crate::Radiograph;

/// A small grey picture to measure on: luma `0..=1`, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) luma: Vec<f32>,
}

impl Plane {
    /// A film as it is.
    pub(crate) fn of(film: &Radiograph) -> Self {
        let luma = film.luma().iter().map(|&v| f32::from(v) / 65535.0).collect();
        Self { width: film.width() as usize, height: film.height() as usize, luma }
    }

    /// The value at a column and a row.
    pub(crate) fn at(&self, x: usize, y: usize) -> f32 {
        self.luma[y * self.width + x]
    }

    /// The values without an eighth of the picture at each edge.
    pub(crate) fn middle(&self) -> impl Iterator<Item = f32> {
        let (left, top) = (self.width / 8, self.height / 8);
        let rows = self.luma.chunks_exact(self.width).take(self.height - top).skip(top);
        rows.flat_map(move |row| row[left..self.width - left].iter().copied())
    }

    /// Smoothed by the binomial 1-4-6-4-1 along both axes, edges repeated.
    pub(crate) fn smooth(&self) -> Self {
        const KERNEL: [f32; 5] = [0.0625, 0.25, 0.375, 0.25, 0.0625];
        let (width, height) = (self.width, self.height);
        let clamped = |at: usize, tap: usize, end: usize| (at + tap).saturating_sub(2).min(end - 1);
        let mut across = vec![0.0; self.luma.len()];
        let mut repeated = vec![0.0; width + 4];
        for (from, to) in self.luma.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
            repeated[..2].fill(from[0]);
            repeated[2..width + 2].copy_from_slice(from);
            repeated[width + 2..].fill(from[width - 1]);
            for (value, taps) in to.iter_mut().zip(repeated.windows(5)) {
                *value = KERNEL.iter().zip(taps).map(|(weight, v)| weight * v).sum();
            }
        }
        let mut luma = vec![0.0; self.luma.len()];
        for (y, to) in luma.chunks_exact_mut(width).enumerate() {
            for (tap, weight) in KERNEL.iter().enumerate() {
                let row = clamped(y, tap, height) * width;
                to.iter_mut().zip(&across[row..row + width]).for_each(|(sum, v)| *sum += weight * v);
            }
        }
        Self { width, height, luma }
    }

    /// Every other column and row.
    pub(crate) fn halved(&self) -> Self {
        let luma =
            self.luma.chunks_exact(self.width).step_by(2).flat_map(|row| row.iter().step_by(2).copied()).collect();
        Self { width: self.width.div_ceil(2), height: self.height.div_ceil(2), luma }
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
        let flat = Plane { width: 5, height: 4, luma: vec![0.5; 20] };
        assert!(flat.smooth().luma.iter().all(|v| (v - 0.5).abs() < 1e-6));
        let mut point = Plane { width: 7, height: 7, luma: vec![0.0; 49] };
        point.luma[24] = 1.0;
        let smooth = point.smooth();
        assert!((smooth.luma.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!((smooth.at(3, 3) - 0.375 * 0.375).abs() < 1e-6);
    }

    #[test]
    fn halving_keeps_every_other_sample() {
        let plane = Plane { width: 3, height: 3, luma: (0u8..9).map(f32::from).collect() };
        assert_eq!(plane.halved(), Plane { width: 2, height: 2, luma: vec![0.0, 2.0, 6.0, 8.0] });
    }
}
