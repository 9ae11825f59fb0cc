//! PNG, WebP, TIFF and BMP, through the `image` crate. What each needs of its own is its decoder; the rest is one way.

use std::io::Cursor;
use std::num::NonZeroU32;

use image::codecs::bmp::BmpDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::tiff::TiffDecoder;
use image::codecs::webp::WebPDecoder;
use image::error::{ImageError, LimitErrorKind, UnsupportedErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageResult};

use super::ALL_FORMATS;
use super::check::{check_size, damaged, error};
use super::chroma::{Chroma, chroma};
use super::luma::{luma8, luma16, on_black};
use super::tiff;
use crate::{Decoded, Error, Kind, Limits, Radiograph, Result, Warning, WarningKind};

/// The luma of a picture of 16 bits that uses no more of them than this was meant for less.
const MOST_BITS_OF_FEWER: u32 = 14;
/// Black or white of so few pixels may be words that were drawn on the film.
const MARKS: f64 = 0.05;

/// A page of a TIFF, the first one unless another is asked for.
pub(super) fn decode_tiff(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<Decoded> {
    let tiff::Prepared { bytes, pages, is_on_black, if_short, picture: decoded, kind } =
        tiff::prepare(bytes, frame, limits)?;
    let picture = match decoded {
        Some((pixels, orientation)) => Picture { pixels, orientation },
        None => {
            picture(TiffDecoder::new(Cursor::new(&bytes[..])), "TIFF", limits).map_err(|error| match error.kind() {
                Kind::Truncated => if_short.unwrap_or(error),
                Kind::UnsupportedVariant if !kind.is_empty() => error.and(&kind),
                _ => error,
            })?
        }
    };
    let picture = if is_on_black { picture.without_alpha() } else { picture };
    let mut decoded = picture.decoded("TIFF")?;
    if pages > 1 && frame.is_none() {
        let text = format!("the file holds {pages} pages; the first was read");
        decoded.warnings.push(Warning::new(WarningKind::FirstFrame, text));
    }
    Ok(decoded)
}

/// A picture of any colour type and depth that its decoder knows; transparency is seen on black. `None` when the format is
/// another.
pub(super) fn decode(format: ImageFormat, bytes: &[u8], limits: &Limits) -> Option<Result<Decoded>> {
    let file = Cursor::new(bytes);
    let mut moves = false;
    let (picture, format) = match format {
        ImageFormat::Png => {
            let decoder = PngDecoder::with_limits(file, memory(limits));
            moves = decoder.as_ref().is_ok_and(|decoder| decoder.is_apng().unwrap_or(false));
            (picture(decoder, "PNG", limits), "PNG")
        }
        _ if !ALL_FORMATS => return None,
        ImageFormat::WebP if riff_ends_early(bytes) => (Err(ends_early_error("WebP")), "WebP"),
        ImageFormat::WebP => {
            let decoder = WebPDecoder::new(file);
            moves = decoder.as_ref().is_ok_and(WebPDecoder::has_animation);
            (picture(decoder, "WebP", limits), "WebP")
        }
        ImageFormat::Bmp => (picture(BmpDecoder::new(file), "BMP", limits), "BMP"),
        _ => return None,
    };
    Some(picture.and_then(|picture| picture.decoded(format)).map(|mut decoded| {
        if moves {
            let text = "the file holds several pictures; the first was read";
            decoded.warnings.push(Warning::new(WarningKind::FirstFrame, text.to_owned()));
        }
        decoded
    }))
}

fn memory(limits: &Limits) -> image::Limits {
    let mut memory = image::Limits::no_limits();
    memory.max_alloc = Some(limits.decoder_bytes);
    memory
}

/// What a decoder makes of a file.
struct Picture {
    pixels: DynamicImage,
    orientation: Orientation,
}

fn picture(decoder: ImageResult<impl ImageDecoder>, format: &str, limits: &Limits) -> Result<Picture> {
    let failed = |cause| failed(format, cause);
    let mut decoder = decoder.map_err(failed)?;
    let (width, height) = decoder.dimensions();
    check_size(width.into(), height.into(), limits)?;
    if decoder.total_bytes() > limits.decoder_bytes {
        let megabytes = limits.decoder_bytes >> 20;
        return Err(error(Kind::TooLarge, format!("the picture needs more than {megabytes} megabytes to decode")));
    }
    decoder.set_limits(memory(limits)).map_err(failed)?;
    let orientation = orientation(&mut decoder);
    let pixels = DynamicImage::from_decoder(decoder).map_err(failed)?;
    Ok(Picture { pixels, orientation })
}

impl Picture {
    fn decoded(self, format: &str) -> Result<Decoded> {
        // Some writers of BMP leave the opacity at 0.
        let Self { pixels, orientation } = if self.shows_nothing() { self.without_alpha() } else { self };
        let (film, chroma, warning) = film_and_chroma(pixels, format)?;
        let warnings = warning.into_iter().collect();
        Ok(Decoded { chroma, warnings, ..Decoded::of(film.upright(orientation)) })
    }

    /// Whether every pixel is wholly transparent.
    fn shows_nothing(&self) -> bool {
        match &self.pixels {
            DynamicImage::ImageLumaA8(p) => p.pixels().all(|p| p[1] == 0),
            DynamicImage::ImageLumaA16(p) => p.pixels().all(|p| p[1] == 0),
            DynamicImage::ImageRgba8(p) => p.pixels().all(|p| p[3] == 0),
            DynamicImage::ImageRgba16(p) => p.pixels().all(|p| p[3] == 0),
            _ => false,
        }
    }

    fn without_alpha(self) -> Self {
        let pixels = match self.pixels {
            pixels @ DynamicImage::ImageLumaA8(_) => DynamicImage::ImageLuma8(pixels.into_luma8()),
            pixels @ DynamicImage::ImageLumaA16(_) => DynamicImage::ImageLuma16(pixels.into_luma16()),
            pixels @ DynamicImage::ImageRgba8(_) => DynamicImage::ImageRgb8(pixels.into_rgb8()),
            pixels @ DynamicImage::ImageRgba16(_) => DynamicImage::ImageRgb16(pixels.into_rgb16()),
            pixels => pixels,
        };
        Self { pixels, ..self }
    }
}

/// Which way up the picture is, by its EXIF data, before which some writers leave JPEG's name for them, or by its own tag.
fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    let exif = decoder.exif_metadata().ok().flatten();
    let exif = exif.as_deref().map(|exif| exif.strip_prefix(b"Exif\0\0").unwrap_or(exif));
    let orientation = exif.and_then(Orientation::from_exif_chunk).or_else(|| decoder.orientation().ok());
    orientation.unwrap_or(Orientation::NoTransforms)
}

