//! The headers of a JPEG 2000 codestream (ISO/IEC 15444-1, annex A), checked before anything is decoded.

use std::borrow::Cow;

use super::super::super::check::error;
use super::super::broken::broken;
use super::super::layout::Layout;
use super::error::cut_off;
use super::tile_parts::with_last_length;
use crate::{Kind, Result};

const SIZE: u8 = 0x51;

/// How code blocks are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// By the arithmetic coder of ISO/IEC 15444-1.
    Part1,
    /// By the coder of ISO/IEC 15444-15.
    HighThroughput,
}

/// A codestream of the size and colours that the data set says.
#[derive(Debug)]
pub(super) struct Codestream<'a> {
    /// From its first marker on, without the boxes of a file format.
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) coding: Coding,
    /// Bits of a sample, 1 to 16.
    pub(super) precision: u8,
    pub(super) signed: bool,
}

impl<'a> Codestream<'a> {
    /// Finds the codestream and reads its size segment (A.5.1), which must say what the data set says.
    ///
    /// # Errors
    /// A refusal for components that are not read, a failure for a codestream that is broken or of another size.
    pub(super) fn find(bytes: &'a [u8], layout: &Layout) -> Result<Self> {
        let at = bytes.windows(4).position(|window| window == [0xFF, 0x4F, 0xFF, SIZE]);
        let bytes = &bytes[at.ok_or_else(|| broken("its picture is not the JPEG 2000 that it says"))?..];
        let segment = bytes.first_chunk::<42>().ok_or_else(cut_off)?;
        let word = |at: usize| u32::from_be_bytes([segment[at], segment[at + 1], segment[at + 2], segment[at + 3]]);
        let (width, height) = (word(8).saturating_sub(word(16)), word(12).saturating_sub(word(20)));
        if (width, height) != (layout.columns.into(), layout.rows.into()) {
            let (columns, rows) = (layout.columns, layout.rows);
            return Err(broken(format!(
                "its JPEG 2000 picture has {width} x {height} pixels, its header {columns} x {rows}"
            )));
        }
        let count = u16::from_be_bytes([segment[40], segment[41]]);
        if count != layout.samples {
            return Err(broken(format!("its JPEG 2000 picture has {count} colours, its header {}", layout.samples)));
        }
        // Tiles of a few pixels each would cost more than the picture.
        let tiles = u64::from(width.div_ceil(word(24).max(1))) * u64::from(height.div_ceil(word(28).max(1)));
        if tiles > 4096 {
            return Err(broken(format!("its JPEG 2000 picture has {tiles} tiles")));
        }
        let each = bytes[42..].as_chunks::<3>().0;
        let &[depth, ..] = each.first().ok_or_else(cut_off)?;
        if each.iter().take(count.into()).any(|component| *component != [depth, 1, 1]) {
            let what = "the DICOM file's JPEG 2000 picture has colours of several depths or resolutions";
            return Err(error(Kind::UnsupportedVariant, what));
        }
        let (precision, signed) = ((depth & 0x7F) + 1, depth & 0x80 != 0);
        if precision > 16 {
            let what = format!("the DICOM file's JPEG 2000 picture has {precision} bits, at most 16 are read");
            return Err(error(Kind::UnsupportedVariant, what));
        }
        // ISO/IEC 15444-15, A.2: the bit of the capabilities that says so.
        let coding = if segment[6] & 0x40 == 0 { Coding::Part1 } else { Coding::HighThroughput };
        Ok(Self { bytes: with_last_length(bytes), coding, precision, signed })
    }
}
