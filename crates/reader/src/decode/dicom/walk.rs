//! The walk over the elements of a data set (PS3.5, section 7). It steps over what others step over as well: an element
//! without a value representation among others that have one, or the other way round, representations of no standard, and
//! sequences and items that are not closed. Where it cannot go on, it names the element.
//!
//! Element headers are decoded by dicom-rs where they are as they should be. Values are never copied, and a length is
//! believed only when the bytes are there, so that no length can make anything be allocated.

use dicom_core::{Tag, VR};
use dicom_encoding::decode::Decode;
use dicom_encoding::decode::explicit_be::ExplicitVRBigEndianDecoder;
use dicom_encoding::decode::explicit_le::ExplicitVRLittleEndianDecoder;

use super::broken::{broken, ends_early, ends_within};
use super::syntax::Encoding;
use crate::{Error, Result};

pub(super) const UNDEFINED: u32 = 0xFFFF_FFFF;
pub(super) const ITEM: Tag = Tag(0xFFFE, 0xE000);
pub(super) const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
pub(super) const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);
pub(super) const PIXEL_DATA: Tag = Tag(0x7FE0, 0x0010);

/// Sequences within sequences; the deepest that images have is about 6.
const DEEPEST: usize = 16;
/// No value is longer: more is no length, and the file not cut off.
const LONGEST: u32 = 1 << 28;
/// A tag and four bytes: the shortest header of an element, and that of an item.
const SHORT: usize = 8;
/// The header of an element whose value representation has a length of four bytes.
const LONG: usize = 12;

/// An element's value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    /// The value representation; `None` where the file leaves it out.
    pub(super) vr: Option<VR>,
    /// The value's bytes; for a sequence or fragments its items with their headers.
    pub(super) bytes: &'a [u8],
    /// The length was undefined: the bytes are items.
    pub(super) items: bool,
    /// How elements in its items are encoded, if it has any.
    pub(super) inside: Encoding,
    /// Pixel data of which the file has fewer bytes than they say.
    pub(super) is_cut: bool,
}

/// The header of an element.
#[derive(Clone, Copy)]
pub(super) struct Header {
    pub(super) tag: Tag,
    pub(super) vr: Option<VR>,
    pub(super) length: u32,
}

/// The next element of a data set that lies in no other.
///
/// # Errors
/// [`crate::Kind::Truncated`] when it reaches beyond the bytes, [`crate::Kind::Damaged`] when they are no data set; either
/// names the element.
pub(super) fn element<'a>(rest: &mut &'a [u8], encoding: Encoding) -> Result<(Tag, Element<'a>)> {
    let header = header(rest, encoding)?;
    if header.tag == PIXEL_DATA {
        return Ok((header.tag, pixel_data(rest, header, encoding)));
    }
    if header.tag.group() == 0xFFFE {
        // It stands in no sequence: nothing but its header is stepped over, and what an item says to hold.
        let length = if header.tag == ITEM && header.length != UNDEFINED { header.length } else { 0 };
        return Ok((header.tag, value(rest, Header { length, ..header }, encoding, 0)?));
    }
    Ok((header.tag, value(rest, header, encoding, 0)?))
}

/// The next element of an item.
pub(super) fn element_within<'a>(rest: &mut &'a [u8], encoding: Encoding) -> Result<(Tag, Element<'a>)> {
    let header = header(rest, encoding)?;
    Ok((header.tag, value(rest, header, encoding, 1)?))
}

/// Pixel data are the last that is looked for: what is missing behind them, or of them, is found out by who decodes them.
fn pixel_data<'a>(rest: &mut &'a [u8], Header { vr, length, .. }: Header, encoding: Encoding) -> Element<'a> {
    // A picture that is not compressed may have no length either, and nothing that is missing there is known.
    let first = item_header(&mut &rest[..], encoding);
    let items = length == UNDEFINED && first.map_or(true, |(tag, _)| tag.group() == 0xFFFE);
    let (is_cut, bytes) = match rest.get(..length as usize) {
        Some(bytes) => (false, bytes),
        None => (!items, *rest),
    };
    *rest = &rest[bytes.len()..];
    Element { vr, bytes, items, inside: encoding, is_cut }
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

