//! What the decoder of High-Throughput JPEG 2000 is given: nothing that it gets wrong (docs/decisions/dicom.md).

use super::codestream::Codestream;
use super::error::{cut_off, damaged, unread};
use super::packets::{Style, Tile, check_tile};
use crate::Result;

const CODING_STYLE: u8 = 0x52;
const QUANTISATION: u8 = 0x5C;
const QUANTISATION_OF_COMPONENT: u8 = 0x5D;
const TILE_PART: u8 = 0x90;
const DATA: u8 = 0x93;
const END: u8 = 0xD9;

/// Segments that decoding does without: capabilities, profile, lengths, registration and comments (ISO/IEC 15444-1, A.2;
/// ISO/IEC 15444-15, A.3).
const IDLE: [u8; 7] = [0x50, 0x55, 0x57, 0x58, 0x59, 0x63, 0x64];

/// The codestream with no other segments than the decoder needs, every code block of which is one cleanup pass.
///
/// Its steps of quantisation are half as large, and so it has one bit plane more (ISO/IEC 15444-1, E-2 and E-3), which no
/// code block holds: the decoder rounds coefficients down to whole steps, and the middle of a step is one then.
///
/// # Errors
/// A refusal for what the decoder gets wrong, a failure for a codestream that is broken or cut off.
pub(super) fn rewrite_for_decoder(stream: &Codestream) -> Result<Vec<u8>> {
    let bytes = &stream.bytes[..];
    let (_, size, mut at) = segment(bytes, 2)?;
    let components = u16::from_be_bytes([bytes[40], bytes[41]]);
    if size.len() != 36 + 3 * usize::from(components) {
        return Err(damaged());
    }
    let mut rewritten = bytes[..at].to_vec();
    let mut style = None;
    loop {
        let (marker, content, end) = segment(bytes, at)?;
        match marker {
            CODING_STYLE if style.is_none() => {
                style = Some(Style::read(content)?);
                rewritten.extend(&bytes[at..end]);
            }
            QUANTISATION | QUANTISATION_OF_COMPONENT => rewritten.extend(halved(&bytes[at..end])?),
            TILE_PART => break,
            idle if IDLE.contains(&idle) => {}
            _ => return Err(unread("a header that is not read")),
        }
        at = end;
    }
    let style = style.ok_or_else(damaged)?;
    let mut tiles = Tile::all(size).ok_or_else(damaged)?;
    while bytes.get(at..at + 2) != Some(&[0xFF, END]) {
        let (marker, content, mut start) = segment(bytes, at)?;
        let &[first, second, a, b, c, d, part, parts] = content else { return Err(damaged()) };
        if marker != TILE_PART {
            return Err(damaged());
        }
        let end = at.saturating_add(u32::from_be_bytes([a, b, c, d]) as usize);
        let begin = rewritten.len();
        rewritten.extend([0xFF, TILE_PART, 0, 10, first, second, 0, 0, 0, 0, part, parts]);
        while bytes.get(start..start + 2) != Some(&[0xFF, DATA]) {
            let (marker, _, next) = segment(bytes, start)?;
            match marker {
                QUANTISATION | QUANTISATION_OF_COMPONENT => rewritten.extend(halved(&bytes[start..next])?),
                idle if IDLE.contains(&idle) => {}
                _ => return Err(unread("a header that is not read")),
            }
            start = next;
        }
        let data = bytes.get(start + 2..end).ok_or_else(cut_off)?;
        let tile = tiles.get_mut(usize::from(u16::from_be_bytes([first, second]))).ok_or_else(damaged)?;
        tile.parts.push(data);
        rewritten.extend([0xFF, DATA]);
        rewritten.extend(data);
        let length = u32::try_from(rewritten.len() - begin).map_err(|_| damaged())?;
        rewritten[begin + 6..begin + 10].copy_from_slice(&length.to_be_bytes());
        at = end;
    }
    for tile in &tiles {
        check_tile(tile, components, &style)?;
    }
    rewritten.extend([0xFF, END]);
    Ok(rewritten)
}

/// The marker at a place, what its segment holds after its length, and where it ends.
fn segment(bytes: &[u8], at: usize) -> Result<(u8, &[u8], usize)> {
    let &[prefix, marker, high, low] = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or_else(cut_off)?;
    if prefix != 0xFF || marker < 0x50 {
        return Err(damaged());
    }
    let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
    Ok((marker, bytes.get(at + 4..end).ok_or_else(cut_off)?, end))
}

/// A segment of quantisation (A.6.4, A.6.5) whose steps are half as large.
fn halved(segment: &[u8]) -> Result<Vec<u8>> {
    let mut halved = segment.to_vec();
    // The style comes after the length and, where there is one, the component's number.
    let style = if segment[1] == QUANTISATION { 4 } else { 5 };
    let Some((style, steps)) = halved.get_mut(style..).and_then(<[u8]>::split_first_mut) else { return Err(damaged()) };
    match *style & 0x1F {
        // Of reversible wavelets there are only exponents.
        0 => {}
        1 | 2 if steps.len() % 2 == 0 && (*style & 0x1F == 2 || steps.len() == 2) => {
            for [high, _] in steps.as_chunks_mut::<2>().0 {
                // An exponent is the upper five of sixteen bits.
                *high = high.checked_add(1 << 3).ok_or_else(|| unread("too fine a quantisation"))?;
            }
        }
        _ => return Err(damaged()),
    }
    Ok(halved)
}
