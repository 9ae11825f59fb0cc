//! A frame of the pixel data, in the order of its samples whatever the transfer syntax.

use std::borrow::Cow;

use dicom_core::VR;

use super::super::check::error;
use super::super::jpeg::Colours;
use super::broken::broken;
use super::data_set::DataSet;
use super::difference::Differences;
use super::fragments::{self, Fragments, of_frame};
use super::layout::{Layout, Photometric};
use super::syntax::{Codec, Encoding};
use super::walk::{Element, PIXEL_DATA};
use super::{jpeg, jpeg_ls, jpeg2000, rle, samples};
use crate::{Kind, Limits, Result};

/// A frame as it lies in the file.
pub(super) struct Frame {
    /// Pixel by pixel, colours together, each in the low bits that the layout allocates.
    pub(super) samples: Vec<u16>,
    /// The layout that the header says, or the one that the picture has where it is another.
    pub(super) layout: Layout,
}

/// A frame, the first being 0.
///
/// # Errors
/// A refusal for a coding that is not read, a failure for pixel data that are missing, cut off or damaged.
pub(super) fn read(
    data_set: &DataSet,
    layout: Layout,
    codec: Codec,
    nth: usize,
    limits: &Limits,
    differences: &mut Differences,
) -> Result<Frame> {
    let pixels = data_set.get(PIXEL_DATA).ok_or_else(|| broken("it has no pixel data"))?;
    let codec = codec_of(&pixels, &layout, codec, differences);
    let (frame, signed) = match codec {
        Codec::Native if pixels.items => {
            return Err(broken("its pixel data are in fragments, its transfer syntax is not compressed"));
        }
        Codec::Native => {
            (native(pixels, layout, data_set.encoding() == Encoding::ExplicitBig, nth, differences)?, None)
        }
        _ if !pixels.items => {
            return Err(broken("its pixel data are not in fragments, its transfer syntax is compressed"));
        }
        _ => {
            let stream = encapsulated(pixels.bytes, &layout, codec, nth)?;
            decoded(&stream, layout, codec, limits, differences).map_err(|cause| match cause.kind() {
                // The file has all of the stream that it says to have.
                Kind::Truncated => error(Kind::Damaged, cause.detail()),
                _ => cause,
            })?
        }
    };
    if frame.samples.len() != frame.layout.sample_count() {
        return Err(broken("its picture has another number of samples than its header says"));
    }
    Ok(samples::believed(frame, signed, differences))
}

/// The picture of a compressed stream, and whether it says of its samples that they have a sign.
fn decoded(
    stream: &[u8],
    layout: Layout,
    codec: Codec,
    limits: &Limits,
    differences: &mut Differences,
) -> Result<(Frame, Option<bool>)> {
    Ok(match codec {
        Codec::Jpeg => {
            let jpeg::Coded { samples, precision, colours } = jpeg::decode(stream, &layout, limits)?;
            let layout = with_colours(layout, colours, differences);
            (with_precision(samples, layout, precision, differences), None)
        }
        Codec::JpegLs => {
            let (samples, precision) = jpeg_ls::decode(stream, &layout)?;
            (with_precision(samples, layout, precision, differences), None)
        }
        Codec::Jpeg2000 => {
            let (samples, precision, signed) = jpeg2000::decode(stream, &layout, limits)?;
            (with_precision(samples, layout, precision, differences), Some(signed))
        }
        Codec::Native | Codec::Rle => (Frame { samples: rle::decode(stream, &layout)?, layout }, None),
    })
}

/// How pixel data are coded by what they are, whatever the transfer syntax says.
fn codec_of(pixels: &Element, layout: &Layout, codec: Codec, differences: &mut Differences) -> Codec {
    let bytes = layout.sample_count() * usize::from(layout.bits_allocated / 8);
    let found = if pixels.items {
        fragments::codec_of(pixels.bytes)
    } else {
        (bytes..=bytes + 1).contains(&pixels.bytes.len()).then_some(Codec::Native)
    };
    match found {
        Some(found) if found != codec => {
            differences.note(format!("its pixel data are {found}, its transfer syntax says {codec}"));
            found
        }
        _ => codec,
    }
}

/// The layout with the colours that a picture says to have, whatever the header calls them.
fn with_colours(layout: Layout, colours: Option<Colours>, differences: &mut Differences) -> Layout {
    let (name, photometric) = match colours {
        Some(Colours::Rgb) => ("RGB", Photometric::Rgb),
        Some(Colours::Ybr) => ("YBR", Photometric::Ybr),
        None => return layout,
    };
    if layout.photometric == photometric {
        return layout;
    }
    differences.note(format!("the colours of its JPEG are {name}, its header says others"));
    Layout { photometric, ..layout }
}

