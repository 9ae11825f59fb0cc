//! JPEG files: their markers, their colours, and which way up they are.

use image::metadata::Orientation;
use zune_core::colorspace::ColorSpace;

use super::super::check::{check_size, damaged, error};
use super::super::chroma::{Chroma, chroma};
use super::super::luma::luma8;
use super::frame::{Colours, Frame, Scan};
use super::zune::{self, Decoder};
use super::{beyond_zune, sequential};
use crate::{Decoded, Error, Kind, Limits, Radiograph, Result};

/// Baseline and progressive JPEG of 8 bits: grey, colour, CMYK and YCCK, upright by its EXIF orientation.
pub(in crate::decode) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded> {
    check_markers(bytes)?;
    let mut decoder = zune::new(bytes);
    let headers = decoder.decode_headers().map_err(zune::failed);
    let (film, chroma) = match beyond_zune(bytes, limits)? {
        Some((frame, scan)) => {
            let (width, height) = (u32::from(frame.width), u32::from(frame.height));
            check_size(width.into(), height.into(), limits)?;
            let (luma, chroma) = decode_sequential(frame, scan)?;
            (Radiograph::from_luma(width, height, luma), chroma)
        }
        None => headers.and_then(|()| decode_by_zune(&mut decoder, limits))?,
    };
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    Ok(Decoded { chroma, ..Decoded::of(film.upright(orientation)) })
}

/// The film and its chroma, by a decoder that has read the headers.
fn decode_by_zune(decoder: &mut Decoder, limits: &Limits) -> Result<(Radiograph, Chroma)> {
    let info = decoder.info().ok_or_else(|| damaged("JPEG", "it has no frame"))?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    check_size(width.into(), height.into(), limits)?;
    let grey = matches!(decoder.input_colorspace(), Some(ColorSpace::Luma));
    decoder.set_options(zune::strict().jpeg_set_out_colorspace(if grey { ColorSpace::Luma } else { ColorSpace::RGB }));
    let size = decoder.output_buffer_size().ok_or_else(|| damaged("JPEG", "it has no size"))?;
    if grey {
        let mut samples = vec![0; size];
        decoder.decode_into(&mut samples).map_err(zune::failed)?;
        return Ok((Radiograph::from_grey(width, height, samples), Chroma::default()));
    }
    let (luma, chroma) = decode_colours(decoder, size)?;
    Ok((Radiograph::from_luma(width, height, luma), chroma))
}

/// The luma of each pixel and the chroma of a picture that our own decoder reads.
fn decode_sequential(frame: Frame, scan: Scan) -> Result<(Vec<u16>, Chroma)> {
    let rgb = frame.colours() == Some(Colours::Rgb);
    let samples = sequential::decode(frame, Some(scan))?;
    let pixels =
        samples.as_chunks().0.iter().map(|&[a, b, c]| if rgb { [a, b, c].map(|v| v as u8) } else { rgb8([a, b, c]) });
    Ok((pixels.clone().map(luma8).collect(), chroma(pixels)))
}

/// Red, green and blue of Y, Cb and Cr of 8 bits (T.871, section 7).
pub(in crate::decode) fn rgb8(ybr: [u16; 3]) -> [u8; 3] {
    let [y, cb, cr] = ybr.map(f32::from);
    let (cb, cr) = (cb - 128.0, cr - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|v| v.round().clamp(0.0, 255.0) as u8)
}

/// The luma of each pixel, and the chroma of the picture, whose red, green and blue are of this `size` together. Luma and
/// colours lie in one memory, the colours at its end: those of a large film are the most that the reader ever holds.
fn decode_colours(decoder: &mut Decoder, size: usize) -> Result<(Vec<u16>, Chroma)> {
    const BLOCK: usize = 1024;
    const SAMPLES: usize = 3;
    let pixels = size / SAMPLES;
    let mut luma = vec![0u16; size.div_ceil(2)];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut luma);
    let first = bytes.len() - size;
    decoder.decode_into(&mut bytes[first..]).map_err(zune::failed)?;
    let chroma = chroma(bytes[first..].as_chunks().0.iter().copied());
    // A pixel's luma never reaches the colours of a later one.
    let mut block = [[0; SAMPLES]; BLOCK];
    for start in (0..pixels).step_by(BLOCK) {
        let block = &mut block[..BLOCK.min(pixels - start)];
        let samples = block.as_flattened_mut();
        samples.copy_from_slice(&bytes[first + start * SAMPLES..][..samples.len()]);
        for (value, samples) in bytes[2 * start..].as_chunks_mut().0.iter_mut().zip(block) {
            *value = luma8(*samples).to_ne_bytes();
        }
    }
    luma.truncate(pixels);
    luma.shrink_to_fit();
    Ok((luma, chroma))
}

