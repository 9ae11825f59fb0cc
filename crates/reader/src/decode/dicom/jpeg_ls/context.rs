//! What is learnt of the samples while they are decoded (T.87, A.4 to A.7).

use super::parameters::Parameters;

/// The samples of one kind of neighbourhood.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    /// The sum of the errors' sizes, `A`.
    size: i64,
    /// The sum of the errors, `B`.
    bias: i64,
    /// What the prediction is corrected by, `C`: -128 to 127.
    pub(super) correction: i32,
    /// How many samples there were, `N`.
    count: i64,
}

impl Context {
    pub(super) fn new(parameters: &Parameters) -> Self {
        Self { size: first_size(parameters), bias: 0, correction: 0, count: 1 }
    }

    /// The order of the Golomb code, `k` (A.5.1).
    pub(super) fn order(&self) -> u32 {
        order(self.count, self.size)
    }

    /// The error that a code stands for (A.5.2), in steps of quantisation.
    pub(super) fn error(&self, code: u32, order: u32, parameters: &Parameters) -> i32 {
        let half = (code >> 1) as i32;
        let even = code & 1 == 0;
        let swapped = parameters.near == 0 && order == 0 && 2 * self.bias <= -self.count;
        match (even, swapped) {
            (true, false) | (false, true) => half,
            (true, true) | (false, false) => -half - 1,
        }
    }

    /// Takes an error into account (A.6).
    pub(super) fn learn(&mut self, error: i32, parameters: &Parameters) {
        self.bias += i64::from(error) * i64::from(2 * parameters.near + 1);
        self.size += i64::from(error.abs());
        if self.count == i64::from(parameters.reset) {
            self.size >>= 1;
            self.bias >>= 1;
            self.count >>= 1;
        }
        self.count += 1;
        if self.bias <= -self.count {
            self.bias = (self.bias + self.count).max(1 - self.count);
            self.correction = (self.correction - 1).max(-128);
        } else if self.bias > 0 {
            self.bias = (self.bias - self.count).min(0);
            self.correction = (self.correction + 1).min(127);
        }
    }
}

/// The samples that end a run, of one of two kinds: those whose neighbours to the left and above differ, and the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct EndOfRun {
    /// The neighbours are alike, `RItype`.
    alike: bool,
    size: i64,
    count: i64,
    /// How many errors were negative, `Nn`.
    negative: i64,
}

impl EndOfRun {
    pub(super) fn new(alike: bool, parameters: &Parameters) -> Self {
        Self { alike, size: first_size(parameters), count: 1, negative: 0 }
    }

    /// The order of the Golomb code (A.7.2).
    pub(super) fn order(&self) -> u32 {
        order(self.count, self.size + if self.alike { self.count >> 1 } else { 0 })
    }

    /// The error that a code stands for, which is taken into account (A.7.2).
    pub(super) fn error(&mut self, code: u32, order: u32, parameters: &Parameters) -> i32 {
        let alike = u32::from(self.alike);
        let mapped = code + alike;
        let odd = mapped & 1 == 1;
        let size = mapped.div_ceil(2) as i32;
        let error = if odd == (order != 0 || 2 * self.negative >= self.count) { -size } else { size };
        self.negative += i64::from(error < 0);
        self.size += i64::from((code + 1 - alike) >> 1);
        if self.count == i64::from(parameters.reset) {
            self.size >>= 1;
            self.count >>= 1;
            self.negative >>= 1;
        }
        self.count += 1;
        error
    }
}

fn first_size(parameters: &Parameters) -> i64 {
    i64::from(2.max((parameters.range + 32) / 64))
}

fn order(count: i64, size: i64) -> u32 {
    (0..32).find(|&order| count << order >= size).unwrap_or(32)
}
