//! Huffman codes and the bits they are read from (ITU-T T.81, annexes C and F.2.2).

use super::error::{broken, ends_early};
use crate::Result;

/// A code's length and symbol, for every 16 bits that may come next; a length of 0 where no code begins so.
pub(super) struct Table(Vec<(u8, u8)>);

impl Table {
    /// A table from how many codes have each length, 1 to 16, and their symbols in order.
    ///
    /// # Errors
    /// [`crate::Kind::Damaged`] when there are more codes than their lengths allow.
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Result<Self> {
        let mut codes = Vec::with_capacity(1 << 16);
        let mut symbols = symbols.iter();
        for (length, &count) in (1u8..).zip(counts) {
            for &symbol in symbols.by_ref().take(count.into()) {
                let end = codes.len() + (1 << (16 - length));
                if end > 1 << 16 {
                    return Err(broken("it has an impossible Huffman table"));
                }
                codes.resize(end, (length, symbol));
            }
        }
        codes.resize(1 << 16, (0, 0));
        Ok(Self(codes))
    }
}

/// The bits of a scan, up to its next marker.
pub(super) struct Bits<'a> {
    rest: &'a [u8],
    buffer: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    /// Bits from the start of coded data.
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest, buffer: 0, count: 0 }
    }

    /// The symbol of the next code.
    pub(super) fn symbol(&mut self, table: &Table) -> Result<u8> {
        self.fill();
        let next = if self.count >= 16 {
            self.buffer >> (self.count - 16)
        } else {
            // Past the end there are no bits: a code that would need them is found too long below.
            self.buffer << (16 - self.count)
        };
        let (length, symbol) = table.0[(next & 0xFFFF) as usize];
        if length == 0 || u32::from(length) > self.count {
            return Err(if self.count < 16 { ends_early() } else { broken("it has a code that is none") });
        }
        self.count -= u32::from(length);
        Ok(symbol)
    }

    /// The next `count` bits, at most 16, as the signed value that they stand for (T.81, F.2.2.1).
    pub(super) fn signed(&mut self, count: u8) -> Result<i32> {
        if count == 0 {
            return Ok(0);
        }
        self.fill();
        let wanted = u32::from(count);
        if wanted > self.count {
            return Err(ends_early());
        }
        self.count -= wanted;
        let value = ((self.buffer >> self.count) & ((1 << wanted) - 1)) as i32;
        Ok(if value >> (wanted - 1) == 0 { value - (1 << wanted) + 1 } else { value })
    }

    /// Goes on behind the restart marker that must come next.
    pub(super) fn restart(&mut self) -> Result<()> {
        // Only padding may be left of the interval.
        match self.rest {
            [0xFF, 0xD0..=0xD7, tail @ ..] => {
                *self = Self::new(tail);
                Ok(())
            }
            [] | [0xFF] => Err(ends_early()),
            _ => Err(broken("it has no restart marker where one should be")),
        }
    }

    fn fill(&mut self) {
        while self.count <= 48 {
            let (byte, taken) = match self.rest {
                [0xFF, 0x00, ..] => (0xFF, 2),
                [0xFF, ..] | [] => return,
                [byte, ..] => (*byte, 1),
            };
            self.buffer = self.buffer << 8 | u64::from(byte);
            self.count += 8;
            self.rest = &self.rest[taken..];
        }
    }
}
