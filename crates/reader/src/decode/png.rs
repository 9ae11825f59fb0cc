use std::io::Cursor;

use image::codecs::png::PngDecoder;
use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder};

use super::{check_size, damaged, error, luma8, luma16, on_black, upright};
use crate::{Error, Kind, Limits, Radiograph, Result};

/// PNG of any colour type and depth; transparency is seen on black.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Radiograph> {
    let mut memory = image::Limits::no_limits();
    memory.max_alloc = Some(limits.decoder_bytes);
    let mut decoder = PngDecoder::with_limits(Cursor::new(bytes), memory.clone()).map_err(failed)?;
    let (width, height) = decoder.dimensions();
    check_size(width.into(), height.into(), limits)?;
    if decoder.total_bytes() > limits.decoder_bytes {
        let megabytes = limits.decoder_bytes >> 20;
        return Err(error(Kind::TooLarge, format!("the picture needs more than {megabytes} megabytes to decode")));
    }
    decoder.set_limits(memory).map_err(failed)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(failed)?;
    Ok(upright(width, height, luma(picture)?, orientation))
}

fn luma(picture: DynamicImage) -> Result<Vec<u16>> {
    let opaque = |a: u8| u16::from(a) * 257;
    Ok(match picture {
        DynamicImage::ImageLuma8(p) => p.into_raw().into_iter().map(|v| u16::from(v) * 257).collect(),
        DynamicImage::ImageLuma16(p) => p.into_raw(),
        DynamicImage::ImageLumaA8(p) => p.pixels().map(|p| on_black(u16::from(p[0]) * 257, opaque(p[1]))).collect(),
        DynamicImage::ImageLumaA16(p) => p.pixels().map(|p| on_black(p[0], p[1])).collect(),
        DynamicImage::ImageRgb8(p) => p.pixels().map(|p| luma8(p.0)).collect(),
        DynamicImage::ImageRgb16(p) => p.pixels().map(|p| luma16(p.0)).collect(),
        DynamicImage::ImageRgba8(p) => p.pixels().map(|p| on_black(luma8([p[0], p[1], p[2]]), opaque(p[3]))).collect(),
        DynamicImage::ImageRgba16(p) => p.pixels().map(|p| on_black(luma16([p[0], p[1], p[2]]), p[3])).collect(),
        other => {
            return Err(error(Kind::UnsupportedVariant, format!("a PNG of {:?} pixels is not read", other.color())));
        }
    })
}

fn failed(cause: ImageError) -> Error {
    match cause {
        ImageError::Limits(e)
            if matches!(e.kind(), LimitErrorKind::InsufficientMemory | LimitErrorKind::DimensionError) =>
        {
            error(Kind::TooLarge, "the picture needs more memory than the limit allows")
        }
        ImageError::Unsupported(e) => error(Kind::UnsupportedVariant, format!("this kind of PNG is not read: {e}")),
        cause if ends_early(&cause) => error(Kind::Truncated, "the PNG ends before its picture does"),
        cause => damaged("PNG", &cause.to_string()),
    }
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
