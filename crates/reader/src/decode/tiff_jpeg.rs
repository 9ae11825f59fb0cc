//! JPEG inside TIFF (TIFF 6.0, technical note 2): each strip or tile is a picture of its own, whose tables may stand apart.
//! Decoded as JPEG files are: the tiff crate takes what is cut off for grey, and gives no colours.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, RgbImage};
use tiff::decoder::Decoder;
use tiff::tags::Tag;

use super::check::{check_size, damaged, error};
use super::jpeg::{Frame, check_markers, rgb8, samples};
use crate::{Kind, Limits, Result};

/// Values of PhotometricInterpretation.
const WHITE_IS_0: u16 = 0;
const BLACK_IS_0: u16 = 1;
const RGB: u16 = 2;
const YBR: u16 = 6;

/// The pixels of the page that a decoder stands at, whose strips or tiles lie at these offsets with these lengths.
///
/// # Errors
/// A refusal for another number of colours or of bits, a failure for what is cut off or damaged.
pub(super) fn decode(
    decoder: &mut Decoder<Cursor<&[u8]>>,
    bytes: &[u8],
    chunks: &[(u64, u64)],
    limits: &Limits,
) -> Result<DynamicImage> {
    let unread = |what: &str| error(Kind::UnsupportedVariant, format!("this kind of TIFF is not read: {what}"));
    let wrong = || damaged("TIFF", "its strips or tiles are not those of its picture");
    let (width, height) = decoder.dimensions().map_err(|_| wrong())?;
    check_size(width.into(), height.into(), limits)?;
    let photometric = decoder.find_tag_unsigned(Tag::PhotometricInterpretation).ok().flatten();
    let colours: usize = match photometric {
        Some(WHITE_IS_0 | BLACK_IS_0) => 1,
        Some(RGB | YBR) => 3,
        _ => return Err(unread("JPEG of other colours than grey, RGB and YCbCr")),
    };
    let (width, height) = (width as usize, height as usize);
    let (across, down) = decoder.chunk_dimensions();
    let (across, down) = (across as usize, down as usize);
    if across == 0 || down == 0 || chunks.len() != width.div_ceil(across) * height.div_ceil(down) {
        return Err(wrong());
    }
    let tables = decoder.get_tag_u8_vec(Tag::JPEGTables).unwrap_or_default();
    let mut pixels = vec![0; width * height * colours];
    for (nth, &(offset, length)) in chunks.iter().enumerate() {
        let range = offset as usize..(offset as usize).saturating_add(length as usize);
        let chunk = bytes.get(range).ok_or_else(|| error(Kind::Truncated, "the TIFF ends before its picture does"))?;
        // Less the end of the one and the beginning of the other.
        let stream = match tables.split_last_chunk::<2>() {
            Some((tables, _)) if !tables.is_empty() => [tables, chunk.get(2..).unwrap_or_default()].concat(),
            _ => chunk.to_vec(),
        };
        check_markers(&stream)?;
        let frame = Frame::find(&stream)?;
        let (coded_across, coded_down) = (usize::from(frame.width), usize::from(frame.height));
        if frame.precision != 8 || frame.components.len() != colours {
            let what = format!("JPEG of {} colours and {} bits", frame.components.len(), frame.precision);
            return Err(unread(&what));
        }
        // A tile may be smaller than a film.
        let [across_at_least, down_at_least] =
            [coded_across, coded_down].map(|side| (side as u64).max(limits.least_side.into()));
        check_size(across_at_least, down_at_least, limits)?;
        let (left, top) = (nth % width.div_ceil(across) * across, nth / width.div_ceil(across) * down);
        let (here_across, here_down) = (across.min(width - left), down.min(height - top));
        if coded_across < here_across || coded_down < here_down {
            return Err(wrong());
        }
        let samples = samples(&stream, frame, limits)?;
        for row in 0..here_down {
            let from = &samples[row * coded_across * colours..][..here_across * colours];
            let to = &mut pixels[((top + row) * width + left) * colours..][..here_across * colours];
            to.iter_mut().zip(from).for_each(|(to, &sample)| *to = sample as u8);
        }
    }
    match photometric {
        Some(WHITE_IS_0) => pixels.iter_mut().for_each(|sample| *sample = !*sample),
        Some(YBR) => {
            pixels.as_chunks_mut().0.iter_mut().for_each(|pixel: &mut [u8; 3]| *pixel = rgb8(pixel.map(u16::from)))
        }
        _ => {}
    }
    let (width, height) = (width as u32, height as u32);
    let picture = if colours == 1 {
        GrayImage::from_raw(width, height, pixels).map(DynamicImage::from)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::from)
    };
    picture.ok_or_else(wrong)
}