/// Stretches luma of fewer bits in 16 to the whole range, black or white staying what it is.
fn stretch(luma: &mut [u16]) -> Option<Warning> {
    let is_few = |end: u16| luma.iter().filter(|&&v| v == end).count() as f64 <= MARKS * luma.len() as f64;
    let (no_black, no_white) = (is_few(0), is_few(u16::MAX));
    let film = luma.iter().filter(|&&v| !(no_black && v == 0 || no_white && v == u16::MAX));
    let (least, most) = film.fold((u16::MAX, 0), |(a, b), &v| (a.min(v), b.max(v)));
    let bits = |value: u16| u16::BITS - value.leading_zeros();
    let (from_black, from_white) = (bits(most), bits(!least));
    let used = from_black.min(from_white);
    if least > most || used == 0 || used > MOST_BITS_OF_FEWER {
        return None;
    }
    let full = (1u32 << used) - 1;
    let stretched = |value: u16| ((u32::from(value).min(full) * 65535 + full / 2) / full) as u16;
    for value in luma {
        *value = if from_black <= from_white { stretched(*value) } else { !stretched(!*value) };
    }
    let text = format!(
        "the picture's values are {least} to {most} of 65535, as of {used} bits in 16; they were stretched to the whole range"
    );
    Some(Warning::new(WarningKind::RangeStretched, text))
}

