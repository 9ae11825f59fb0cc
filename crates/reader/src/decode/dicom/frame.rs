//! The first frame of the pixel data, in the order of its samples whatever the transfer syntax.

use std::borrow::Cow;

use dicom_core::VR;

use super::super::error;
use super::data_set::{DataSet, Element, PIXEL_DATA, broken, fragments};
use super::layout::{Layout, Photometric};
use super::syntax::{Codec, Encoding};
use super::{jpeg, jpeg2000, rle};
use crate::{Kind, Limits, Result};

/// The samples of the first frame, as they lie in the file: pixel by pixel, colours together, each in the low bits that
/// its layout allocates.
///
/// # Errors
/// A refusal for a coding that is not read, a failure for pixel data that are missing, cut off or damaged.
pub(super) fn samples(data_set: &DataSet, layout: &Layout, codec: Codec, limits: &Limits) -> Result<Vec<u16>> {
    let pixels = data_set.get(PIXEL_DATA).ok_or_else(|| broken("it has no pixel data"))?;
    if codec == Codec::Native {
        if pixels.items {
            return Err(broken("its pixel data are in fragments, its transfer syntax is not compressed"));
        }
        return native(pixels, layout, data_set.encoding() == Encoding::ExplicitBig);
    }
    if !pixels.items {
        return Err(broken("its pixel data are not in fragments, its transfer syntax is compressed"));
    }
    let frame = first_frame(&fragments(pixels.bytes)?, layout, codec)?;
    let samples = match codec {
        Codec::Rle => return rle::decode(&frame, layout),
        Codec::Jpeg => jpeg::decode(&frame, layout)?,
        Codec::Jpeg2000 => jpeg2000::decode(&frame, layout, limits)?,
        Codec::JpegLs | Codec::Native => {
            let what = "the DICOM file's transfer syntax is not read: JPEG-LS (1.2.840.10008.1.2.4.80 and .81)";
            return Err(error(Kind::UnsupportedTransferSyntax, what));
        }
    };
    if samples.len() != layout.sample_count() {
        return Err(broken("its picture has another number of samples than its header says"));
    }
    Ok(samples)
}

/// The bytes of the first frame (PS3.5, A.4): all fragments of a film of one frame, else those up to the second frame.
fn first_frame<'a>(fragments: &[&'a [u8]], layout: &Layout, codec: Codec) -> Result<Cow<'a, [u8]>> {
    let (offsets, fragments) = fragments.split_first().ok_or_else(|| broken("its pixel data have no fragments"))?;
    let count = if layout.frames == 1 { fragments.len() } else { in_first_frame(offsets, fragments, layout, codec) };
    match &fragments[..count] {
        [] => Err(error(Kind::Truncated, "the DICOM file has no fragment of its picture")),
        [one] => Ok(Cow::Borrowed(one)),
        several => Ok(Cow::Owned(several.concat())),
    }
}

fn in_first_frame(offsets: &[u8], fragments: &[&[u8]], layout: &Layout, codec: Codec) -> usize {
    // PS3.5, annex G: a frame of run lengths is one fragment.
    if codec == Codec::Rle || fragments.len() == layout.frames as usize {
        return fragments.len().min(1);
    }
    if let Some(&second) = offsets.as_chunks::<4>().0.get(1) {
        let second = u32::from_le_bytes(second) as usize;
        let mut at = 0;
        return fragments
            .iter()
            .take_while(|fragment| {
                let before = at < second;
                at += 8 + fragment.len();
                before
            })
            .count();
    }
    let ends = |fragment: &&[u8]| {
        let last = fragment.len() - usize::from(fragment.last() == Some(&0));
        fragment[..last].ends_with(&[0xFF, 0xD9])
    };
    fragments.iter().position(ends).map_or(fragments.len(), |last| last + 1)
}

/// Samples that are not compressed (PS3.5, section 8.1 and annex D), planes interleaved.
fn native(element: Element, layout: &Layout, big: bool) -> Result<Vec<u16>> {
    let count = match layout.photometric {
        Photometric::Ybr422 => layout.pixels() * 2,
        _ => layout.sample_count(),
    };
    let length = count * usize::from(layout.bits_allocated / 8);
    let bytes = element.bytes.get(..length).ok_or_else(|| {
        error(Kind::Truncated, format!("the DICOM file has {} bytes of pixels, not {length}", element.bytes.len()))
    })?;
    let mut samples: Vec<u16> = match layout.bits_allocated {
        8 => bytes.iter().map(|&v| v.into()).collect(),
        _ if big => bytes.as_chunks().0.iter().map(|&pair| u16::from_be_bytes(pair)).collect(),
        _ => bytes.as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect(),
    };
    // PS3.5, section 7.3: words, whose bytes change places, though each byte is a sample.
    if big && layout.bits_allocated == 8 && element.vr == Some(VR::OW) {
        if element.bytes.len() > length && !length.is_multiple_of(2) {
            samples[length - 1] = element.bytes[length].into();
        }
        samples.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.swap(0, 1));
    }
    Ok(match layout.photometric {
        Photometric::Ybr422 => {
            samples.as_chunks().0.iter().flat_map(|&[a, b, cb, cr]| [a, cb, cr, b, cb, cr]).collect()
        }
        _ if layout.planar && layout.samples == 3 => interleaved(&samples),
        _ => samples,
    })
}

/// Three planes as the samples of each pixel.
pub(super) fn interleaved(planes: &[u16]) -> Vec<u16> {
    let pixels = planes.len() / 3;
    (0..pixels).flat_map(|i| [planes[i], planes[pixels + i], planes[2 * pixels + i]]).collect()
}