/// Whether bytes without a preamble begin like a data set: three elements in ascending order, from a group that a data
/// set begins with, whose values are there.
pub(super) fn looks_like_data_set(bytes: &[u8], encoding: Encoding) -> bool {
    let mut rest = bytes;
    let mut last = None;
    for _ in 0..3 {
        let is_known = encoding == Encoding::ImplicitLittle || known(vr_bytes(rest)).is_some();
        let Ok(header) = header(&mut rest, encoding) else { return false };
        let first_group = last.is_some() || matches!(header.tag.group(), 0x0002 | 0x0008);
        let is_known = is_known && header.vr.is_none_or(|vr| vr != VR::UN);
        let ascends = last.is_none_or(|last| last < header.tag);
        if !(first_group && is_known && ascends) || value(&mut rest, header, encoding, 0).is_err() {
            return false;
        }
        last = Some(header.tag);
    }
    true
}

/// A tag and a length of 4 bytes: an item's header in any encoding (PS3.5, section 7.5).
pub(super) fn item_header(rest: &mut &[u8], encoding: Encoding) -> Result<(Tag, u32)> {
    let (bytes, tail) = rest.split_first_chunk::<SHORT>().ok_or_else(ends_early)?;
    *rest = tail;
    let [a, b, c, d, length @ ..] = *bytes;
    Ok(if encoding == Encoding::ExplicitBig {
        (Tag(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])), u32::from_be_bytes(length))
    } else {
        (Tag(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])), u32::from_le_bytes(length))
    })
}

pub(super) fn take<'a>(rest: &mut &'a [u8], length: u32, of: Tag) -> Result<&'a [u8]> {
    let (value, tail) = rest.split_at_checked(length as usize).ok_or_else(|| match length {
        ..=LONGEST => ends_within(of),
        _ => broken(format!("its element {of} says to have {length} bytes")),
    })?;
    *rest = tail;
    Ok(value)
}

fn header(rest: &mut &[u8], encoding: Encoding) -> Result<Header> {
    #[cfg(test)]
    tests::HEADERS.set(tests::HEADERS.get() + 1);
    let whole = *rest;
    let (tag, length) = item_header(rest, encoding)?;
    let plain = Header { tag, vr: None, length };
    if tag.group() == 0xFFFE {
        return Ok(plain);
    }
    let vr = known(vr_bytes(whole));
    if encoding == Encoding::ImplicitLittle {
        // An element may have a value representation nevertheless: then another that has one comes behind it, or what
        // would be its length leads nowhere without one.
        let explicit = vr.and_then(|_| decoded(whole, Encoding::ExplicitLittle));
        let is_lost = || !leads_on(&plain, &whole[SHORT..], encoding, false);
        let leads = |strictly| {
            move |(header, tail): &(Header, &[u8])| leads_on(header, tail, Encoding::ExplicitLittle, strictly)
        };
        let explicit = explicit.filter(|found| leads(true)(found) || is_lost() && leads(false)(found));
        let Some((header, tail)) = explicit else { return Ok(plain) };
        *rest = tail;
        return Ok(header);
    }
    if vr.is_some() {
        let (header, tail) = decoded(whole, encoding).ok_or_else(ends_early)?;
        *rest = tail;
        return Ok(header);
    }
    if tag == PIXEL_DATA {
        // Of an unknown representation, or of none.
        let long = whole.get(LONG..).filter(|_| whole[6..SHORT] == [0, 0]);
        let length = long.map(|_| item_header(&mut &whole[4..], encoding)).transpose()?.map(|(_, length)| length);
        return Ok(match (long, length) {
            (Some(tail), Some(length)) if length == UNDEFINED || length as usize <= tail.len() => {
                *rest = tail;
                Header { tag, vr: Some(VR::UN), length }
            }
            _ => plain,
        });
    }
    let candidates = without_known_vr(whole, plain, encoding);
    let found = [true, false].iter().find_map(|&strictly| {
        candidates.iter().flatten().find(|(header, tail)| leads_on(header, tail, encoding, strictly))
    });
    let (header, tail) = found.ok_or_else(|| {
        broken(format!("its element {tag} has no value representation that is known, and its length leads nowhere"))
    })?;
    *rest = tail;
    Ok(*header)
}

