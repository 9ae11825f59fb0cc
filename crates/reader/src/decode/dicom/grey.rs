//! From stored values to luma, in the order of PS3.4, section N.2: modality, values of interest, presentation.
//!
//! Every step maps one value to one, so all of them together are one table over the stored values.

use dicom_dictionary_std::tags;

use super::data_set::{DataSet, broken};
use super::layout::{Layout, Photometric};
use super::table::Table;
use super::window::Window;
use crate::Result;

/// Luma, `0..=65535`, of a grey film's stored values.
///
/// # Errors
/// A failure when a transform is no number or no table.
pub(super) fn luma(data_set: &DataSet, layout: &Layout, samples: Vec<u16>) -> Result<Vec<u16>> {
    let stored = Stored::new(layout);
    let padding = Padding::read(data_set, &stored)?;
    let modality = Modality::read(data_set, &stored)?;
    let interest = Interest::read(data_set, &stored)?;
    let interest = match interest {
        Some(interest) => interest,
        None => full_range(layout, &stored, &padding, &modality, &samples),
    };
    let inverted = layout.photometric == Photometric::Monochrome1
        || data_set.text(tags::PRESENTATION_LUT_SHAPE) == Some("INVERSE");
    let of = |bits: u16| {
        let value = stored.value(bits);
        if padding.holds(value) {
            return 0;
        }
        let luma = (interest.of(modality.of(value)) * 65535.0).round() as u16;
        if inverted { u16::MAX - luma } else { luma }
    };
    let table: Vec<u16> = (0..=u16::MAX >> (16 - layout.bits_stored)).map(of).collect();
    Ok(samples.into_iter().map(|sample| table[usize::from(stored.bits(sample))]).collect())
}

/// How a stored value lies in its sample (PS3.5, section 8.1.1).
#[derive(Clone, Copy)]
pub(super) struct Stored {
    shift: u16,
    mask: u16,
    sign: u16,
}

impl Stored {
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
}

/// Values that are no part of the picture (PS3.3, section C.7.5.1.1.2); they are shown black.
struct Padding(Option<(i32, i32)>);

impl Padding {
    fn read(data_set: &DataSet, stored: &Stored) -> Result<Self> {
        let Some(value) = data_set.short(tags::PIXEL_PADDING_VALUE) else { return Ok(Self(None)) };
        let limit = data_set.short(tags::PIXEL_PADDING_RANGE_LIMIT).unwrap_or(value);
        let (a, b) = (stored.value(value), stored.value(limit));
        Ok(Self(Some((a.min(b), a.max(b)))))
    }

    fn holds(&self, value: i32) -> bool {
        self.0.is_some_and(|(least, most)| (least..=most).contains(&value))
    }
}

/// The modality transform (PS3.3, section C.11.1): a table, or slope and intercept.
enum Modality {
    Table(Table),
    Rescale { slope: f64, intercept: f64 },
}

impl Modality {
    fn read(data_set: &DataSet, stored: &Stored) -> Result<Self> {
        if let Some(item) = data_set.item(tags::MODALITY_LUT_SEQUENCE)? {
            return Table::read(&item, stored).map(Self::Table);
        }
        let slope = data_set.number(tags::RESCALE_SLOPE, 0)?.unwrap_or(1.0);
        let intercept = data_set.number(tags::RESCALE_INTERCEPT, 0)?.unwrap_or(0.0);
        if slope == 0.0 {
            return Err(broken("its Rescale Slope is 0"));
        }
        Ok(Self::Rescale { slope, intercept })
    }

    fn of(&self, value: i32) -> f64 {
        match self {
            Self::Table(table) => table.of(f64::from(value)),
            Self::Rescale { slope, intercept } => f64::from(value) * slope + intercept,
        }
    }

    fn is_identity(&self) -> bool {
        matches!(self, Self::Rescale { slope: 1.0, intercept: 0.0 })
    }
}

/// The values of interest (PS3.3, section C.11.2), as `0.0..=1.0`: a table, a window, or a range.
enum Interest {
    Table(Table),
    Window(Window),
    Range { least: f64, most: f64 },
}

impl Interest {
    fn read(data_set: &DataSet, stored: &Stored) -> Result<Option<Self>> {
        if let Some(item) = data_set.item(tags::VOILUT_SEQUENCE)? {
            return Table::read(&item, stored).map(|table| Some(Self::Table(table)));
        }
        Ok(Window::read(data_set)?.map(Self::Window))
    }

    fn of(&self, value: f64) -> f64 {
        match self {
            Self::Table(table) => table.of(value) / table.largest(),
            Self::Window(window) => window.of(value),
            Self::Range { least, most } if most > least => ((value - least) / (most - least)).clamp(0.0, 1.0),
            Self::Range { .. } => 0.0,
        }
    }
}

/// Without a transform to say what is of interest: samples of 8 bits are what a screen showed, and stay as they are; of
/// others the whole range is shown that the picture has, padding left out.
fn full_range(layout: &Layout, stored: &Stored, padding: &Padding, modality: &Modality, samples: &[u16]) -> Interest {
    if layout.bits_stored == 8 && !layout.signed && modality.is_identity() {
        return Interest::Range { least: 0.0, most: 255.0 };
    }
    let mut present = vec![false; usize::from(stored.mask) + 1];
    samples.iter().for_each(|&sample| present[usize::from(stored.bits(sample))] = true);
    let values = (0..=stored.mask).filter(|&bits| present[usize::from(bits)]).map(|bits| stored.value(bits));
    let shown = values.filter(|&value| !padding.holds(value)).map(|value| modality.of(value));
    let (least, most) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
    Interest::Range { least, most }
}
