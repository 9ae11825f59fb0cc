//! Look-up tables (PS3.3, sections C.11.1.1 and C.11.2.1.1, and C.7.6.3.1.5 for palettes).

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

use super::broken::broken;
use super::data_set::DataSet;
use super::difference::Differences;
use super::syntax::Encoding;
use crate::Result;

/// A table is taken for whole that has at least this share of the entries that it says to have.
const WHOLE: f64 = 15.0 / 16.0;

/// A table from values to values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lut {
    /// The value that the first entry is for.
    first: i32,
    entries: Vec<u16>,
    /// The bits that an entry says to have; 8 to 16 in the standard, anything in files.
    bits: u16,
}

impl Lut {
    /// The table of a sequence's item, for values from `least` on; `None` of an item that holds no table.
    ///
    /// # Errors
    /// [`crate::Kind::Damaged`] when it is no table.
    pub(super) fn read(item: &DataSet, least: f64, differences: &mut Differences) -> Result<Option<Self>> {
        if item.get(tags::LUT_DESCRIPTOR).is_none() && item.get(tags::LUT_DATA).is_none() {
            return Ok(None);
        }
        Self::of_tags(item, tags::LUT_DESCRIPTOR, tags::LUT_DATA, least, differences).map(Some)
    }

    /// The table that two elements hold, descriptor and data, for values from `least` on.
    ///
    /// # Errors
    /// [`crate::Kind::Damaged`] when it is no table.
    pub(super) fn of_tags(
        data_set: &DataSet,
        descriptor: Tag,
        data: Tag,
        least: f64,
        differences: &mut Differences,
    ) -> Result<Self> {
        let wrong = || broken(format!("its table {descriptor} is wrong"));
        let words: Vec<u16> = data_set.shorts(descriptor).ok_or_else(wrong)?.take(3).collect();
        let &[count, first, bits] = words.as_slice() else { return Err(wrong()) };
        let count = if count == 0 { 1 << 16 } else { usize::from(count) };
        let vr = data_set.get(descriptor).and_then(|element| element.vr);
        // PS3.3, C.11.2.1.1: signed where the values that come in may be. Some writers name it unsigned nevertheless.
        let signed = vr == Some(VR::SS) || least < 0.0 && first > 0x7FFF;
        let first = if signed { i32::from(first.cast_signed()) } else { i32::from(first) };
        let element = data_set.get(data).ok_or_else(wrong)?;
        // Entries of 8 bits may be packed two to a word.
        let entries: Vec<u16> = if bits <= 8 && element.bytes.len() < 2 * count {
            let swap = usize::from(data_set.encoding() == Encoding::ExplicitBig && element.vr == Some(VR::OW));
            (0..count).map_while(|i| element.bytes.get(i ^ swap)).map(|&v| v.into()).collect()
        } else {
            data_set.shorts(data).ok_or_else(wrong)?.take(count).collect()
        };
        let found = entries.len();
        if (found as f64) < count as f64 * WHOLE {
            return Err(broken(format!("its table {data} has {found} entries, its descriptor says {count}")));
        }
        if found < count {
            differences.note(format!("a table has {found} entries, its descriptor says {count}"));
        }
        Ok(Self { first, entries, bits })
    }

    /// The entry for a value; those outside the table have its first or last.
    pub(super) fn of(&self, value: f64) -> f64 {
        let place = (value.round() - f64::from(self.first)).clamp(0.0, (self.entries.len() - 1) as f64);
        f64::from(self.entries[place as usize])
    }

    /// The entries that are shown black and white: of the bits that they say to have, if they have them, else the least
    /// and the largest that there are.
    pub(super) fn scale(&self, differences: &mut Differences) -> [f64; 2] {
        let (least, most) = self.entries.iter().fold((u16::MAX, 0), |(a, b), &v| (a.min(v), b.max(v)));
        let needed = (u16::BITS - most.leading_zeros()).max(1);
        if u32::from(self.bits) == needed {
            return [0.0, self.largest()];
        }
        differences.note(format!("a table has entries of {needed} bits, its descriptor says {}", self.bits));
        [least.into(), most.into()]
    }

    /// The largest value that an entry of so many bits may have.
    pub(super) fn largest(&self) -> f64 {
        f64::from(u16::MAX >> (16 - self.bits.clamp(1, 16)))
    }

    /// The values that the table gives, the least and the most.
    pub(super) fn range(&self) -> [f64; 2] {
        self.entries.iter().fold([f64::INFINITY, 0.0], |[a, b], &v| [a.min(v.into()), b.max(v.into())])
    }
}
