//! How a stored value lies in its sample (PS3.5, section 8.1.1).

use super::layout::Layout;

/// Where the bits of a stored value are, and whether one of them is a sign.
#[derive(Clone, Copy, Debug)]
pub(super) struct SampleFormat {
    shift: u16,
    mask: u16,
    sign: u16,
}

impl SampleFormat {
    pub(super) fn new(layout: &Layout) -> Self {
        let native = layout.high_bit + 1 - layout.bits_stored;
        let sign = if layout.signed { 1 << (layout.bits_stored - 1) } else { 0 };
        Self { shift: native, mask: u16::MAX >> (16 - layout.bits_stored), sign }
    }

    /// The bits stored, without what overlays may have left beside them.
    pub(super) fn bits(&self, sample: u16) -> u16 {
        sample >> self.shift & self.mask
    }

    /// Whether values can be negative.
    pub(super) fn is_signed(&self) -> bool {
        self.sign != 0
    }

    /// The value of stored bits, `-32768..=65535`.
    pub(super) fn value(&self, bits: u16) -> i32 {
        let bits = bits & self.mask;
        if bits & self.sign != 0 { i32::from(bits) - i32::from(self.mask) - 1 } else { bits.into() }
    }

    /// A value that an element of 16 bits names, if the picture can have it.
    pub(super) fn named(&self, word: u16) -> Option<i32> {
        let value = if self.is_signed() { i32::from(word.cast_signed()) } else { word.into() };
        let [least, most] = self.range();
        (least..=most).contains(&value).then_some(value)
    }

    /// The least and the most value that the stored bits can have.
    pub(super) fn range(&self) -> [i32; 2] {
        let (sign, mask) = (i32::from(self.sign), i32::from(self.mask));
        [-sign, mask - sign]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_that_the_bits_can_have_are_named() {
        let unsigned = SampleFormat { shift: 0, mask: 0xFFF, sign: 0 };
        assert_eq!([4095, 4096, 65535].map(|word| unsigned.named(word)), [Some(4095), None, None]);
        let signed = SampleFormat { sign: 0x800, ..unsigned };
        assert_eq!([2047, 2048, 0xF800, 0xF7FF].map(|word| signed.named(word)), [Some(2047), None, Some(-2048), None]);
    }
}
