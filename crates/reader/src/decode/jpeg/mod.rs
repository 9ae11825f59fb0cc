//! JPEG (ITU-T T.81): files, and the pictures inside DICOM files (PS3.5, A.4.1). 8 bits are decoded by zune-jpeg where it
//! does so rightly, what it does not read or decodes wrongly here: `docs/decisions/jpeg-decoder.md`.

mod error;
mod file;
mod frame;
mod huffman;
mod lossless;
mod sequential;
mod zune;

pub(super) use file::{check_markers, decode, rgb8};
pub(super) use frame::{Colours, Frame};

use self::error::unread;
use self::frame::{Process, Scan};
use crate::{Limits, Result};

/// The samples of a picture as they are coded, colours together, by the process that its own frame header names.
///
/// # Errors
/// A refusal for what is not read, a failure for a picture that is cut off or damaged.
pub(super) fn samples(bytes: &[u8], frame: Frame, limits: &Limits) -> Result<Vec<u16>> {
    match frame.process {
        Process::Lossless => lossless::decode(frame),
        Process::Cosine if frame.precision == 12 => sequential::decode(frame, None),
        Process::Cosine | Process::Progressive => match beyond_zune(bytes, limits)? {
            Some((frame, scan)) => sequential::decode(frame, Some(scan)),
            None => zune::as_coded(bytes, frame.components.len()),
        },
    }
}

/// What our own decoder takes in memory, in bytes a pixel: three colours as blocks and as samples.
const BYTES_A_PIXEL: u64 = 12;

/// A picture of 8 bits that zune-jpeg would decode wrongly, at its first scan: one whose colours come in scans of their
/// own though it is sequential, or whose resolutions zune-jpeg takes for others.
///
/// # Errors
/// A refusal, by name, for such a picture that our own decoder does not read either.
fn beyond_zune<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Option<(Frame<'a>, Scan)>> {
    // What is damaged, zune-jpeg finds and names.
    let Ok(mut frame) = Frame::find(bytes) else { return Ok(None) };
    let Ok(Some(scan)) = frame.next_scan() else { return Ok(None) };
    let resolved = frame.has_usual_resolutions();
    let colours = frame.components.len();
    let sequential = frame.process == Process::Cosine && frame.precision == 8;
    if colours == 1 && frame.components[0].is_of_thirds() {
        return Err(unread("grey of an unusual resolution"));
    }
    if colours == 1 || resolved && (!sequential || scan.parts.len() == colours) {
        return Ok(None);
    }
    if !sequential || colours != 3 {
        return Err(unread("colours of unusual resolutions that are progressive, or of four inks"));
    }
    let pixels = u64::from(frame.width) * u64::from(frame.height);
    if pixels * BYTES_A_PIXEL > limits.decoder_bytes {
        return Err(error::too_large(limits));
    }
    Ok(Some((frame, scan)))
}