/// Walks the markers (ITU-T T.81, annex B) to the end of the image, past the kind of coding that the frame header names.
/// A decoder reports a missing end only when it runs out of bytes for a whole row of blocks.
pub(in crate::decode) fn check_markers(bytes: &[u8]) -> Result<()> {
    const END_OF_IMAGE: u8 = 0xD9;
    const START_OF_SCAN: u8 = 0xDA;
    const JPEG_LS: u8 = 0xF7;
    let mut rest = bytes.get(2..).unwrap_or_default();
    let mut scan = None;
    loop {
        let marker = match rest {
            [0xFF, 0xFF, ..] => {
                rest = &rest[1..];
                continue;
            }
            [0xFF, marker, tail @ ..] if *marker != 0 => {
                rest = tail;
                *marker
            }
            // Entropy-coded data, stuffed bytes included.
            [_, tail @ ..] => {
                let skip = memchr::memchr(0xFF, tail).ok_or_else(|| lost_end(scan))?;
                rest = &tail[skip..];
                continue;
            }
            [] => return Err(lost_end(scan)),
        };
        match marker {
            END_OF_IMAGE => return Ok(()),
            // Restart and temporary markers stand alone.
            0x01 | 0xD0..=0xD8 => continue,
            START_OF_SCAN => scan = scan.or(Some(rest)),
            0xC0..=0xCF => check_frame(marker, rest)?,
            JPEG_LS if scan.is_none() => return Err(not_read("JPEG-LS")),
            _ => {}
        }
        let length = rest.first_chunk().map(|b| usize::from(u16::from_be_bytes(*b)));
        rest = length.and_then(|length| rest.get(length..)).ok_or_else(|| lost_end(scan))?;
    }
}

/// Why the walk did not come to the end marker: it is not there, or a damaged marker led past it.
fn lost_end(scan: Option<&[u8]>) -> Error {
    if scan.is_some_and(|data| data.windows(2).any(|pair| pair == [0xFF, 0xD9])) {
        error(Kind::Damaged, "the JPEG's markers do not lead to its end")
    } else {
        error(Kind::Truncated, "the JPEG has no end marker")
    }
}

/// Refuses the codings that films in JPEG files practically never have (T.81, table B.1), by name.
fn check_frame(marker: u8, segment: &[u8]) -> Result<()> {
    let coding = match marker {
        // Huffman tables, an extension, arithmetic conditioning: no frame headers.
        0xC4 | 0xC8 | 0xCC => return Ok(()),
        0xC0..=0xC2 => match segment.get(2) {
            Some(12) => "12-bit",
            // 8, or damage that the decoder will name.
            _ => return Ok(()),
        },
        0xC3 => "lossless",
        0xC5..=0xC7 => "hierarchical",
        _ => "arithmetic-coded",
    };
    Err(not_read(coding))
}

fn not_read(coding: &str) -> Error {
    error(Kind::UnsupportedVariant, format!("the file is a JPEG of a kind that is not read: {coding}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_marker_inside_a_segment_is_not_the_end() {
        let thumbnail_only = [0xFF, 0xD8, 0xFF, 0xE1, 0x00, 0x04, 0xFF, 0xD9, 0xFF, 0xDA, 0x00, 0x02, 0x12, 0xFF, 0x00];
        assert_eq!(check_markers(&thumbnail_only).expect_err("no end").kind(), Kind::Truncated);
        let complete = [&thumbnail_only[..], &[0xFF, 0xD3, 0x40, 0xFF, 0xFF, 0xD9, 0x0A]].concat();
        assert!(check_markers(&complete).is_ok());
    }

    #[test]
    fn a_damaged_marker_is_told_from_a_missing_end() {
        let misled = [0xFF, 0xD8, 0xFF, 0xDA, 0x00, 0x02, 0x12, 0xFF, 0xE5, 0x7F, 0x7F, 0x12, 0xFF, 0xD9];
        assert_eq!(check_markers(&misled).expect_err("misled").kind(), Kind::Damaged);
    }

    #[test]
    fn every_prefix_is_truncated() {
        let whole = [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x03, 0x01, 0xFF, 0xDA, 0x00, 0x02, 0x12, 0xFF, 0xD9];
        assert!(check_markers(&whole).is_ok());
        for length in 2..whole.len() {
            assert_eq!(check_markers(&whole[..length]).expect_err("cut off").kind(), Kind::Truncated, "{length}");
        }
    }
}
