//! A frame of the pixel data, in the order of its samples whatever the transfer syntax.

use std::borrow::Cow;

use dicom_core::VR;

use super::super::error;
use super::data_set::{DataSet, Element, PIXEL_DATA, broken, fragments};
use super::layout::{Layout, Photometric};
use super::syntax::{Codec, Encoding};
use super::{jpeg, jpeg_ls, jpeg2000, rle};
use crate::{Kind, Limits, Result};

/// The samples of a frame, the first being 0, as they lie in the file: pixel by pixel, colours together, each in the low
/// bits that its layout allocates.
///
/// # Errors
/// A refusal for a coding that is not read, a failure for pixel data that are missing, cut off or damaged.
pub(super) fn samples(
    data_set: &DataSet,
    layout: &Layout,
    codec: Codec,
    frame: usize,
    limits: &Limits,
) -> Result<Vec<u16>> {
    let pixels = data_set.get(PIXEL_DATA).ok_or_else(|| broken("it has no pixel data"))?;
    let compressed = || {
        if !pixels.items {
            return Err(broken("its pixel data are not in fragments, its transfer syntax is compressed"));
        }
        encapsulated(&fragments(pixels.bytes)?, layout, codec, frame)
    };
    let samples = match codec {
        Codec::Native if pixels.items => {
            return Err(broken("its pixel data are in fragments, its transfer syntax is not compressed"));
        }
        Codec::Native => native(pixels, layout, data_set.encoding() == Encoding::ExplicitBig, frame)?,
        Codec::Rle => rle::decode(&compressed()?, layout)?,
        Codec::Jpeg => jpeg::decode(&compressed()?, layout)?,
        Codec::JpegLs => jpeg_ls::decode(&compressed()?, layout)?,
        Codec::Jpeg2000 => jpeg2000::decode(&compressed()?, layout, limits)?,
    };
    if samples.len() != layout.sample_count() {
        return Err(broken("its picture has another number of samples than its header says"));
    }
    Ok(samples)
}

/// The bytes of a frame in fragments (PS3.5, A.4), the first of which is the basic offset table.
fn encapsulated<'a>(fragments: &[&'a [u8]], layout: &Layout, codec: Codec, frame: usize) -> Result<Cow<'a, [u8]>> {
    let (offsets, fragments) = fragments.split_first().ok_or_else(|| broken("its pixel data have no fragments"))?;
    match of_frame(offsets, fragments, layout, codec, frame) {
        [] => Err(error(Kind::Truncated, "the DICOM file has no fragment of its picture")),
        [one] => Ok(Cow::Borrowed(one)),
        several => Ok(Cow::Owned(several.concat())),
    }
}

/// The fragments of a frame: all of a film of one frame, else as the offset table says, else by where pictures end.
fn of_frame<'a, 'b>(
    offsets: &[u8],
    fragments: &'b [&'a [u8]],
    layout: &Layout,
    codec: Codec,
    frame: usize,
) -> &'b [&'a [u8]] {
    if layout.frames == 1 {
        return fragments;
    }
    // PS3.5, annex G: a frame of run lengths is one fragment.
    if codec == Codec::Rle || fragments.len() == layout.frames as usize {
        return fragments.get(frame..=frame).unwrap_or_default();
    }
    let offsets = offsets.as_chunks::<4>().0;
    if let Some(&start) = offsets.get(frame) {
        let up_to = |offset: [u8; 4]| {
            let offset = u64::from(u32::from_le_bytes(offset));
            let mut at = 0;
            let starts = fragments.iter().map(|fragment| {
                let start = at;
                at += 8 + fragment.len() as u64;
                start
            });
            starts.take_while(|&start| start < offset).count()
        };
        let end = offsets.get(frame + 1).map_or(fragments.len(), |&next| up_to(next));
        return fragments.get(up_to(start)..end).unwrap_or_default();
    }
    let ends = |fragment: &&[u8]| {
        let last = fragment.len() - usize::from(fragment.last() == Some(&0));
        fragment[..last].ends_with(&[0xFF, 0xD9])
    };
    fragments.split_inclusive(ends).nth(frame).unwrap_or_default()
}

/// Samples that are not compressed (PS3.5, section 8.1 and annex D), planes interleaved.
fn native(element: Element, layout: &Layout, big: bool, frame: usize) -> Result<Vec<u16>> {
    let count = match layout.photometric {
        Photometric::Ybr422 => layout.pixels() * 2,
        _ => layout.sample_count(),
    };
    let length = count * usize::from(layout.bits_allocated / 8);
    // PS3.5, section 7.3: words, whose bytes change places, though each byte is a sample.
    let bytes: Cow<[u8]> = if big && layout.bits_allocated == 8 && element.vr == Some(VR::OW) {
        element.bytes.as_chunks().0.iter().flat_map(|&[first, second]| [second, first]).collect()
    } else {
        element.bytes.into()
    };
    let start = length.saturating_mul(frame);
    let bytes = bytes.get(start..).and_then(|rest| rest.get(..length)).ok_or_else(|| {
        let (found, needed) = (element.bytes.len(), start.saturating_add(length));
        error(Kind::Truncated, format!("the DICOM file has {found} bytes of pixels, not {needed}"))
    })?;
    let samples: Vec<u16> = match layout.bits_allocated {
        8 => bytes.iter().map(|&v| v.into()).collect(),
        _ if big => bytes.as_chunks().0.iter().map(|&pair| u16::from_be_bytes(pair)).collect(),
        _ => bytes.as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect(),
    };
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
