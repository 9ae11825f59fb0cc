//! The markers of a JPEG picture (ITU-T T.81, annex B), up to a scan.

use super::error::{broken, ends_early, unread};
use super::huffman::Table;
use crate::Result;

/// How samples are coded (T.81, table B.1), as far as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Process {
    /// Sequential, by the discrete cosine transform.
    Cosine,
    /// The same, progressive.
    Progressive,
    /// Lossless, by prediction.
    Lossless,
}

/// What three components are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::decode) enum Colours {
    /// Luma and two colour differences.
    Ybr,
    /// Red, green and blue.
    Rgb,
}

/// A colour of the frame.
#[derive(Clone, Copy, Debug)]
pub(in crate::decode) struct Component {
    id: u8,
    /// Samples a minimum coded unit has of it, across and down, 1 to 4.
    pub(super) across: usize,
    pub(super) down: usize,
    pub(super) quantiser: usize,
}

impl Component {
    /// Three samples a unit across or down, which zune-jpeg calls damage.
    pub(super) fn is_of_thirds(&self) -> bool {
        self.across == 3 || self.down == 3
    }
}

/// A colour's part in a scan: which component, and its Huffman tables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) component: usize,
    pub(super) dc: usize,
    pub(super) ac: usize,
}

/// A scan's header (T.81, B.2.3).
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) parts: Vec<Part>,
    /// Lossless: the predictor, 1 to 7.
    pub(super) predictor: u8,
    /// Lossless: the bits that samples were shifted by.
    pub(super) shift: u8,
}

