//! The bits of a scan (T.87, annex A), with the zero bit that is stuffed after each byte of ones.

use super::super::super::check::error;
use super::super::broken::broken;
use crate::{Error, Kind, Result};

/// Reads the bits of a scan, which holds no marker.
pub(super) struct Bits<'a> {
    rest: &'a [u8],
    /// Bits to come, the next one on top.
    held: u64,
    count: u32,
    /// The last byte was 0xFF, so that the next has 7 bits (T.87, A.1).
    stuffed: bool,
}

impl<'a> Bits<'a> {
    pub(super) fn new(scan: &'a [u8]) -> Self {
        Self { rest: scan, held: 0, count: 0, stuffed: false }
    }

    /// The next `count` bits, at most 32.
    pub(super) fn read(&mut self, count: u32) -> Result<u32> {
        if count == 0 {
            return Ok(0);
        }
        if self.count < count {
            self.fill();
            if self.count < count {
                return Err(ends_early());
            }
        }
        let value = (self.held >> (64 - count)) as u32;
        self.drop(count);
        Ok(value)
    }

    /// A value in a Golomb code of this order, whose length is limited (T.87, A.5.3): `bits` bits stand for what the code
    /// would take more than `limit` bits for.
    pub(super) fn golomb(&mut self, order: u32, limit: u32, bits: u32) -> Result<u32> {
        let most = limit - bits - 1;
        let zeros = self.zeros(most)?;
        if zeros == most {
            return Ok(self.read(bits)? + 1);
        }
        Ok((zeros << order) + self.read(order)?)
    }

    /// Zeros up to a one, which is passed over.
    fn zeros(&mut self, most: u32) -> Result<u32> {
        let mut zeros = 0;
        loop {
            let here = self.held.leading_zeros().min(self.count);
            zeros += here;
            if zeros > most {
                return Err(broken("its JPEG-LS has a code that is too long"));
            }
            if here < self.count {
                self.drop(here + 1);
                return Ok(zeros);
            }
            (self.held, self.count) = (0, 0);
            self.fill();
            if self.count == 0 {
                return Err(ends_early());
            }
        }
    }

    fn drop(&mut self, count: u32) {
        self.held = self.held.checked_shl(count).unwrap_or(0);
        self.count -= count;
    }

    fn fill(&mut self) {
        while self.count <= 56 {
            let Some((&byte, rest)) = self.rest.split_first() else { return };
            self.rest = rest;
            let width = if self.stuffed { 7 } else { 8 };
            self.held |= u64::from(byte) << (64 - width - self.count);
            self.count += width;
            self.stuffed = byte == 0xFF;
        }
    }
}

pub(super) fn ends_early() -> Error {
    error(Kind::Truncated, "the DICOM file's JPEG-LS picture ends early")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stuffed_bit_is_left_out() {
        let mut bits = Bits::new(&[0xFF, 0x7F, 0x80]);
        assert_eq!(bits.read(15).expect("15 bits"), 0x7FFF);
        assert_eq!(bits.read(8).expect("8 bits"), 0x80);
        assert_eq!(bits.read(1).expect_err("no more").kind(), Kind::Truncated);
    }

    #[test]
    fn long_codes_are_cut_short() {
        // Order 2, two zeros: 2 << 2 with two bits more; then the escape after 32 - 8 - 1 zeros.
        let mut bits = Bits::new(&[0b0011_1000, 0, 0, 0b0000_1000, 0b0001_0000]);
        assert_eq!(bits.golomb(2, 32, 8).expect("a code"), (2 << 2) + 3);
        assert_eq!(bits.golomb(2, 32, 8).expect("an escape"), 3);
        let mut zeros = Bits::new(&[0; 9]);
        assert_eq!(zeros.golomb(2, 32, 8).expect_err("no code is so long").kind(), Kind::Damaged);
    }
}
