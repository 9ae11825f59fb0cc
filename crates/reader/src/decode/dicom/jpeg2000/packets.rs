//! The packets of a High-Throughput codestream (ISO/IEC 15444-1, annex B; ISO/IEC 15444-15, annex B): whether each code block
//! is one cleanup pass. It has no other contributions, since there is one layer.

use super::error::{damaged, unread};
use crate::Result;

/// How the picture is cut into packets (A.6.1).
pub(super) struct Style {
    progression: u8,
    start_markers: bool,
    end_markers: bool,
    /// Exponents of a code block's width and height.
    block: [u32; 2],
    /// Exponents of a precinct's width and height, for each resolution from the least.
    precincts: Vec<[u32; 2]>,
}

impl Style {
    /// Reads a coding style segment, without its marker and length.
    ///
    /// # Errors
    /// A refusal for several layers or other code blocks than those of high throughput, a failure for what is broken.
    pub(super) fn read(content: &[u8]) -> Result<Self> {
        let Some((&[flags, progression, 0, layers, _, levels, width, height, blocks, _], precincts)) =
            content.split_first_chunk()
        else {
            return Err(damaged());
        };
        if layers != 1 {
            return Err(unread("several layers, which are not read"));
        }
        // Of high throughput all, and causal vertically or not.
        if blocks & !8 != 0x40 {
            return Err(unread("code blocks of a style that is not read"));
        }
        let resolutions = usize::from(levels) + 1;
        let precincts: Vec<[u32; 2]> = match flags & 1 {
            0 if precincts.is_empty() => vec![[15, 15]; resolutions],
            1 => precincts.iter().map(|size| [u32::from(size & 15), u32::from(size >> 4)]).collect(),
            _ => return Err(damaged()),
        };
        let empty = precincts.iter().skip(1).flatten().any(|&exponent| exponent == 0);
        if levels > 32 || precincts.len() != resolutions || empty || width > 8 || height > 8 || progression > 4 {
            return Err(damaged());
        }
        let block = [u32::from(width) + 2, u32::from(height) + 2];
        Ok(Self { progression, start_markers: flags & 2 != 0, end_markers: flags & 4 != 0, block, precincts })
    }

    fn levels(&self) -> u32 {
        self.precincts.len() as u32 - 1
    }
}

/// From a first to before a last sample, in one direction.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    end: u64,
}

impl Span {
    fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// In a resolution (B-14), `levels` below the picture's.
    fn shrunk(self, levels: u32) -> Self {
        Self { start: self.start.div_ceil(1 << levels), end: self.end.div_ceil(1 << levels) }
    }

    /// In a sub-band (B-15), high or low.
    fn band(self, level: u32, high: bool) -> Self {
        let offset = if high { 1 << (level - 1) } else { 0 };
        let at = |sample: u64| sample.saturating_sub(offset).div_ceil(1 << level);
        Self { start: at(self.start), end: at(self.end) }
    }

    /// How many cells of a grid of this exponent it touches (B-16).
    fn cells(self, exponent: u32) -> u64 {
        if self.is_empty() { 0 } else { self.end.div_ceil(1 << exponent) - (self.start >> exponent) }
    }

    fn within(self, other: Self) -> Self {
        Self { start: self.start.max(other.start), end: self.end.min(other.end) }
    }
}

/// A tile, and the data of its parts.
pub(super) struct Tile<'a> {
    /// Across and down.
    spans: [Span; 2],
    pub(super) parts: Vec<&'a [u8]>,
}