/// A picture's frame header, and its tables as they stand at the last marker read.
pub(in crate::decode) struct Frame<'a> {
    pub(super) process: Process,
    /// Bits of a sample: 8 or 12; lossless 2 to 16.
    pub(in crate::decode) precision: u8,
    pub(in crate::decode) width: u16,
    pub(in crate::decode) height: u16,
    pub(in crate::decode) components: Vec<Component>,
    /// A JFIF segment was seen (T.871): three components are Y, Cb and Cr then.
    jfif: bool,
    /// The colour transform that Adobe's segment names: 0 for none, 1 for Y, Cb and Cr.
    adobe: Option<u8>,
    /// Steps of each quantiser, in zigzag order.
    pub(super) quantisers: [[u16; 64]; 4],
    pub(super) dc: [Option<Table>; 4],
    pub(super) ac: [Option<Table>; 4],
    /// Minimum coded units between restart markers; 0 for none.
    pub(super) restart: usize,
    /// What follows the last marker segment.
    pub(super) rest: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads up to the frame header.
    pub(in crate::decode) fn find(bytes: &'a [u8]) -> Result<Self> {
        let rest = bytes.strip_prefix(&[0xFF, 0xD8]).ok_or_else(|| broken("it begins like no JPEG"))?;
        let mut frame = Frame {
            process: Process::Cosine,
            precision: 0,
            width: 0,
            height: 0,
            components: Vec::new(),
            jfif: false,
            adobe: None,
            quantisers: [[0; 64]; 4],
            dc: [const { None }; 4],
            ac: [const { None }; 4],
            restart: 0,
            rest,
        };
        while frame.components.is_empty() {
            let (marker, segment) = frame.marker()?;
            frame.take_segment(marker, segment)?;
        }
        Ok(frame)
    }

    /// What the stream itself says that its three components are, as libjpeg hears it; `None` where it says nothing.
    pub(in crate::decode) fn colours(&self) -> Option<Colours> {
        let [a, b, c] = self.components.as_slice() else { return None };
        match self.adobe {
            _ if self.jfif => Some(Colours::Ybr),
            Some(0) => Some(Colours::Rgb),
            Some(_) => Some(Colours::Ybr),
            None => ([a.id, b.id, c.id] == *b"RGB").then_some(Colours::Rgb),
        }
    }

    /// Whether every colour is of the first one's resolution or of a half of it, as nearly all pictures have them.
    pub(super) fn has_usual_resolutions(&self) -> bool {
        let Some((first, others)) = self.components.split_first() else { return false };
        let finest = matches!((first.across, first.down), (1 | 2, 1 | 2));
        finest
            && others.iter().all(|other| {
                (other.across, other.down) == (1, 1) || (other.across, other.down) == (first.across, first.down)
            })
    }

    /// Reads up to the next scan's coded data; `None` at the end of the picture.
    pub(super) fn next_scan(&mut self) -> Result<Option<Scan>> {
        loop {
            match self.marker()? {
                (0xD9, _) => return Ok(None),
                (0xDA, segment) => return self.scan(segment).map(Some),
                (marker, segment) => self.take_segment(marker, segment)?,
            }
        }
    }

    /// The next marker and its segment; coded data before it are passed over.
    fn marker(&mut self) -> Result<(u8, &'a [u8])> {
        loop {
            let at = self.rest.iter().position(|&b| b == 0xFF).ok_or_else(ends_early)?;
            let tail = &self.rest[at + 1..];
            let &marker = tail.first().ok_or_else(ends_early)?;
            match marker {
                0xFF => self.rest = tail,
                0x00 | 0x01 | 0xD0..=0xD8 => self.rest = &tail[1..],
                0xD9 => {
                    self.rest = &[];
                    return Ok((marker, &[]));
                }
                _ => {
                    let length = tail[1..].first_chunk().map_or(0, |&length| usize::from(u16::from_be_bytes(length)));
                    let (segment, rest) = tail[1..].split_at_checked(length).ok_or_else(ends_early)?;
                    self.rest = rest;
                    return Ok((marker, segment.get(2..).ok_or_else(ends_early)?));
                }
            }
        }
    }

    fn take_segment(&mut self, marker: u8, segment: &[u8]) -> Result<()> {
        match marker {
            0xC0 | 0xC1 => self.header(Process::Cosine, segment),
            0xC2 => self.header(Process::Progressive, segment),
            0xC3 => self.header(Process::Lossless, segment),
            0xC4 => self.huffman_tables(segment),
            0xDB => self.quantiser_tables(segment),
            0xDD => {
                let length = segment.first_chunk().ok_or_else(ends_early)?;
                self.restart = u16::from_be_bytes(*length).into();
                Ok(())
            }
            0xE0 if segment.starts_with(b"JFIF\0") => {
                self.jfif = true;
                Ok(())
            }
            0xEE if segment.starts_with(b"Adobe") => {
                self.adobe = segment.get(11).copied();
                Ok(())
            }
            0xC8 | 0xCC => Ok(()),
            0xC5..=0xCF => Err(unread("hierarchical or arithmetic-coded")),
            0xD9 | 0xDA => Err(broken("it has no frame header")),
            _ => Ok(()),
        }
    }

    fn header(&mut self, process: Process, segment: &[u8]) -> Result<()> {
        if !self.components.is_empty() {
            return Err(broken("it has two frame headers"));
        }
        let (&[precision, h1, h0, w1, w0, count], rest) = segment.split_first_chunk().ok_or_else(ends_early)?;
        let read = match process {
            Process::Cosine => matches!(precision, 8 | 12),
            Process::Progressive => precision == 8,
            Process::Lossless => (2..=16).contains(&precision),
        };
        if !read {
            return Err(unread(&format!("of {precision} bits in such a process")));
        }
        (self.process, self.precision) = (process, precision);
        (self.height, self.width) = (u16::from_be_bytes([h1, h0]), u16::from_be_bytes([w1, w0]));
        for &[id, sampling, quantiser] in rest.as_chunks().0.iter().take(count.into()) {
            let (across, down) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) || quantiser > 3 {
                return Err(broken("its frame header is wrong"));
            }
            self.components.push(Component { id, across, down, quantiser: quantiser.into() });
        }
        if !matches!(self.components.len(), 1 | 3 | 4) || self.components.len() != usize::from(count) {
            return Err(broken(format!("it has {count} colours")));
        }
        Ok(())
    }

    fn huffman_tables(&mut self, segment: &[u8]) -> Result<()> {
        let mut rest = segment;
        while let Some((&[class, ref counts @ ..], tail)) = rest.split_first_chunk::<17>() {
            let symbols = counts.iter().map(|&n| usize::from(n)).sum();
            let (symbols, tail) = tail.split_at_checked(symbols).ok_or_else(ends_early)?;
            let tables = if class >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            let table = tables.get_mut(usize::from(class & 15)).ok_or_else(|| broken("it has too many tables"))?;
            *table = Some(Table::new(counts, symbols)?);
            rest = tail;
        }
        Ok(())
    }

    fn quantiser_tables(&mut self, segment: &[u8]) -> Result<()> {
        let mut rest = segment;
        while let Some((&kind, tail)) = rest.split_first() {
            let wide = kind >> 4 != 0;
            let (steps, tail) = tail.split_at_checked(if wide { 128 } else { 64 }).ok_or_else(ends_early)?;
            let quantiser = self.quantisers.get_mut(usize::from(kind & 15));
            let quantiser = quantiser.ok_or_else(|| broken("it has too many quantisers"))?;
            for (nth, step) in quantiser.iter_mut().enumerate() {
                *step = if wide { u16::from_be_bytes([steps[2 * nth], steps[2 * nth + 1]]) } else { steps[nth].into() };
            }
            rest = tail;
        }
        Ok(())
    }

    fn scan(&self, segment: &[u8]) -> Result<Scan> {
        let (&count, rest) = segment.split_first().ok_or_else(ends_early)?;
        let (parts, rest) = rest.split_at_checked(2 * usize::from(count)).ok_or_else(ends_early)?;
        let &[first, _, last] = rest.first_chunk().ok_or_else(ends_early)?;
        let parts = parts.as_chunks().0.iter().map(|&[id, tables]| {
            let component = self.components.iter().position(|component| component.id == id);
            let component = component.ok_or_else(|| broken("it has a scan of no colour"))?;
            Ok(Part { component, dc: usize::from(tables >> 4) & 3, ac: usize::from(tables) & 3 })
        });
        let parts: Vec<Part> = parts.collect::<Result<_>>()?;
        if parts.is_empty() || parts.len() > self.components.len() {
            return Err(broken("it has a scan of no colour"));
        }
        Ok(Scan { parts, predictor: first, shift: last & 15 })
    }
}
