//! Look-up tables (PS3.3, sections C.11.1.1 and C.11.2.1.1, and C.7.6.3.1.5 for palettes).

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

use super::data_set::{DataSet, broken};
use super::grey::Stored;
use super::syntax::Encoding;
use crate::Result;

/// A table from values to values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    /// The value that the first entry is for.
    first: i32,
    entries: Vec<u16>,
    /// Bits of an entry, 8 to 16.
    bits: u16,
}

impl Table {
    /// The table of a sequence's item.
    ///
    /// # Errors
    /// [`crate::Kind::Damaged`] when it is no table.
    pub(super) fn read(item: &DataSet, stored: &Stored) -> Result<Self> {
        Self::of_tags(item, tags::LUT_DESCRIPTOR, tags::LUT_DATA, stored)
    }

    /// The table that two elements hold: descriptor and data.
    ///
    /// # Errors
    /// As [`Table::read`].
    pub(super) fn of_tags(data_set: &DataSet, descriptor: Tag, data: Tag, stored: &Stored) -> Result<Self> {
        let wrong = || broken(format!("its table {descriptor} is wrong"));
        let words: Vec<u16> = data_set.shorts(descriptor).ok_or_else(wrong)?.take(3).collect();
        let &[count, first, bits] = words.as_slice() else { return Err(wrong()) };
        let count = if count == 0 { 1 << 16 } else { usize::from(count) };
        let signed = match data_set.get(descriptor).and_then(|element| element.vr) {
            Some(vr) => vr == VR::SS,
            None => stored.is_signed(),
        };
        let first = if signed { i32::from(first as i16) } else { i32::from(first) };
        let element = data_set.get(data).ok_or_else(wrong)?;
        // Entries of 8 bits may be packed two to a word.
        let entries: Vec<u16> = if bits <= 8 && element.bytes.len() < 2 * count {
            let swap = usize::from(data_set.encoding() == Encoding::ExplicitBig && element.vr == Some(VR::OW));
            (0..count).map_while(|i| element.bytes.get(i ^ swap)).map(|&v| v.into()).collect()
        } else {
            data_set.shorts(data).ok_or_else(wrong)?.take(count).collect()
        };
        if entries.len() != count || !(1..=16).contains(&bits) {
            return Err(wrong());
        }
        Ok(Self { first, entries, bits })
    }

    /// The entry for a value; those outside the table have its first or last.
    pub(super) fn of(&self, value: f64) -> f64 {
        let place = (value.round() - f64::from(self.first)).clamp(0.0, (self.entries.len() - 1) as f64);
        f64::from(self.entries[place as usize]).min(self.largest())
    }

    /// The largest value that an entry may have.
    pub(super) fn largest(&self) -> f64 {
        f64::from(u16::MAX >> (16 - self.bits))
    }
}