impl Tile<'_> {
    /// The tiles that a size segment, without its marker and length, cuts a picture into (B.3).
    pub(super) fn all(size: &[u8]) -> Option<Vec<Self>> {
        let word = |nth: usize| size.get(2 + 4 * nth..).and_then(<[u8]>::first_chunk).copied().map(u32::from_be_bytes);
        let spans = |axis: usize| {
            let [end, start, length, origin] = [word(axis)?, word(axis + 2)?, word(axis + 4)?, word(axis + 6)?];
            let [end, start, length, origin] = [end, start, length, origin].map(u64::from);
            // Far more than any picture that is read has, and far from where a decoder's numbers overflow.
            if start >= end || end > 1 << 24 || origin > start || origin + length <= start {
                return None;
            }
            let count = (end - origin).div_ceil(length);
            let tile = move |nth| Span { start: origin + nth * length, end: origin + (nth + 1) * length };
            Some((0..count).map(move |nth| tile(nth).within(Span { start, end })))
        };
        let (across, down) = (spans(0)?, spans(1)?);
        Some(down.flat_map(|y| across.clone().map(move |x| Self { spans: [x, y], parts: Vec::new() })).collect())
    }
}

/// A precinct of a resolution of a component, which has one packet.
struct Packet {
    resolution: u32,
    component: u16,
    /// Across and down, among those of its resolution.
    place: [u64; 2],
    /// On the reference grid, down and across.
    position: [u64; 2],
}

/// Checks that a tile has all its packets, and that each code block in them is one cleanup pass.
///
/// # Errors
/// A refusal for refinement passes, a failure for packets that are broken or missing.
pub(super) fn check_tile(tile: &Tile, components: u16, style: &Style) -> Result<()> {
    // Each packet has a byte at least.
    let most = tile.parts.iter().map(|part| part.len()).sum();
    let mut packets = packets(tile, components, style, most).ok_or_else(damaged)?;
    packets.sort_by_key(|&Packet { resolution: r, component: c, place: [across, down], position: [y, x] }| {
        let (r, c) = (u64::from(r), u64::from(c));
        let order = match style.progression {
            0 | 1 => [r, c, 0, 0],
            2 => [r, y, x, c],
            3 => [y, x, c, r],
            _ => [c, y, x, r],
        };
        (order, down, across)
    });
    let mut packets = packets.iter();
    for part in &tile.parts {
        let mut rest = *part;
        while !rest.is_empty() {
            let packet = packets.next().ok_or_else(damaged)?;
            rest = check_packet(rest, packet, tile, style)?;
        }
    }
    if packets.next().is_some() { Err(damaged()) } else { Ok(()) }
}

fn packets(tile: &Tile, components: u16, style: &Style, most: usize) -> Option<Vec<Packet>> {
    let mut packets = Vec::new();
    for resolution in 0..=style.levels() {
        let below = style.levels() - resolution;
        let exponents = style.precincts[resolution as usize];
        let positions = |axis: usize| {
            let (span, exponent) = (tile.spans[axis], exponents[axis]);
            let resolved = span.shrunk(below);
            let first = resolved.start >> exponent;
            (0..resolved.cells(exponent)).map(move |nth| {
                // B.12.1.3: a precinct that begins before the tile is met where the tile begins.
                let start = (first + nth) << exponent;
                (nth, if start < resolved.start { span.start } else { start << below })
            })
        };
        for (down, y) in positions(1) {
            if packets.len() > most {
                return None;
            }
            for (across, x) in positions(0) {
                packets.extend((0..components).map(|component| Packet {
                    resolution,
                    component,
                    place: [across, down],
                    position: [y, x],
                }));
            }
        }
    }
    Some(packets)
}

/// Checks the packet that data begin with, and gives what comes after it (B.9, B.10).
fn check_packet<'a>(data: &'a [u8], packet: &Packet, tile: &Tile, style: &Style) -> Result<&'a [u8]> {
    let mut start = data;
    if style.start_markers && data.starts_with(&[0xFF, 0x91]) {
        start = data.get(6..).ok_or_else(damaged)?;
    }
    let mut bits = Bits { bytes: start, at: 0 };
    let mut length = 0;
    if bits.next().ok_or_else(damaged)? {
        let bands: &[[bool; 2]] =
            if packet.resolution == 0 { &[[false, false]] } else { &[[true, false], [false, true], [true, true]] };
        for &band in bands {
            let [across, down] = [0, 1].map(|axis| blocks(packet, tile, style, band, axis));
            length += check_blocks(&mut bits, across as usize, down as usize)?;
        }
    }
    let mut rest = &start[bits.at.div_ceil(8)..];
    if style.end_markers {
        rest = rest.strip_prefix(&[0xFF, 0x92]).ok_or_else(damaged)?;
    }
    rest.get(length..).ok_or_else(damaged)
}

