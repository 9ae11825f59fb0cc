//! From a file's bytes to a radiograph. One file a format; what is common to them is here.

mod chroma;
mod decoded;
mod dicom;
mod jpeg;
mod picture;

use std::num::NonZeroU32;

use image::ImageFormat;

pub(crate) use dicom::{images, is_directory};

pub use decoded::{Decoded, StoredValues};

use crate::study::FileKind;
use crate::{Error, Kind, Limits, Result, Stage};

/// Finds the format by content and decodes the frame that is asked for, else the first one.
pub(crate) fn decode(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<Decoded> {
    check_bytes(bytes, limits)?;
    let format = image::guess_format(bytes);
    if !matches!(format, Ok(ImageFormat::Jpeg | ImageFormat::Png)) && dicom::is_dicom(bytes) {
        return dicom::decode(bytes, frame, limits);
    }
    if let Some(frame) = frame.filter(|frame| frame.get() > 1) {
        return Err(error(Kind::UnsupportedVariant, format!("the file holds one picture, and so no frame {frame}")));
    }
    match format {
        Ok(ImageFormat::Jpeg) => jpeg::decode(bytes, limits),
        Ok(format) => picture::decode(format, bytes, limits)
            .unwrap_or_else(|| Err(unsupported(&format!("a {} picture", format.extensions_str()[0].to_uppercase())))),
        Err(_) if FileKind::of(bytes) == FileKind::Archive => {
            Err(error(Kind::Archive, "the file is a ZIP archive, where one film is looked for"))
        }
        Err(_) => Err(unsupported(name(bytes))),
    }
}

/// The stored values of a DICOM file's frame.
pub(crate) fn stored(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<StoredValues> {
    check_bytes(bytes, limits)?;
    if !dicom::is_dicom(bytes) {
        return Err(error(Kind::UnsupportedFormat, "the file is no DICOM file, and only those have stored values"));
    }
    dicom::stored(bytes, frame, limits)
}

fn check_bytes(bytes: &[u8], limits: &Limits) -> Result<()> {
    if bytes.is_empty() {
        return Err(error(Kind::Empty, "the file is empty"));
    }
    if bytes.len() > limits.bytes {
        return Err(error(
            Kind::TooLarge,
            format!("the file has {} bytes, the limit is {}", bytes.len(), limits.bytes),
        ));
    }
    Ok(())
}

/// What a file that no picture decoder knows is called, by its first bytes.
fn name(bytes: &[u8]) -> &'static str {
    let names: [(usize, &[u8], &str); 3] =
        [(0, b"%PDF", "a PDF document"), (4, b"ftyphei", "a HEIC picture"), (0, b"<svg", "an SVG drawing")];
    let known = names.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    known.map_or("of no format that is known here", |(_, _, name)| name)
}

fn unsupported(what: &str) -> Error {
    error(Kind::UnsupportedFormat, format!("the file is {what}; DICOM, PNG, JPEG, TIFF, WebP and BMP are read"))
}

fn error(kind: Kind, detail: impl Into<String>) -> Error {
    Error::new(Stage::Decode, kind, detail)
}

/// What a decoder says of damaged bytes, as the end of a sentence.
fn damaged(format: &str, says: &str) -> Error {
    let says = says.trim_matches(['"', '.', ' ']);
    error(Kind::Damaged, format!("the {format} is damaged: {says}"))
}

/// Refuses a picture by the size that its header claims.
fn check_size(width: u64, height: u64, limits: &Limits) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(error(Kind::Damaged, "the picture has no pixels"));
    }
    if width.saturating_mul(height) > limits.pixels {
        let million = limits.pixels / 1_000_000;
        return Err(error(
            Kind::TooLarge,
            format!("the picture has {width} x {height} pixels, the limit is {million} million"),
        ));
    }
    if width.min(height) < u64::from(limits.least_side) {
        let least = limits.least_side;
        return Err(error(
            Kind::TooSmall,
            format!("the picture has {width} x {height} pixels, the least is {least} x {least}"),
        ));
    }
    Ok(())
}

/// Luma of 8-bit red, green and blue on the 16-bit scale (ITU-R BT.601, as in JPEG itself), rounded to nearest.
fn luma8([r, g, b]: [u8; 3]) -> u16 {
    let thousandths = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b);
    ((thousandths * 257 + 500) / 1000) as u16
}

/// Luma of 16-bit red, green and blue (ITU-R BT.601), rounded to nearest.
fn luma16([r, g, b]: [u16; 3]) -> u16 {
    ((299 * u64::from(r) + 587 * u64::from(g) + 114 * u64::from(b) + 500) / 1000) as u16
}

/// A sample seen on black through its opacity of `alpha` in `0..=65535`.
fn on_black(luma: u16, alpha: u16) -> u16 {
    ((u32::from(luma) * u32::from(alpha) + 32767) / 65535) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_stays_exactly_grey() {
        for v in 0..=255u8 {
            assert_eq!(luma8([v, v, v]), u16::from(v) * 257);
        }
        for v in [0u16, 1, 32767, 65534, 65535] {
            assert_eq!(luma16([v, v, v]), v);
        }
    }

    #[test]
    fn colours_weigh_as_bt601_says() {
        assert_eq!(luma8([255, 0, 0]), (0.299f64 * 65535.0).round() as u16);
        assert_eq!(luma16([0, 65535, 0]), (0.587f64 * 65535.0).round() as u16);
    }

    #[test]
    fn transparency_is_seen_on_black() {
        assert_eq!(on_black(40000, 0), 0);
        assert_eq!(on_black(40000, 65535), 40000);
        assert_eq!(on_black(65535, 32768), 32768);
    }

    #[test]
    fn names_what_it_does_not_read() {
        let refusal = decode(b"GIF89a..........", None, &Limits::default()).expect_err("GIF is not read");
        assert_eq!(refusal.kind(), Kind::UnsupportedFormat);
        assert!(refusal.detail().contains("GIF"), "{refusal}");
    }
}
