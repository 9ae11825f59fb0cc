//! The markers of a JPEG-LS picture (T.87, annex C), up to a scan.

use super::super::super::check::error;
use super::super::broken::broken;
use super::bits::ends_early;
use super::parameters::{Parameters, Preset};
use crate::{Error, Kind, Result};

/// How the colours of a scan follow each other (T.87, annex B).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interleave {
    /// A scan has one colour.
    None,
    /// A line of each colour.
    Line,
    /// A sample of each colour.
    Sample,
}

/// A scan: its header and its bits.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    /// Which of the frame's components, in the order of the scan.
    pub(super) components: Vec<usize>,
    pub(super) interleave: Interleave,
    pub(super) parameters: Parameters,
    pub(super) bits: &'a [u8],
}

/// A picture's frame header, and the parameters that were named up to the last marker read.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// Bits of a sample: 2 to 16.
    pub(super) precision: u8,
    pub(super) width: u16,
    pub(super) height: u16,
    /// The identifier of each component.
    pub(super) components: Vec<u8>,
    preset: Preset,
    /// What follows the last marker segment.
    rest: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads up to the frame header.
    ///
    /// # Errors
    /// A refusal when the picture is another JPEG, a failure when it is none.
    pub(super) fn find(bytes: &'a [u8]) -> Result<Self> {
        let rest = bytes.strip_prefix(&[0xFF, 0xD8]).ok_or_else(no_jpeg_ls)?;
        let mut frame =
            Frame { precision: 0, width: 0, height: 0, components: Vec::new(), preset: Preset::default(), rest };
        loop {
            match frame.segment()? {
                (0xF7, header) => {
                    frame.read_header(header)?;
                    return Ok(frame);
                }
                (0xC0..=0xCF | 0xDA, _) => return Err(no_jpeg_ls()),
                (marker, segment) => frame.other(marker, segment)?,
            }
        }
    }

    /// Reads up to the next scan.
    pub(super) fn next_scan(&mut self) -> Result<Scan<'a>> {
        loop {
            match self.segment()? {
                (0xDA, header) => return self.scan(header),
                (marker, segment) => self.other(marker, segment)?,
            }
        }
    }

    /// The next marker and its segment; an end of image, which has none, is the end of everything.
    fn segment(&mut self) -> Result<(u8, &'a [u8])> {
        let rest = self.rest;
        let fill = rest.iter().take_while(|&&byte| byte == 0xFF).count();
        let &marker = rest.get(fill).ok_or_else(ends_early)?;
        if fill == 0 {
            return Err(broken("its JPEG-LS has no marker where one must be"));
        }
        if marker == 0xD9 {
            return Err(ends_early());
        }
        let rest = &rest[fill + 1..];
        let length = usize::from(u16::from_be_bytes(*rest.first_chunk().ok_or_else(ends_early)?));
        let segment = rest.get(..length).ok_or_else(ends_early)?.get(2..);
        self.rest = &rest[length..];
        Ok((marker, segment.ok_or_else(|| broken("its JPEG-LS has a segment shorter than its length"))?))
    }

    /// A segment that may stand anywhere.
    fn other(&mut self, marker: u8, segment: &[u8]) -> Result<()> {
        match (marker, segment) {
            (0xF8, [1, preset @ ..]) => {
                let words: [u16; 5] = std::array::from_fn(|nth| {
                    preset.as_chunks().0.get(nth).map_or(0, |&word| u16::from_be_bytes(word))
                });
                let [max, t1, t2, t3, reset] = words;
                self.preset = Preset { max, thresholds: [t1, t2, t3], reset };
                Ok(())
            }
            (0xF8, _) => Err(unread("with mapping tables or of an extended size")),
            (0xDD, interval) if interval.iter().any(|&byte| byte != 0) => Err(unread("with restart intervals")),
            // The colour transforms of HP's encoder, which no standard knows.
            (0xE8, [b'm', b'r', b'f', b'x', transform, ..]) if *transform != 0 => {
                Err(unread("with a transform of its colours"))
            }
            (0xDD | 0xE0..=0xEF | 0xFE, _) => Ok(()),
            _ => Err(broken("its JPEG-LS has a marker that cannot be there")),
        }
    }

    fn read_header(&mut self, header: &[u8]) -> Result<()> {
        let short = || broken("its JPEG-LS frame header is too short");
        let &[precision, h1, h0, w1, w0, count] = header.first_chunk().ok_or_else(short)?;
        self.precision = precision;
        (self.height, self.width) = (u16::from_be_bytes([h1, h0]), u16::from_be_bytes([w1, w0]));
        let each = header[6..].as_chunks::<3>().0;
        if !(2..=16).contains(&precision) || count == 0 || each.len() != usize::from(count) {
            return Err(broken("its JPEG-LS frame header cannot be"));
        }
        if count > 1 && each.iter().any(|component| component[1] != 0x11) {
            return Err(unread("with colours of several resolutions"));
        }
        self.components = each.iter().map(|component| component[0]).collect();
        Ok(())
    }

    fn scan(&mut self, header: &[u8]) -> Result<Scan<'a>> {
        let cannot_be = || broken("its JPEG-LS has a scan header that cannot be");
        let (&count, rest) = header.split_first().ok_or_else(cannot_be)?;
        let (each, rest) = rest.split_at_checked(2 * usize::from(count)).ok_or_else(cannot_be)?;
        let &[near, interleave, transform] = rest.first_chunk().ok_or_else(cannot_be)?;
        let each = each.as_chunks::<2>().0;
        if transform != 0 || each.iter().any(|&[_, table]| table != 0) {
            return Err(unread("with mapping tables or a point transform"));
        }
        let place = |id: u8| self.components.iter().position(|&known| known == id);
        let components: Option<Vec<usize>> = each.iter().map(|&[id, _]| place(id)).collect();
        let components = components.filter(|all| !all.is_empty()).ok_or_else(cannot_be)?;
        let interleave = match interleave {
            0 if count == 1 => Interleave::None,
            1 => Interleave::Line,
            2 => Interleave::Sample,
            _ => return Err(cannot_be()),
        };
        // Within a scan a byte of ones is followed by one below 0x80 (T.87, A.1).
        let end = self.rest.windows(2).position(|pair| pair[0] == 0xFF && pair[1] >= 0x80);
        let (bits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        let parameters = Parameters::new(self.precision, near, self.preset)?;
        Ok(Scan { components, interleave, parameters, bits })
    }
}

fn no_jpeg_ls() -> Error {
    broken("its picture is not the JPEG-LS that it says")
}

fn unread(what: &str) -> Error {
    error(Kind::UnsupportedVariant, format!("the DICOM file's JPEG-LS picture is of a kind that is not read: {what}"))
}
