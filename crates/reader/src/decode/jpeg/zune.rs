//! zune-jpeg, the image crate's own JPEG decoder, in its strict mode: in the lenient one, that the image crate always uses,
//! a film cut off in the middle comes back as a whole one with a grey lower half.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::super::check::{damaged, error};
use super::frame::{Colours, Frame};
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

/// A decoder that has read nothing yet.
pub(super) fn new(bytes: &[u8]) -> Decoder {
    // JFIF's word is the last one, to libjpeg: zune-jpeg would hear Adobe's.
    let is_ybr = Frame::find(bytes).is_ok_and(|frame| frame.colours() == Some(Colours::Ybr));
    JpegDecoder::new_with_options(ZCursor::new(without_adobe(bytes, is_ybr)), strict())
}

/// The picture without segments of Adobe's, `all` or those that are too short to name a transform: zune-jpeg stops at them,
/// libjpeg does not.
fn without_adobe(bytes: &[u8], all: bool) -> Vec<u8> {
    const ADOBE: u8 = 0xEE;
    const START_OF_SCAN: u8 = 0xDA;
    const LEAST: usize = 16;
    let (start, mut rest) = bytes.split_at(bytes.len().min(2));
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(start);
    while let &[0xFF, marker, high, low, ..] = rest
        && marker != START_OF_SCAN
        && let Some((segment, behind)) = rest.split_at_checked(2 + usize::from(u16::from_be_bytes([high, low])))
    {
        if marker != ADOBE || !all && segment.len() >= LEAST {
            kept.extend_from_slice(segment);
        }
        rest = behind;
    }
    kept.extend_from_slice(rest);
    kept
}

/// The colours as they are coded: what they mean, somebody else says.
pub(super) fn as_coded(bytes: &[u8], components: usize) -> Result<Vec<u16>> {
    let mut decoder = new(bytes);
    decoder.decode_headers().map_err(failed)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_segment_of_adobe_s_is_left_out_and_nothing_else() {
        let (start, rest) = (b"\xFF\xD8\xFF\xE0\0\x04ab", b"\xFF\xDA\0\x02\xFF\xEE\0\x03a\xFF\xD9");
        let whole = [&b"\xFF\xEE\0\x0EAdobe1234567"[..], rest].concat();
        let with_short = [&start[..], b"\xFF\xEE\0\x07Adobe", &whole].concat();
        assert_eq!(without_adobe(&with_short, false), [&start[..], &whole].concat());
        assert_eq!(without_adobe(&with_short[..11], false), with_short[..11]);
        assert_eq!(without_adobe(b"\xFF", false), b"\xFF");
        assert_eq!(without_adobe(&with_short, true), [&start[..], rest].concat());
    }
}