/// A picture whose samples need more bits than the header says to be stored has as many as it says itself.
fn with_precision(samples: Vec<u16>, layout: Layout, precision: u16, differences: &mut Differences) -> Frame {
    let stored = layout.bits_stored;
    let is_lowest = layout.high_bit + 1 == stored;
    // Two's complement in all the bits of a sample, or the stored ones alone.
    let fits = |sample: u16| sample >> stored == 0 || layout.signed && (i32::from(sample as i16) >> (stored - 1)) == -1;
    if precision <= stored || stored == 16 || !is_lowest || samples.iter().all(|&sample| fits(sample)) {
        return Frame { samples, layout };
    }
    differences.note(format!("its picture has samples of {precision} bits, its header says {stored}"));
    let layout = Layout {
        bits_allocated: if precision > 8 { 16 } else { layout.bits_allocated },
        bits_stored: precision,
        high_bit: precision - 1,
        ..layout
    };
    Frame { samples, layout }
}

/// The bytes of a frame in fragments.
fn encapsulated<'a>(items: &'a [u8], layout: &Layout, codec: Codec, frame: usize) -> Result<Cow<'a, [u8]>> {
    let fragments = Fragments::read(items, codec)?;
    match of_frame(&fragments, layout, codec, frame)? {
        [one] => Ok(Cow::Borrowed(one)),
        several => Ok(Cow::Owned(several.concat())),
    }
}

/// Samples that are not compressed (PS3.5, section 8.1 and annex D), planes interleaved.
fn native(element: Element, layout: Layout, big: bool, frame: usize, differences: &mut Differences) -> Result<Frame> {
    let each = usize::from(layout.bits_allocated / 8);
    // Some writers leave the colour differences of every pixel in, and say that they did not.
    let is_full = layout.frames == 1 && element.bytes.len() >= layout.sample_count() * each;
    let layout = match layout.photometric {
        Photometric::Ybr422 if is_full => {
            differences.note("it has colour differences for every pixel, its header says for every other".into());
            Layout { photometric: Photometric::Ybr, ..layout }
        }
        _ => layout,
    };
    let count = match layout.photometric {
        Photometric::Ybr422 => layout.pixels() * 2,
        _ => layout.sample_count(),
    };
    let length = count * each;
    // PS3.5, section 7.3: words, whose bytes change places, though each byte is a sample.
    let bytes: Cow<[u8]> = if big && layout.bits_allocated == 8 && element.vr == Some(VR::OW) {
        element.bytes.as_chunks().0.iter().flat_map(|&[first, second]| [second, first]).collect()
    } else {
        element.bytes.into()
    };
    let start = length.saturating_mul(frame);
    // Less than a row is padding.
    let (found, whole) = (element.bytes.len(), length.saturating_mul(layout.frames as usize));
    if found.saturating_sub(whole) >= length / usize::from(layout.rows) {
        differences.note(format!("its pixel data have {found} bytes, its header says {whole}"));
    }
    let bytes = bytes.get(start..).and_then(|rest| rest.get(..length)).ok_or_else(|| {
        let (found, needed) = (element.bytes.len(), start.saturating_add(length));
        if element.is_cut {
            error(Kind::Truncated, format!("the DICOM file has {found} bytes of pixels, not {needed}"))
        } else {
            broken(format!("its pixel data have {found} bytes, its header says {needed}"))
        }
    })?;
    let samples: Vec<u16> = match layout.bits_allocated {
        8 => bytes.iter().map(|&v| v.into()).collect(),
        _ if big => bytes.as_chunks().0.iter().map(|&pair| u16::from_be_bytes(pair)).collect(),
        _ => bytes.as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect(),
    };
    let samples = match layout.photometric {
        Photometric::Ybr422 => {
            samples.as_chunks().0.iter().flat_map(|&[a, b, cb, cr]| [a, cb, cr, b, cb, cr]).collect()
        }
        _ if layout.planar && layout.samples == 3 => interleaved(&samples),
        _ => samples,
    };
    Ok(Frame { samples, layout })
}

/// Three planes as the samples of each pixel.
fn interleaved(planes: &[u16]) -> Vec<u16> {
    let pixels = planes.len() / 3;
    (0..pixels).flat_map(|i| [planes[i], planes[pixels + i], planes[2 * pixels + i]]).collect()
}
