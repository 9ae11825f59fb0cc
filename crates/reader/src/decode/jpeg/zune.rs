//! zune-jpeg, the image crate's own JPEG decoder, in its strict mode: in the lenient one, that the image crate always uses,
//! a film cut off in the middle comes back as a whole one with a grey lower half.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::super::check::{damaged, error};
use crate::{Error, Kind, Result};

/// Of bytes of its own, as the one inside `tiff`: one of borrowed bytes would be compiled a second time, and 30 kB more to
/// download.
pub(super) type Decoder = JpegDecoder<ZCursor<Vec<u8>>>;

pub(super) fn strict() -> DecoderOptions {
    DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
}

/// A decoder that has read the headers.
pub(super) fn open(bytes: &[u8]) -> Result<Decoder> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes.to_vec()), strict());
    decoder.decode_headers().map_err(failed)?;
    Ok(decoder)
}

/// The colours as they are coded: what they mean, somebody else says.
pub(super) fn as_coded(bytes: &[u8], components: usize) -> Result<Vec<u16>> {
    let mut decoder = open(bytes)?;
    if let Some(colours) = decoder.input_colorspace() {
        // Adobe's marker says the transform only, and the decoder counts the components later.
        let colours = match colours {
            ColorSpace::CMYK if components == 3 => ColorSpace::RGB,
            ColorSpace::YCCK if components == 3 => ColorSpace::YCbCr,
            other => other,
        };
        decoder.set_options(strict().jpeg_set_out_colorspace(colours));
    }
    let samples = decoder.decode().map_err(failed)?;
    Ok(samples.into_iter().map(u16::from).collect())
}

pub(super) fn failed(cause: DecodeErrors) -> Error {
    match cause {
        DecodeErrors::Unsupported(scheme) => {
            error(Kind::UnsupportedVariant, format!("this kind of JPEG is not read: {scheme:?}"))
        }
        DecodeErrors::ExhaustedData => error(Kind::Truncated, "the JPEG ends before its picture does"),
        cause => damaged("JPEG", &format!("{cause:?}")),
    }
}
