//! PNG, WebP, TIFF and BMP, through the `image` crate. What each needs of its own is its decoder; the rest is one way.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::tiff::TiffDecoder;
use image::codecs::webp::WebPDecoder;
use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageResult};

use super::chroma::chroma;
use super::{check_size, damaged, error, luma8, luma16, on_black};
use crate::{Decoded, Error, Kind, Limits, Radiograph, Result};

/// A picture of any colour type and depth that its decoder knows; transparency is seen on black. `None` when the format is
/// another.
pub(super) fn decode(format: ImageFormat, bytes: &[u8], limits: &Limits) -> Option<Result<Decoded>> {
    let mut memory = image::Limits::no_limits();
    memory.max_alloc = Some(limits.decoder_bytes);
    let file = Cursor::new(bytes);
    Some(match format {
        ImageFormat::Png => decode_with(PngDecoder::with_limits(file, memory.clone()), "PNG", memory, limits),
        ImageFormat::WebP if riff_ends_early(bytes) => Err(ends_early_error("WebP")),
        ImageFormat::WebP => decode_with(WebPDecoder::new(file), "WebP", memory, limits),
        ImageFormat::Tiff => decode_with(TiffDecoder::new(file), "TIFF", memory, limits),
        ImageFormat::Bmp => decode_with(BmpDecoder::new(file), "BMP", memory, limits),
        _ => return None,
    })
}

fn decode_with(
    decoder: ImageResult<impl ImageDecoder>,
    format: &'static str,
    memory: image::Limits,
    limits: &Limits,
) -> Result<Decoded> {
    let failed = |cause| failed(format, cause);
    let mut decoder = decoder.map_err(failed)?;
    let (width, height) = decoder.dimensions();
    check_size(width.into(), height.into(), limits)?;
    if decoder.total_bytes() > limits.decoder_bytes {
        let megabytes = limits.decoder_bytes >> 20;
        return Err(error(Kind::TooLarge, format!("the picture needs more than {megabytes} megabytes to decode")));
    }
    decoder.set_limits(memory).map_err(failed)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let (film, chroma) = film_and_chroma(picture, format)?;
    Ok(Decoded { radiograph: film.upright(orientation), header: None, chroma })
}

fn film_and_chroma(picture: DynamicImage, format: &str) -> Result<(Radiograph, f64)> {
    let (width, height) = (picture.width(), picture.height());
    let opaque = |a: u8| u16::from(a) * 257;
    let narrow = |v: u16| (v >> 8) as u8;
    let (luma, chroma) = match picture {
        DynamicImage::ImageLuma8(p) => return Ok((Radiograph::from_grey(width, height, p.into_raw()), 0.0)),
        DynamicImage::ImageLuma16(p) => (p.into_raw(), 0.0),
        DynamicImage::ImageLumaA8(p) => {
            (p.pixels().map(|p| on_black(u16::from(p[0]) * 257, opaque(p[1]))).collect(), 0.0)
        }
        DynamicImage::ImageLumaA16(p) => (p.pixels().map(|p| on_black(p[0], p[1])).collect(), 0.0),
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
    Ok((Radiograph::from_luma(width, height, luma), chroma))
}

fn failed(format: &str, cause: ImageError) -> Error {
    match cause {
        ImageError::Limits(e)
            if matches!(e.kind(), LimitErrorKind::InsufficientMemory | LimitErrorKind::DimensionError) =>
        {
            error(Kind::TooLarge, "the picture needs more memory than the limit allows")
        }
        ImageError::Unsupported(e) => {
            error(Kind::UnsupportedVariant, format!("this kind of {format} is not read: {e}"))
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
