//! From colours to luma (ITU-R BT.601, as PS3.3, section C.7.6.3.1.2 has it): 0.299 red + 0.587 green + 0.114 blue.

use dicom_dictionary_std::tags;

use super::super::luma::luma16;
use super::data_set::DataSet;
use super::difference::Differences;
use super::layout::{Layout, Photometric};
use super::lut::Lut;
use super::sample_format::SampleFormat;
use crate::Result;

/// The largest value of 8 bits.
const EIGHT_BITS: f64 = 255.0;

/// Luma, `0..=65535`, of a colour film's samples. No window or table of values of interest applies to colours.
///
/// # Errors
/// A failure when a palette is wrong.
pub(super) fn luma(
    data_set: &DataSet,
    layout: &Layout,
    samples: Vec<u16>,
    differences: &mut Differences,
) -> Result<Vec<u16>> {
    let format = SampleFormat::new(layout);
    let largest = f64::from(u16::MAX >> (16 - layout.bits_stored));
    let full = |sample: u16| (f64::from(format.bits(sample)) / largest * 65535.0).round() as u16;
    if layout.photometric == Photometric::Palette {
        let palette = palette(data_set, &format, differences)?;
        let most = palette.iter().map(|lut| lut.range()[1]).fold(0.0, f64::max);
        let largest = palette[0].largest();
        // Entries of 8 bits in words, which would all be black.
        let is_narrow = largest > EIGHT_BITS && most <= EIGHT_BITS;
        let largest = if is_narrow { EIGHT_BITS } else { largest };
        if is_narrow {
            differences.note(format!("its palette has entries up to {most}, its descriptor says more than 8 bits"));
        }
        let table: Vec<u16> = (0..=u16::MAX >> (16 - layout.bits_stored))
            .map(|bits| {
                let value = f64::from(format.value(bits));
                luma16([0, 1, 2].map(|i| ((palette[i].of(value) / largest).min(1.0) * 65535.0).round() as u16))
            })
            .collect();
        return Ok(samples.into_iter().map(|sample| table[usize::from(format.bits(sample))]).collect());
    }
    let pixels = samples.as_chunks::<3>().0.iter();
    Ok(match layout.photometric {
        // The first of the three is luma, by the same formula, over the full range.
        Photometric::Ybr | Photometric::Ybr422 => pixels.map(|&[y, ..]| full(y)).collect(),
        _ => pixels.map(|&rgb| luma16(rgb.map(full))).collect(),
    })
}

fn palette(data_set: &DataSet, format: &SampleFormat, differences: &mut Differences) -> Result<[Lut; 3]> {
    let least = f64::from(format.range()[0]);
    let mut table = |descriptor, data| Lut::of_tags(data_set, descriptor, data, least, differences);
    Ok([
        table(tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA)?,
        table(tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA)?,
        table(tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA)?,
    ])
}
