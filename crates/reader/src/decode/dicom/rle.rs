//! Run lengths (PS3.5, annex G): a segment for each byte of each sample, most significant first, each in PackBits.

use super::super::check::error;
use super::broken::broken;
use super::layout::Layout;
use crate::{Error, Kind, Result};

const HEADER: usize = 64;

/// The samples of a frame, colours together.
///
/// # Errors
/// [`Kind::Truncated`] when a segment ends early, [`Kind::Damaged`] when the header is not that of such a frame.
pub(super) fn decode(frame: &[u8], layout: &Layout) -> Result<Vec<u16>> {
    let header: &[u8; HEADER] = frame.first_chunk().ok_or_else(ends_early)?;
    let words: Vec<usize> = header.as_chunks().0.iter().map(|&word| u32::from_le_bytes(word) as usize).collect();
    let colours = usize::from(layout.samples);
    let bytes = usize::from(layout.bits_allocated / 8);
    let segments = colours * bytes;
    if words[0] != segments {
        return Err(broken(format!("its run lengths have {} segments, not {segments}", words[0])));
    }
    let mut samples = vec![0u16; layout.sample_count()];
    for nth in 0..segments {
        let end = if nth + 1 < segments { words[nth + 2] } else { frame.len() };
        let segment = frame.get(words[nth + 1]..end).ok_or_else(ends_early)?;
        let shift = 8 * (bytes - 1 - nth % bytes);
        let mut places = samples[nth / bytes..].iter_mut().step_by(colours);
        unpack(segment, layout.pixels(), |byte| {
            if let Some(sample) = places.next() {
                *sample |= u16::from(byte) << shift;
            }
        })?;
    }
    Ok(samples)
}

/// Gives the first `count` bytes of a segment to `put`.
fn unpack(segment: &[u8], count: usize, mut put: impl FnMut(u8)) -> Result<()> {
    let mut rest = segment;
    let mut left = count;
    while left > 0 {
        let (&control, tail) = rest.split_first().ok_or_else(ends_early)?;
        rest = tail;
        match control {
            0..=127 => {
                let (literal, tail) = rest.split_at_checked(usize::from(control) + 1).ok_or_else(ends_early)?;
                rest = tail;
                literal.iter().take(left).for_each(|&byte| put(byte));
                left = left.saturating_sub(literal.len());
            }
            128 => {}
            129..=255 => {
                let (&byte, tail) = rest.split_first().ok_or_else(ends_early)?;
                rest = tail;
                let run = (257 - usize::from(control)).min(left);
                (0..run).for_each(|_| put(byte));
                left -= run;
            }
        }
    }
    Ok(())
}

fn ends_early() -> Error {
    error(Kind::Truncated, "the DICOM file's run lengths end before its picture does")
}
