//! A data set in memory (PS3.5, section 7): where each element's value lies in the file's bytes.
//!
//! Element headers are decoded by dicom-rs. Values are never copied, and a length is believed only when the bytes are
//! there, so that no length can make anything be allocated.

use std::collections::BTreeMap;

use dicom_core::{Tag, VR};
use dicom_encoding::decode::Decode;
use dicom_encoding::decode::explicit_be::ExplicitVRBigEndianDecoder;
use dicom_encoding::decode::explicit_le::ExplicitVRLittleEndianDecoder;

use super::super::error;
use super::syntax::Encoding;
use crate::{Error, Kind, Result};

const UNDEFINED: u32 = 0xFFFF_FFFF;
const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);
pub(super) const PIXEL_DATA: Tag = Tag(0x7FE0, 0x0010);

/// Sequences within sequences; the deepest that images have is about 6.
const DEEPEST: usize = 16;

/// An element's value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    /// The value representation; `None` where the encoding leaves it out.
    pub(super) vr: Option<VR>,
    /// The value's bytes; for a sequence or fragments its items with their headers.
    pub(super) bytes: &'a [u8],
    /// The length was undefined: the bytes are items.
    pub(super) items: bool,
}

/// The elements of a data set up to its pixel data, the values still in the file's bytes.
#[derive(Debug)]
pub(super) struct DataSet<'a> {
    encoding: Encoding,
    elements: BTreeMap<Tag, Element<'a>>,
}

impl<'a> DataSet<'a> {
    /// Finds the elements in `bytes`, to the pixel data or the end.
    ///
    /// # Errors
    /// [`Kind::Truncated`] when a value reaches beyond the bytes, [`Kind::Damaged`] when they are no data set.
    pub(super) fn parse(mut bytes: &'a [u8], encoding: Encoding) -> Result<Self> {
        Self::parse_from(&mut bytes, encoding)
    }

    /// Finds the elements at the beginning of `rest`, which lies behind them then.
    fn parse_from(rest: &mut &'a [u8], encoding: Encoding) -> Result<Self> {
        let mut elements = BTreeMap::new();
        while !rest.is_empty() {
            let header = header(rest, encoding)?;
            if header.tag == ITEM_END {
                break;
            }
            let element = value(rest, header, encoding, 0)?;
            elements.insert(header.tag, element);
            if header.tag == PIXEL_DATA {
                break;
            }
        }
        Ok(Self { encoding, elements })
    }

    /// How the elements are encoded.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// An element that is there and has a value.
    pub(super) fn get(&self, tag: Tag) -> Option<Element<'a>> {
        self.elements.get(&tag).copied().filter(|element| !element.bytes.is_empty())
    }

    /// Whether there is an element whose tag passes `wanted`.
    pub(super) fn any(&self, wanted: impl Fn(Tag) -> bool) -> bool {
        self.elements.keys().any(|&tag| wanted(tag))
    }

    /// The first of a text's values, without padding.
    pub(super) fn text(&self, tag: Tag) -> Option<&'a str> {
        let first = self.get(tag)?.bytes.split(|&b| b == b'\\').next()?;
        let text = str::from_utf8(first).ok()?.trim_matches([' ', '\0']);
        (!text.is_empty()).then_some(text)
    }

    /// The `nth` of a decimal or integer string's values.
    ///
    /// # Errors
    /// [`Kind::Damaged`] when it is no finite number.
    pub(super) fn number(&self, tag: Tag, nth: usize) -> Result<Option<f64>> {
        let Some(field) = self.get(tag).and_then(|element| element.bytes.split(|&b| b == b'\\').nth(nth)) else {
            return Ok(None);
        };
        let text = str::from_utf8(field).unwrap_or("?").trim_matches([' ', '\0']);
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(Some).ok_or_else(|| broken(format!("{tag} is not a number")))
    }

    /// An unsigned short.
    pub(super) fn short(&self, tag: Tag) -> Option<u16> {
        self.shorts(tag)?.next()
    }

    /// An unsigned long.
    pub(super) fn long(&self, tag: Tag) -> Option<u32> {
        let &first = self.get(tag)?.bytes.first_chunk()?;
        let big = self.encoding == Encoding::ExplicitBig;
        Some(if big { u32::from_be_bytes(first) } else { u32::from_le_bytes(first) })
    }

    /// Unsigned shorts, or the bits of signed ones.
    pub(super) fn shorts(&self, tag: Tag) -> Option<impl Iterator<Item = u16> + use<'a>> {
        let element = self.get(tag)?;
        let big = self.encoding == Encoding::ExplicitBig;
        Some(
            element
                .bytes
                .as_chunks()
                .0
                .iter()
                .map(move |&pair| if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }),
        )
    }

    /// The first item of a sequence, as a data set.
    ///
    /// # Errors
    /// As [`DataSet::parse`].
    pub(super) fn item(&self, tag: Tag) -> Result<Option<DataSet<'a>>> {
        let Some(element) = self.get(tag) else { return Ok(None) };
        let mut rest = element.bytes;
        let (item, length) = item_header(&mut rest, self.encoding)?;
        if item != ITEM {
            return Ok(None);
        }
        let content = if length == UNDEFINED { rest } else { take(&mut rest, length)? };
        Self::parse(content, self.encoding).map(Some)
    }
}

