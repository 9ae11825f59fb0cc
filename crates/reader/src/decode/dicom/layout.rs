//! How pixels are laid out (PS3.3, section C.7.6.3): the Image Pixel module's numbers, checked.

use std::num::NonZeroU32;

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::super::check::{check_size, error};
use super::broken::broken;
use super::data_set::DataSet;
use super::difference::Differences;
use super::syntax::Codec;
use super::walk::PIXEL_DATA;
use crate::{Kind, Limits, Result};

/// Float and Double Float Pixel Data, in place of Pixel Data (PS3.3, section C.7.6.24 and C.7.6.25).
const FLOATING: [Tag; 2] = [tags::FLOAT_PIXEL_DATA, tags::DOUBLE_FLOAT_PIXEL_DATA];

/// What the samples of a pixel mean (PS3.3, section C.7.6.3.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Photometric {
    /// Grey, the least value white.
    Monochrome1,
    /// Grey, the least value black.
    Monochrome2,
    /// Indices into a palette.
    Palette,
    /// Red, green and blue; also what JPEG 2000's own colour transforms become when they are decoded.
    Rgb,
    /// Luma and two colour differences.
    Ybr,
    /// As [`Photometric::Ybr`], with colour differences for every other pixel of a row.
    Ybr422,
}

/// The layout of a film's pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layout {
    pub(super) rows: u16,
    pub(super) columns: u16,
    pub(super) photometric: Photometric,
    /// 1 or 3.
    pub(super) samples: u16,
    /// Colour planes follow each other, rather than the samples of each pixel.
    pub(super) planar: bool,
    /// 8 or 16.
    pub(super) bits_allocated: u16,
    /// 1 to `bits_allocated`.
    pub(super) bits_stored: u16,
    /// The position of the most significant bit, `bits_stored - 1` to `bits_allocated - 1`.
    pub(super) high_bit: u16,
    /// Stored values are two's complement.
    pub(super) signed: bool,
    /// At least 1.
    pub(super) frames: u32,
}

impl Layout {
    /// Reads and checks the layout. Nothing is allocated before.
    ///
    /// # Errors
    /// A refusal for a size over the limits or a layout that is not read, a failure for one that contradicts itself.
    pub(super) fn read(
        data_set: &DataSet,
        codec: Codec,
        limits: &Limits,
        differences: &mut Differences,
    ) -> Result<Self> {
        let missing = |what: &str| broken(format!("it has no {what}"));
        let rows = data_set.short(tags::ROWS);
        if FLOATING.iter().any(|&tag| data_set.get(tag).is_some()) {
            return Err(error(Kind::UnsupportedVariant, "DICOM pixels of floating-point numbers are not read"));
        }
        if rows.is_none() && data_set.get(PIXEL_DATA).is_none() {
            return Err(error(
                Kind::UnsupportedVariant,
                "the DICOM file holds no picture: a report, a plan or the like",
            ));
        }
        let rows = rows.ok_or_else(|| missing("Rows"))?;
        let columns = data_set.short(tags::COLUMNS).ok_or_else(|| missing("Columns"))?;
        check_size(columns.into(), rows.into(), limits)?;
        let samples = data_set.short(tags::SAMPLES_PER_PIXEL).unwrap_or(1);
        let photometric = photometric(data_set, codec)?;
        let bits_allocated = data_set.short(tags::BITS_ALLOCATED).ok_or_else(|| missing("Bits Allocated"))?;
        if !matches!(bits_allocated, 8 | 16) {
            let what = format!("DICOM pixels of {bits_allocated} allocated bits are not read, only of 8 and 16");
            return Err(error(Kind::UnsupportedVariant, what));
        }
        let bits_stored = data_set.short(tags::BITS_STORED).unwrap_or(bits_allocated);
        if bits_stored == 0 || bits_stored > bits_allocated {
            return Err(broken(format!("it stores {bits_stored} bits in {bits_allocated}")));
        }
        let mut high_bit = data_set.short(tags::HIGH_BIT).unwrap_or(bits_stored - 1);
        if high_bit < bits_stored - 1 || high_bit >= bits_allocated {
            differences
                .note(format!("its high bit is {high_bit} of {bits_allocated} bits, {bits_stored} of them stored"));
            high_bit = bits_stored - 1;
        }
        let expected =
            if matches!(photometric, Photometric::Rgb | Photometric::Ybr | Photometric::Ybr422) { 3 } else { 1 };
        if samples != expected {
            return Err(broken(format!("its pixels have {samples} samples, its colours {expected}")));
        }
        let bytes = u64::from(rows) * u64::from(columns) * u64::from(samples) * 2;
        if bytes > limits.decoder_bytes {
            let megabytes = limits.decoder_bytes >> 20;
            return Err(error(Kind::TooLarge, format!("the picture needs more than {megabytes} megabytes to decode")));
        }
        Ok(Self {
            rows,
            columns,
            photometric,
            samples,
            planar: data_set.short(tags::PLANAR_CONFIGURATION) == Some(1),
            bits_allocated,
            bits_stored,
            high_bit,
            signed: data_set.short(tags::PIXEL_REPRESENTATION) == Some(1),
            frames: Self::frames(data_set)?,
        })
    }

    /// How many frames there are, at least 1.
    ///
    /// # Errors
    /// [`Kind::Damaged`] when Number of Frames is no number.
    pub(super) fn frames(data_set: &DataSet) -> Result<u32> {
        let frames = data_set.number(tags::NUMBER_OF_FRAMES, 0)?.unwrap_or(1.0);
        Ok((frames as u32).max(1))
    }

    /// Pixels in a frame.
    pub(super) fn pixels(&self) -> usize {
        usize::from(self.rows) * usize::from(self.columns)
    }

    /// Samples in a frame, all colours together.
    pub(super) fn sample_count(&self) -> usize {
        self.pixels() * usize::from(self.samples)
    }
}

/// Where the frame that is asked for lies among the `frames` that there are: 0 for the first.
///
/// # Errors
/// A refusal when there is no such frame.
pub(super) fn place(frame: Option<NonZeroU32>, frames: u32) -> Result<usize> {
    match frame.map_or(1, NonZeroU32::get) {
        frame if frame <= frames => Ok(frame as usize - 1),
        frame => {
            let what = format!("the file holds no frame {frame}; its last one is {frames}");
            Err(error(Kind::UnsupportedVariant, what))
        }
    }
}

fn photometric(data_set: &DataSet, codec: Codec) -> Result<Photometric> {
    Ok(match data_set.text(tags::PHOTOMETRIC_INTERPRETATION).map(str::to_ascii_uppercase).as_deref() {
        Some("MONOCHROME1") => Photometric::Monochrome1,
        Some("MONOCHROME2") => Photometric::Monochrome2,
        Some("PALETTE COLOR") => Photometric::Palette,
        Some("RGB" | "YBR_RCT" | "YBR_ICT") => Photometric::Rgb,
        // Compressed pictures are brought to full resolution by their decoder.
        Some("YBR_FULL_422") if codec == Codec::Native => Photometric::Ybr422,
        Some("YBR_FULL_422" | "YBR_FULL") => Photometric::Ybr,
        Some(other) => {
            let what = format!("DICOM pixels of the photometric interpretation {other} are not read");
            return Err(error(Kind::UnsupportedVariant, what));
        }
        None => return Err(broken("it has no Photometric Interpretation")),
    })
}