/// The ways to read the header of an element whose value representation is none that is known, the likeliest first.
fn without_known_vr(whole: &[u8], plain: Header, encoding: Encoding) -> [Option<(Header, &[u8])>; 3] {
    let tag = plain.tag;
    let length = |bytes: &[u8]| {
        bytes.iter().enumerate().fold(0u32, |length, (nth, &byte)| {
            if encoding == Encoding::ExplicitBig {
                length << 8 | u32::from(byte)
            } else {
                length | u32::from(byte) << (8 * nth)
            }
        })
    };
    let header = |length| Header { tag, vr: Some(VR::UN), length };
    let implicit = Some((plain, &whole[SHORT..]));
    let short = Some((header(length(&whole[6..SHORT])), &whole[SHORT..]));
    let long = whole.get(LONG..).map(|tail| (header(length(&whole[SHORT..LONG])), tail));
    if vr_bytes(whole).iter().all(u8::is_ascii_uppercase) { [short, long, implicit] } else { [implicit, short, long] }
}

/// Whether a header leads to another element, or to the end: `strictly`, to one with a known value representation.
fn leads_on(header: &Header, tail: &[u8], encoding: Encoding, strictly: bool) -> bool {
    let next = if header.length == UNDEFINED {
        let mut items = tail;
        return matches!(item_header(&mut items, encoding), Ok((ITEM | SEQUENCE_END, _)));
    } else {
        tail.get(header.length as usize..)
    };
    let Some(next) = next else { return false };
    if next.is_empty() {
        return true;
    }
    let mut behind = next;
    match item_header(&mut behind, encoding) {
        Ok((tag, _)) if tag.group() == 0xFFFE => true,
        Ok((tag, _)) => tag > header.tag && (!strictly || known(vr_bytes(next)).is_some()),
        Err(_) => false,
    }
}

fn decoded(whole: &[u8], encoding: Encoding) -> Option<(Header, &[u8])> {
    let mut rest = whole;
    let decoded = match encoding {
        Encoding::ExplicitBig => Decode::decode_header(&ExplicitVRBigEndianDecoder::default(), &mut rest),
        _ => Decode::decode_header(&ExplicitVRLittleEndianDecoder::default(), &mut rest),
    };
    let (header, _) = decoded.ok()?;
    Some((Header { tag: header.tag, vr: Some(header.vr), length: header.len.0 }, rest))
}

/// Where an element with a value representation has it.
fn vr_bytes(element: &[u8]) -> [u8; 2] {
    element.get(4..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default()
}

fn known(vr: [u8; 2]) -> Option<VR> {
    VR::from_binary(vr)
}

fn value<'a>(rest: &mut &'a [u8], header: Header, encoding: Encoding, depth: usize) -> Result<Element<'a>> {
    let Header { tag, vr, length } = header;
    let inside = encoding_inside(rest, encoding, vr);
    let plain = Element { vr, bytes: &[], items: false, inside, is_cut: false };
    let from = *rest;
    let mut too_long = None;
    if length != UNDEFINED {
        let holds_items = || matches!(item_header(&mut &from[..], inside), Ok((ITEM, _)));
        let is_sequence = vr == Some(VR::SQ) || vr.is_none_or(|vr| vr == VR::UN) && holds_items();
        match take(rest, length, tag) {
            Ok(bytes) if !is_sequence || are_items(bytes, inside) || goes_on(rest, encoding, tag) => {
                return Ok(Element { bytes, ..plain });
            }
            Ok(_) => *rest = from,
            Err(error) if !is_sequence => return Err(error),
            Err(error) => too_long = Some(error),
        }
    }
    skip_items(rest, inside, depth + 1, tag).map_err(|error| too_long.unwrap_or(error))?;
    Ok(Element { bytes: &from[..from.len() - rest.len()], items: true, ..plain })
}

/// Whether bytes are items that are as long as they say.
fn are_items(bytes: &[u8], encoding: Encoding) -> bool {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Ok((ITEM | ITEM_END | SEQUENCE_END, length)) = item_header(&mut rest, encoding) else { return false };
        let Some(tail) = rest.get(length as usize..) else { return false };
        rest = tail;
    }
    true
}

