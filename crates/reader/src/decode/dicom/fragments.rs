//! The fragments of encapsulated pixel data (PS3.5, A.4), and which of them are a frame.

use super::super::check::error;
use super::broken::broken;
use super::layout::Layout;
use super::syntax::{Codec, Encoding};
use super::walk::{ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, item_header};
use crate::{Error, Kind, Result};

/// How far a JPEG-LS frame's header is looked for.
const HEADERS: usize = 512;

/// Fragments, and the basic offset table before them.
pub(super) struct Fragments<'a> {
    offsets: &'a [u8],
    pictures: Vec<&'a [u8]>,
    /// The bytes end within the last one, or before there is any.
    is_cut: bool,
}

impl<'a> Fragments<'a> {
    /// Reads the items of pixel data up to the delimiter, or to the end where there is none. A first item that is the
    /// beginning of a picture is no offset table, which is left out then.
    ///
    /// # Errors
    /// A failure when something else stands where the first item should.
    pub(super) fn read(items: &'a [u8], codec: Codec) -> Result<Self> {
        let mut rest = items;
        let mut pictures = Vec::new();
        let (mut is_cut, mut is_closed) = (false, false);
        while let Ok((tag, length)) = item_header(&mut rest, Encoding::ExplicitLittle) {
            match tag {
                SEQUENCE_END => {
                    is_closed = true;
                    break;
                }
                ITEM_END => {}
                ITEM if length != UNDEFINED => {
                    let fragment = rest.get(..length as usize);
                    is_cut = fragment.is_none();
                    let fragment = fragment.unwrap_or(rest);
                    pictures.push(fragment);
                    rest = &rest[fragment.len()..];
                }
                tag if pictures.is_empty() => {
                    return Err(broken(format!("{tag} stands where the pixel data's fragments should")));
                }
                // No delimiter: what comes behind is none of theirs.
                _ => break,
            }
        }
        let has_table = pictures.first().is_some_and(|first| !begins_picture(first, codec));
        let offsets = if has_table { pictures.remove(0) } else { &[] };
        is_cut |= pictures.is_empty() && !is_closed;
        Ok(Self { offsets, pictures, is_cut })
    }
}

/// The coding of the first fragment that begins as a picture of one does, run lengths apart.
pub(super) fn codec_of(items: &[u8]) -> Option<Codec> {
    let mut rest = items;
    while let Ok((ITEM, length)) = item_header(&mut rest, Encoding::ExplicitLittle) {
        let found = match rest {
            // Its segments may come before its frame.
            [0xFF, 0xD8, ..] if rest.get(..HEADERS).unwrap_or(rest).windows(2).any(|pair| pair == [0xFF, 0xF7]) => {
                Some(Codec::JpegLs)
            }
            [0xFF, 0xD8, 0xFF, ..] => Some(Codec::Jpeg),
            [0xFF, 0x4F, 0xFF, 0x51, ..] => Some(Codec::Jpeg2000),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        rest = rest.get(length as usize..)?;
    }
    None
}

/// Whether a fragment begins as a picture of the codec does: a table of offsets begins with 0.
fn begins_picture(fragment: &[u8], codec: Codec) -> bool {
    match codec {
        Codec::Native => false,
        // A number of segments, and that the first one begins behind this header.
        Codec::Rle => fragment.len() > 64 && matches!(fragment, [1..=15, 0, 0, 0, 64, 0, 0, 0, ..]),
        Codec::Jpeg | Codec::JpegLs => fragment.starts_with(&[0xFF, 0xD8]),
        Codec::Jpeg2000 => fragment.starts_with(&[0xFF, 0x4F, 0xFF]) || fragment.get(4..8) == Some(b"jP  "),
    }
}

/// The fragments of a frame, at least one: all of a film of one frame, else as the offset table says, else by where
/// pictures end.
///
/// # Errors
/// [`Kind::Truncated`] when the file ends before they do, [`Kind::Damaged`] when it has none for this frame.
pub(super) fn of_frame<'a, 'b>(
    fragments: &'b Fragments<'a>,
    layout: &Layout,
    codec: Codec,
    frame: usize,
) -> Result<&'b [&'a [u8]]> {
    let found = by_table_or_ends(fragments, layout, codec, frame);
    let has_last = || {
        found
            .last()
            .is_some_and(|last| fragments.pictures.last().is_some_and(|end| last.as_ptr_range() == end.as_ptr_range()))
    };
    match found {
        [] if fragments.is_cut => Err(ends_early()),
        [] => Err(broken(format!("its pixel data have no fragment of frame {}", frame + 1))),
        _ if fragments.is_cut && has_last() => Err(ends_early()),
        _ => Ok(found),
    }
}

fn by_table_or_ends<'a, 'b>(
    Fragments { offsets, pictures, .. }: &'b Fragments<'a>,
    layout: &Layout,
    codec: Codec,
    frame: usize,
) -> &'b [&'a [u8]] {
    if layout.frames == 1 {
        return pictures;
    }
    // PS3.5, annex G: a frame of run lengths is one fragment.
    if codec == Codec::Rle || pictures.len() == layout.frames as usize {
        return pictures.get(frame..=frame).unwrap_or_default();
    }
    let offsets = offsets.as_chunks::<4>().0;
    if let Some(&start) = offsets.get(frame) {
        let up_to = |offset: [u8; 4]| {
            let offset = u64::from(u32::from_le_bytes(offset));
            let mut at = 0;
            let starts = pictures.iter().map(|fragment| {
                let start = at;
                at += 8 + fragment.len() as u64;
                start
            });
            starts.take_while(|&start| start < offset).count()
        };
        let end = offsets.get(frame + 1).map_or(pictures.len(), |&next| up_to(next));
        return pictures.get(up_to(start)..end).unwrap_or_default();
    }
    let ends = |fragment: &&[u8]| {
        let last = fragment.len() - usize::from(fragment.last() == Some(&0));
        fragment[..last].ends_with(&[0xFF, 0xD9])
    };
    pictures.split_inclusive(ends).nth(frame).unwrap_or_default()
}

fn ends_early() -> Error {
    error(Kind::Truncated, "the DICOM file ends within a fragment of its picture")
}