/// How many code blocks a precinct has in a sub-band, in one direction (B.7).
fn blocks(packet: &Packet, tile: &Tile, style: &Style, band: [bool; 2], axis: usize) -> u64 {
    let below = style.levels() - packet.resolution;
    let exponent = style.precincts[packet.resolution as usize][axis];
    let first = (tile.spans[axis].shrunk(below).start >> exponent) + packet.place[axis];
    // Sub-bands beside the least resolution are half as large as their resolution.
    let (exponent, span) = match packet.resolution {
        0 => (exponent, tile.spans[axis].shrunk(below)),
        _ => (exponent - 1, tile.spans[axis].band(below + 1, band[axis])),
    };
    let precinct = Span { start: first << exponent, end: (first + 1) << exponent };
    span.within(precinct).cells(style.block[axis].min(exponent))
}

/// Checks the code blocks of a sub-band in a packet's header, and gives how many bytes they have.
fn check_blocks(bits: &mut Bits, across: usize, down: usize) -> Result<usize> {
    let (mut included, mut planes) = (TagTree::new(across, down), TagTree::new(across, down));
    let mut sum = 0;
    for y in 0..down {
        for x in 0..across {
            if included.read(bits, x, y, 1).ok_or_else(damaged)? == 1 {
                continue;
            }
            planes.read(bits, x, y, u32::MAX).ok_or_else(damaged)?;
            if bits.next().ok_or_else(damaged)? {
                return Err(unread("refinement passes, which are not read"));
            }
            sum += bits.length().filter(|length| (2..65535).contains(length)).ok_or_else(damaged)?;
        }
    }
    Ok(sum)
}

/// The bits of a packet's header (B.10.1).
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn next(&mut self) -> Option<bool> {
        let byte = *self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        if self.at.is_multiple_of(8) && byte == 0xFF {
            // A bit of nothing.
            if *self.bytes.get(self.at / 8)? & 0x80 != 0 {
                return None;
            }
            self.at += 1;
        }
        Some(bit)
    }

    /// The length of a cleanup pass (B.10.7).
    fn length(&mut self) -> Option<usize> {
        let mut width = 3;
        while self.next()? {
            width += 1;
        }
        if width > 31 {
            return None;
        }
        (0..width).try_fold(0, |length, _| Some(length << 1 | usize::from(self.next()?)))
    }
}

/// Numbers of a grid's cells (B.10.2), of which those above are the least.
struct TagTree {
    /// From the grid itself up to one cell: how wide it is, and each number so far, with whether it is known.
    levels: Vec<(usize, Vec<(u32, bool)>)>,
}

impl TagTree {
    fn new(mut across: usize, mut down: usize) -> Self {
        let mut levels = Vec::new();
        loop {
            levels.push((across, vec![(0, false); across * down]));
            if across <= 1 && down <= 1 {
                return Self { levels };
            }
            (across, down) = (across.div_ceil(2), down.div_ceil(2));
        }
    }

    /// A cell's number, or `most` if it is not less.
    fn read(&mut self, bits: &mut Bits, x: usize, y: usize, most: u32) -> Option<u32> {
        let mut least = 0;
        for (level, (across, cells)) in self.levels.iter_mut().enumerate().rev() {
            let (number, known) = &mut cells[(y >> level) * *across + (x >> level)];
            *number = least.max(*number);
            while !*known && *number < most {
                *known = bits.next()?;
                *number += u32::from(!*known);
            }
            least = *number;
        }
        Some(least.min(most))
    }
}