/// Whether elements behind `of` follow whose values are there, or a delimiter, an item, pixel data or the end.
fn goes_on(rest: &[u8], encoding: Encoding, of: Tag) -> bool {
    let (mut rest, mut last) = (rest, of);
    // Without a value representation a header is none but by where it leads.
    for _ in 0..if encoding == Encoding::ImplicitLittle { 3 } else { 1 } {
        if rest.is_empty() {
            return true;
        }
        let Ok(Header { tag, length, .. }) = header(&mut rest, encoding) else { return false };
        if tag.group() == 0xFFFE || tag == PIXEL_DATA {
            return true;
        }
        if length == UNDEFINED {
            return tag > last;
        }
        let Some(tail) = rest.get(length as usize..).filter(|_| tag > last) else { return false };
        (rest, last) = (tail, tag);
    }
    true
}

/// How elements in items are encoded. Those of unknown representation are implicit and little endian (PS3.5, section 6.2.2,
/// note), but some writers leave them as they were; and some turn the bytes of items round, or do not.
fn encoding_inside(items: &[u8], outside: Encoding, vr: Option<VR>) -> Encoding {
    let is_known = items.get(SHORT..).map(vr_bytes).and_then(known).is_some();
    match (items, outside) {
        ([0xFF, 0xFE, ..], _) => Encoding::ExplicitBig,
        ([0xFE, 0xFF, ..], Encoding::ExplicitBig) if is_known => Encoding::ExplicitLittle,
        ([0xFE, 0xFF, ..], Encoding::ExplicitBig) => Encoding::ImplicitLittle,
        (_, Encoding::ExplicitBig) => outside,
        _ if is_known || vr == Some(VR::SQ) => outside,
        _ => Encoding::ImplicitLittle,
    }
}

/// What an item holds, where it is as long as it says: where another one, a delimiter, an element behind `of` or the end
/// follows. `None` where only its elements tell how long it is.
pub(super) fn item_content<'a>(rest: &mut &'a [u8], length: u32, encoding: Encoding, of: Tag) -> Option<&'a [u8]> {
    let (content, tail) = rest.split_at_checked(length as usize)?;
    let follows = goes_on(tail, encoding, of);
    *rest = if follows { tail } else { rest };
    follows.then_some(content)
}

/// All that follows was taken for a part of it.
fn not_closed(of: Tag) -> Error {
    broken(format!("its element {of} is not closed"))
}

fn skip_items(rest: &mut &[u8], encoding: Encoding, depth: usize, of: Tag) -> Result<()> {
    if depth > DEEPEST {
        return Err(broken(format!("its sequences are nested more than {DEEPEST} deep")));
    }
    loop {
        let before = *rest;
        if rest.is_empty() {
            return Err(not_closed(of));
        }
        match item_header(rest, encoding).map_err(|_| ends_within(of))? {
            (SEQUENCE_END, _) => return Ok(()),
            (ITEM, length) => {
                let is_cut = length != UNDEFINED && length as usize > rest.len();
                // Nothing is gone through twice: what this gives is the answer.
                if item_content(rest, length, encoding, of).is_none() {
                    skip_item(rest, encoding, depth, of).map_err(|e| if is_cut { ends_within(of) } else { e })?;
                }
            }
            (ITEM_END, _) => {}
            // The sequence is not closed: what it stands in goes on.
            (tag, _) if tag > of => {
                *rest = before;
                return Ok(());
            }
            (tag, _) => return Err(broken(format!("{tag} stands where an item of its element {of} should"))),
        }
    }
}