impl DataSet<'_> {
    /// Gives each item of a sequence to `taken`, with the place of the item in the sequence's value.
    ///
    /// # Errors
    /// As [`DataSet::parse`].
    pub(super) fn each_item(&self, tag: Tag, mut taken: impl FnMut(usize, DataSet)) -> Result<()> {
        let Some(Element { bytes, .. }) = self.get(tag) else { return Ok(()) };
        let mut rest = bytes;
        while !rest.is_empty() {
            let place = bytes.len() - rest.len();
            let mut own;
            let content = match item_header(&mut rest, self.encoding)? {
                (ITEM, UNDEFINED) => &mut rest,
                (ITEM, length) => {
                    own = take(&mut rest, length)?;
                    &mut own
                }
                (SEQUENCE_END, _) => break,
                (tag, _) => return Err(broken(format!("{tag} stands where a sequence's item should"))),
            };
            taken(place, DataSet::parse_from(content, self.encoding)?);
        }
        Ok(())
    }
}

/// The value of an element near the beginning of a data set, of which not everything need be there.
pub(super) fn find(bytes: &[u8], encoding: Encoding, wanted: Tag) -> Option<&[u8]> {
    let mut rest = bytes;
    loop {
        let header = header(&mut rest, encoding).ok().filter(|header| header.tag <= wanted)?;
        let element = value(&mut rest, header, encoding, 0).ok()?;
        if header.tag == wanted {
            return Some(element.bytes);
        }
    }
}

/// The fragments of encapsulated pixel data (PS3.5, A.4); the first is the basic offset table.
///
/// # Errors
/// As [`DataSet::parse`].
pub(super) fn fragments(items: &[u8]) -> Result<Vec<&[u8]>> {
    let mut rest = items;
    let mut fragments = Vec::new();
    while !rest.is_empty() {
        match item_header(&mut rest, Encoding::ExplicitLittle)? {
            (SEQUENCE_END, _) => break,
            (ITEM, length) if length != UNDEFINED => fragments.push(take(&mut rest, length)?),
            (tag, _) => return Err(broken(format!("{tag} stands among the pixel data's fragments"))),
        }
    }
    Ok(fragments)
}

