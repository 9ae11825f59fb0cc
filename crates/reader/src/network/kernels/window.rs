use std::ops::Range;

/// How a convolution's window moves over its input. Everything is rows, then columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// The input, in pixels.
    pub(crate) input: [usize; 2],
    /// The output, in pixels.
    pub(crate) output: [usize; 2],
    /// Taps.
    pub(crate) size: [usize; 2],
    pub(crate) stride: [usize; 2],
    /// Pixels between two taps; 1 for a dense window.
    pub(crate) dilation: [usize; 2],
    /// Pixels of 0 before the first.
    pub(crate) padding: [usize; 2],
}

impl Window {
    /// Whether every output pixel is made of the one input pixel in its place.
    pub(crate) fn is_pointwise(&self) -> bool {
        self.size == [1, 1] && self.stride == [1, 1] && self.padding == [0, 0] && self.input == self.output
    }

    /// The taps of output row `y` that lie inside the input.
    #[inline(always)]
    pub(crate) fn rows(&self, y: usize) -> Range<usize> {
        self.taps(y, 0)
    }

    /// The taps of output column `x` that lie inside the input.
    #[inline(always)]
    pub(crate) fn columns(&self, x: usize) -> Range<usize> {
        self.taps(x, 1)
    }

    /// The input row (`axis` 0) or column (1) under a tap that lies inside.
    #[inline(always)]
    pub(crate) fn source(&self, at: usize, tap: usize, axis: usize) -> usize {
        at * self.stride[axis] + tap * self.dilation[axis] - self.padding[axis]
    }

    #[inline(always)]
    fn taps(&self, at: usize, axis: usize) -> Range<usize> {
        let (first, step) = (at * self.stride[axis], self.dilation[axis]);
        let end = self.input[axis] + self.padding[axis];
        let from = self.padding[axis].saturating_sub(first).div_ceil(step);
        let to = end.saturating_sub(first).div_ceil(step).min(self.size[axis]);
        from.min(to)..to
    }
}