fn skip_item(rest: &mut &[u8], encoding: Encoding, depth: usize, of: Tag) -> Result<()> {
    loop {
        let before = *rest;
        if before.is_empty() {
            return Err(not_closed(of));
        }
        let header =
            header(rest, encoding).map_err(|error| if before.len() < SHORT { ends_within(of) } else { error })?;
        match header.tag {
            ITEM_END => return Ok(()),
            // The item is not closed: the sequence goes on, or ends.
            ITEM | SEQUENCE_END => {
                *rest = before;
                return Ok(());
            }
            _ => value(rest, header, encoding, depth)?,
        };
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// How many headers this thread has looked at.
        pub(super) static HEADERS: Cell<usize> = const { Cell::new(0) };
    }

    /// A sequence of items within items, `deep` of them, each with a length that is wrong by `off`.
    fn sequence(encoding: Encoding, deep: usize, wide: usize, off: i32, is_closed: bool) -> Vec<u8> {
        let (word, sq): (&[u8], &[u8]) = match encoding {
            Encoding::ImplicitLittle => (b"\x28\x00\x06\x30\x04\0\0\0WORD", b"\x28\x00\x00\x30"),
            _ => (b"\x28\x00\x06\x30LO\x04\x00WORD", b"\x28\x00\x00\x30SQ\0\0"),
        };
        let mut content = word.repeat(4);
        for level in (0..deep).rev() {
            let wide = if level + 4 < deep { 1 } else { wide };
            let length = (content.len() as u32).wrapping_add_signed(off);
            let item = [&b"\xfe\xff\x00\xe0"[..], &length.to_le_bytes(), &content].concat().repeat(wide);
            let length = if is_closed { u32::MAX } else { (item.len() as u32).wrapping_add_signed(off) };
            let end = &b"\xfe\xff\xdd\xe0\0\0\0\0"[..if is_closed { 8 } else { 0 }];
            content = [sq, &length.to_le_bytes(), &item, end].concat();
        }
        content
    }

    /// Headers that are looked at in a sequence in a data set, and whether all of it is stepped over.
    fn looked_at(sequence: &[u8], encoding: Encoding) -> (usize, bool) {
        let implicit = encoding == Encoding::ImplicitLittle;
        let word: &[u8] = if implicit { b"\x29\x00\x10\x00\x04\0\0\0WORD" } else { b"\x29\x00\x10\x00LO\x04\x00WORD" };
        let file = [sequence, word].concat();
        let mut rest = &file[..];
        HEADERS.set(0);
        let found = element(&mut rest, encoding);
        let length = sequence.len() - if implicit { SHORT } else { LONG };
        (HEADERS.get(), found.is_ok_and(|(_, element)| element.bytes.len() == length))
    }

    const LITTLE: [Encoding; 2] = [Encoding::ExplicitLittle, Encoding::ImplicitLittle];

    #[test]
    fn items_and_sequences_of_wrong_lengths_are_stepped_over() {
        for encoding in LITTLE {
            let is_stepped_over =
                |deep, wide, off, is_closed| looked_at(&sequence(encoding, deep, wide, off, is_closed), encoding).1;
            for off in [-18, -4, -2, 2, 6, 22, 1 << 20] {
                assert!(is_stepped_over(1, 1, off, true), "{encoding:?}: {off}");
                assert!(is_stepped_over(3, 2, off, true), "{encoding:?}: {off}, in one another");
            }
            let length = 8 + 4 * 12;
            let right = sequence(encoding, 1, 1, 0, false);
            let at = right.len() - length - 4;
            for off in [-40, -26, -4, -2, 2, 6, 10, 1 << 20] {
                let wrong = (length as u32).wrapping_add_signed(off).to_le_bytes();
                let sequence = [&right[..at], &wrong, &right[at + 4..]].concat();
                assert!(looked_at(&sequence, encoding).1, "{encoding:?}: the sequence's {off}");
            }
        }
    }

    #[test]
    fn wrong_lengths_in_wrong_lengths_are_gone_through_once() {
        let offs = [-18, -4, 2, 20, 1 << 20].into_iter().flat_map(|off| [(off, true), (off, false)]);
        for (encoding, (off, is_closed)) in
            LITTLE.into_iter().flat_map(|encoding| offs.clone().map(move |off| (encoding, off)))
        {
            for (deep, wide) in [(1, 1), (DEEPEST, 2), (DEEPEST, 8), (DEEPEST + 4, 8), (200, 2)] {
                let sequence = sequence(encoding, deep, wide, off, is_closed);
                let (headers, _) = looked_at(&sequence, encoding);
                // An element or an item has eight bytes or more, and is looked at, ahead, and from where lengths lead.
                let each = if encoding == Encoding::ImplicitLittle { 5 } else { 3 };
                assert!(
                    headers <= each * sequence.len() / SHORT,
                    "{encoding:?}, {off}, {deep}, {wide}: {headers} of {}",
                    sequence.len()
                );
            }
        }
    }
}