/// Whether bytes without a preamble begin like a data set: three elements in ascending order, from a group that a data
/// set begins with, whose values are there.
pub(super) fn begins_like_one(bytes: &[u8], encoding: Encoding) -> bool {
    let mut rest = bytes;
    let mut last = None;
    for _ in 0..3 {
        let Ok(header) = header(&mut rest, encoding) else { return false };
        let first_group = last.is_some() || matches!(header.tag.group(), 0x0002 | 0x0008);
        let known_vr = header.vr.is_none_or(|vr| vr != VR::UN);
        let ascends = last.is_none_or(|last| last < header.tag);
        if !(first_group && known_vr && ascends) || value(&mut rest, header, encoding, 0).is_err() {
            return false;
        }
        last = Some(header.tag);
    }
    true
}

#[derive(Clone, Copy)]
struct Header {
    tag: Tag,
    vr: Option<VR>,
    length: u32,
}

fn header(rest: &mut &[u8], encoding: Encoding) -> Result<Header> {
    let decoded = match encoding {
        // Tag and length alone: which value representation an element would have matters to nothing here.
        Encoding::ImplicitLittle => {
            let (tag, length) = item_header(rest, encoding)?;
            return Ok(Header { tag, vr: None, length });
        }
        Encoding::ExplicitLittle => Decode::decode_header(&ExplicitVRLittleEndianDecoder::default(), rest),
        Encoding::ExplicitBig => Decode::decode_header(&ExplicitVRBigEndianDecoder::default(), rest),
    };
    let (header, _) = decoded.map_err(|_| ends_early())?;
    Ok(Header { tag: header.tag, vr: Some(header.vr), length: header.len.0 })
}

/// A tag and a length of 4 bytes: an item's header in any encoding (PS3.5, section 7.5).
fn item_header(rest: &mut &[u8], encoding: Encoding) -> Result<(Tag, u32)> {
    let (bytes, tail) = rest.split_first_chunk::<8>().ok_or_else(ends_early)?;
    *rest = tail;
    let [a, b, c, d, length @ ..] = *bytes;
    Ok(if encoding == Encoding::ExplicitBig {
        (Tag(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])), u32::from_be_bytes(length))
    } else {
        (Tag(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])), u32::from_le_bytes(length))
    })
}

fn value<'a>(rest: &mut &'a [u8], header: Header, encoding: Encoding, depth: usize) -> Result<Element<'a>> {
    let Header { vr, length, .. } = header;
    if length != UNDEFINED {
        return Ok(Element { vr, bytes: take(rest, length)?, items: false });
    }
    // A sequence of unknown representation is implicit inside whatever is outside (PS3.5, section 6.2.2, note).
    let inside = if vr == Some(VR::UN) { Encoding::ImplicitLittle } else { encoding };
    let from = *rest;
    skip_items(rest, inside, depth + 1)?;
    Ok(Element { vr, bytes: &from[..from.len() - rest.len()], items: true })
}

fn skip_items(rest: &mut &[u8], encoding: Encoding, depth: usize) -> Result<()> {
    if depth > DEEPEST {
        return Err(broken(format!("its sequences are nested more than {DEEPEST} deep")));
    }
    loop {
        match item_header(rest, encoding)? {
            (SEQUENCE_END, _) => return Ok(()),
            (ITEM, UNDEFINED) => loop {
                let header = header(rest, encoding)?;
                if header.tag == ITEM_END {
                    break;
                }
                value(rest, header, encoding, depth)?;
            },
            (ITEM, length) => {
                take(rest, length)?;
            }
            (tag, _) => return Err(broken(format!("{tag} stands where a sequence's item should"))),
        }
    }
}

fn take<'a>(rest: &mut &'a [u8], length: u32) -> Result<&'a [u8]> {
    let (value, tail) = rest.split_at_checked(length as usize).ok_or_else(ends_early)?;
    *rest = tail;
    Ok(value)
}

fn ends_early() -> Error {
    error(Kind::Truncated, "the DICOM file ends before its picture does")
}

/// A fault of the file, as the end of a sentence.
pub(super) fn broken(says: impl AsRef<str>) -> Error {
    super::super::damaged("DICOM file", says.as_ref())
}
