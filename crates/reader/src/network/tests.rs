//! The kernels against tract, the rules against slopes.

mod against_tract;
mod slopes;

/// Numbers in [-1, 1) that look random and are the same on every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    /// A number in `range`.
    fn within(&mut self, range: std::ops::RangeInclusive<usize>) -> usize {
        let count = range.end() - range.start() + 1;
        range.start() + ((self.next() + 1.0) / 2.0 * count as f32) as usize % count
    }

    fn many(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.next()).collect()
    }
}