fn film_and_chroma(picture: DynamicImage, format: &str) -> Result<(Radiograph, Chroma, Option<Warning>)> {
    let (width, height) = (picture.width(), picture.height());
    let opaque = |a: u8| u16::from(a) * 257;
    let narrow = |v: u16| (v >> 8) as u8;
    let is_deep = picture.color().bytes_per_pixel() == 2 * picture.color().channel_count();
    let grey = Chroma::default();
    let (mut luma, chroma): (Vec<u16>, Chroma) = match picture {
        DynamicImage::ImageLuma8(p) => return Ok((Radiograph::from_grey(width, height, p.into_raw()), grey, None)),
        DynamicImage::ImageLuma16(p) => (p.into_raw(), grey),
        DynamicImage::ImageLumaA8(p) => {
            (p.pixels().map(|p| on_black(u16::from(p[0]) * 257, opaque(p[1]))).collect(), grey)
        }
        DynamicImage::ImageLumaA16(p) => (p.pixels().map(|p| on_black(p[0], p[1])).collect(), grey),
        DynamicImage::ImageRgb8(p) => (p.pixels().map(|p| luma8(p.0)).collect(), chroma(p.pixels().map(|p| p.0))),
        DynamicImage::ImageRgb16(p) => {
            (p.pixels().map(|p| luma16(p.0)).collect(), chroma(p.pixels().map(|p| p.0.map(narrow))))
        }
        DynamicImage::ImageRgba8(p) => (
            p.pixels().map(|p| on_black(luma8([p[0], p[1], p[2]]), opaque(p[3]))).collect(),
            chroma(p.pixels().map(|p| [p[0], p[1], p[2]])),
        ),
        DynamicImage::ImageRgba16(p) => (
            p.pixels().map(|p| on_black(luma16([p[0], p[1], p[2]]), p[3])).collect(),
            chroma(p.pixels().map(|p| [p[0], p[1], p[2]].map(narrow))),
        ),
        other => {
            let detail = format!("a {format} of {:?} pixels is not read", other.color());
            return Err(error(Kind::UnsupportedVariant, detail));
        }
    };
    let warning = if is_deep { stretch(&mut luma) } else { None };
    Ok((Radiograph::from_luma(width, height, luma), chroma, warning))
}

fn failed(format: &str, cause: ImageError) -> Error {
    match cause {
        ImageError::Limits(e)
            if matches!(e.kind(), LimitErrorKind::InsufficientMemory | LimitErrorKind::DimensionError) =>
        {
            error(Kind::TooLarge, "the picture needs more memory than the limit allows")
        }
        ImageError::Unsupported(e) => {
            let what = match e.kind() {
                UnsupportedErrorKind::Color(ExtendedColorType::Unknown(bits)) => format!("its pixels have {bits} bits"),
                UnsupportedErrorKind::GenericFeature(what) => what.clone(),
                _ => e.to_string(),
            };
            error(Kind::UnsupportedVariant, format!("this kind of {format} is not read: {what}"))
        }
        cause if ends_early(&cause) => ends_early_error(format),
        cause => damaged(format, &cause.to_string()),
    }
}

fn ends_early_error(format: &str) -> Error {
    error(Kind::Truncated, format!("the {format} ends before its picture does"))
}

/// Whether a RIFF file (WebP) has fewer bytes than it says: its decoder calls that damage, or does not notice.
fn riff_ends_early(bytes: &[u8]) -> bool {
    let says = bytes.get(4..).and_then(|rest| rest.first_chunk()).map(|size| u64::from(u32::from_le_bytes(*size)));
    says.is_none_or(|says| (bytes.len() as u64) < 8 + says)
}

/// Whether the bytes ran out somewhere down the chain of causes.
fn ends_early(cause: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(cause);
    while let Some(e) = next {
        if let Some(io) = e.downcast_ref::<std::io::Error>() {
            return io.kind() == std::io::ErrorKind::UnexpectedEof;
        }
        if let Some(ImageError::IoError(io)) = e.downcast_ref::<ImageError>() {
            return io.kind() == std::io::ErrorKind::UnexpectedEof;
        }
        next = e.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_bits_in_16_are_stretched_and_said() {
        let mut dark = vec![0, 100, 4095];
        let warning = stretch(&mut dark).expect("12 bits");
        assert_eq!((dark, warning.kind), (vec![0, 1600, 65535], WarningKind::RangeStretched));
        assert!(warning.message.contains("12 bits"), "{warning:?}");
        let mut white = vec![65535, 65435, 61440];
        stretch(&mut white).expect("12 bits, black being their most");
        assert_eq!(white, [65535, 63935, 0]);
        let mut with_words = [&[65535][..], &[100; 30], &[4095]].concat();
        assert!(stretch(&mut with_words).expect("12 bits, and words").message.contains("100 to 4095"));
        assert_eq!(with_words[..2], [65535, 1600]);
        for mut as_it_is in [vec![0, 40000], vec![0, 32767], vec![0, 0], vec![65535; 2]] {
            let before = as_it_is.clone();
            assert_eq!(stretch(&mut as_it_is), None);
            assert_eq!(as_it_is, before);
        }
    }
}
