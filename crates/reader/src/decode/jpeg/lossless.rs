//! Lossless JPEG, sequential, with Huffman codes (ITU-T T.81, annex H): DICOM's processes 14, of any selection value.

use super::error::{broken, ends_early, unread};
use super::frame::{Frame, Scan};
use super::huffman::Bits;
use crate::Result;

/// The samples, colours together.
///
/// # Errors
/// A failure when the picture is cut off or damaged, a refusal when its colours are of several resolutions.
pub(super) fn decode(mut frame: Frame) -> Result<Vec<u16>> {
    let colours = frame.components.len();
    if frame.components.iter().any(|component| (component.across, component.down) != (1, 1)) && colours > 1 {
        return Err(unread("lossless with colours of several resolutions"));
    }
    let mut samples = vec![0; usize::from(frame.width) * usize::from(frame.height) * colours];
    let mut seen = 0;
    while seen < colours {
        let scan = frame.next_scan()?.ok_or_else(ends_early)?;
        decode_scan(&frame, &scan, &mut samples)?;
        seen += scan.parts.len();
    }
    Ok(samples)
}

fn decode_scan(frame: &Frame, scan: &Scan, samples: &mut [u16]) -> Result<()> {
    if !(1..=7).contains(&scan.predictor) || scan.shift >= frame.precision {
        return Err(broken("it is lossless and names no predictor"));
    }
    let missing = || broken("it has no Huffman table for a colour");
    let tables = scan.parts.iter().map(|part| frame.dc[part.dc].as_ref().ok_or_else(missing));
    let tables: Vec<_> = tables.collect::<Result<_>>()?;
    let (columns, colours) = (usize::from(frame.width), frame.components.len());
    let stride = columns * colours;
    let start = 1i32 << (frame.precision - scan.shift - 1);
    let mut bits = Bits::new(frame.rest);
    // T.81, H.1.2.1: after a restart samples are predicted as in the first row.
    let mut first_row = 0;
    for pixel in 0..columns * usize::from(frame.height) {
        let (row, column) = (pixel / columns, pixel % columns);
        if frame.restart > 0 && pixel > 0 && pixel.is_multiple_of(frame.restart) {
            bits.restart()?;
            first_row = row;
        }
        let fresh = pixel == 0 || frame.restart > 0 && pixel.is_multiple_of(frame.restart);
        for (part, table) in scan.parts.iter().zip(&tables) {
            let at = pixel * colours + part.component;
            let predicted = if fresh {
                start
            } else if row == first_row {
                samples[at - colours].into()
            } else if column == 0 {
                samples[at - stride].into()
            } else {
                let near = |back: usize| i32::from(samples[at - back]);
                predict(scan.predictor, near(colours), near(stride), near(stride + colours))
            };
            let difference = match bits.symbol(table)? {
                size @ 0..=15 => bits.signed(size)?,
                16 => 1 << 15,
                _ => return Err(broken("it has a difference of too many bits")),
            };
            samples[at] = (predicted + difference) as u16;
        }
    }
    if scan.shift > 0 {
        for part in &scan.parts {
            samples[part.component..].iter_mut().step_by(colours).for_each(|sample| *sample <<= scan.shift);
        }
    }
    Ok(())
}

/// The prediction from the samples to the left, above, and above to the left (T.81, table H.1).
fn predict(predictor: u8, left: i32, above: i32, corner: i32) -> i32 {
    match predictor {
        1 => left,
        2 => above,
        3 => corner,
        4 => left + above - corner,
        5 => left + ((above - corner) >> 1),
        6 => above + ((left - corner) >> 1),
        _ => (left + above) >> 1,
    }
}
