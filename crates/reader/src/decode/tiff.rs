//! What a TIFF needs before the image crate decodes it: one of its pages chosen, and what the crate would decode wrongly
//! put right or refused by name.

use std::borrow::Cow;
use std::io::Cursor;
use std::num::NonZeroU32;

use tiff::decoder::{ChunkType, Decoder};
use tiff::tags::{IfdPointer, Tag};

use image::DynamicImage;
use image::metadata::Orientation;

use super::check::{damaged, error};
use super::tiff_jpeg;
use crate::{Error, Kind, Limits, Result};

/// More pages than this are not counted.
const MOST_PAGES: usize = 1000;
/// A page that is a smaller copy of another (TIFF 6.0, NewSubfileType).
const IS_REDUCED: u32 = 1;
/// What a sensor saw through its filters of colour, and more of that kind (TIFF/EP and DNG, PhotometricInterpretation).
const FILTERED: u32 = 32803;
const PLANAR: u16 = 2;
const LEAST_BIT_FIRST: u16 = 2;
/// The fourth sample is an opacity that colours are not multiplied by yet (TIFF 6.0, ExtraSamples).
const UNASSOCIATED: u16 = 2;
const LZW: u16 = 5;
const OLD_JPEG: u16 = 6;
const JPEG: u16 = 7;

/// A TIFF whose first page is the one that is asked for.
pub(super) struct Prepared<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// How many pages there are, at least 1.
    pub(super) pages: u32,
    /// Whether what is transparent is seen on black already: colours are multiplied by their opacity, if they have one.
    pub(super) is_on_black: bool,
    /// What is wrong where the decoder says that bytes are missing, although the file is as long as it says.
    pub(super) if_short: Option<Error>,
    /// The picture, where it is of a coding that is decoded here, and which way up it is.
    pub(super) picture: Option<(DynamicImage, Orientation)>,
    /// What kind of TIFF it is, for a decoder that does not read it.
    pub(super) kind: String,
}

/// Whether the bytes are a TIFF, of 32-bit or of 64-bit offsets (BigTIFF).
pub(super) fn is_tiff(bytes: &[u8]) -> bool {
    [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| bytes.starts_with(*magic))
}

/// Makes a TIFF ready for its decoder, which finds and names what is damaged.
///
/// # Errors
/// A refusal for a page that there is not, for planes in tiles, which the decoder stops at, and for an LZW of before TIFF 6.0.
pub(super) fn prepare<'a>(bytes: &'a [u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<Prepared<'a>> {
    let pages = pages(bytes)?;
    let count = (pages.len() as u32).max(1);
    let mut bytes = Cow::Borrowed(bytes);
    match frame.map_or(1, NonZeroU32::get) {
        1 if pages.first().copied() == first_page(bytes.as_ref()) || pages.is_empty() => {}
        frame if frame > count => {
            let what = format!("the file holds no frame {frame}; its last one is {count}");
            return Err(error(Kind::UnsupportedVariant, what));
        }
        frame => set_first_page(bytes.to_mut(), pages[frame as usize - 1]),
    }
    let (mut is_on_black, mut if_short, mut picture, mut kind) = (false, None, None, String::new());
    let mut tiff_limits = tiff::decoder::Limits::default();
    tiff_limits.decoding_buffer_size = limits.decoder_bytes as usize;
    if let Ok(decoder) = Decoder::new(Cursor::new(&bytes[..])) {
        let mut decoder = decoder.with_limits(tiff_limits);
        let mut short = |tag| decoder.find_tag_unsigned::<u16>(tag).ok().flatten().unwrap_or(1);
        let (planes, order) = (short(Tag::PlanarConfiguration), short(Tag::FillOrder));
        let (samples, compression) = (short(Tag::SamplesPerPixel), short(Tag::Compression));
        let (photometric, orientation) = (short(Tag::PhotometricInterpretation), short(Tag::Orientation));
        let is_tiled = decoder.get_chunk_type() == ChunkType::Tile;
        if planes == PLANAR && samples > 1 && (is_tiled || compression == JPEG) {
            let what = "this kind of TIFF is not read: tiles or JPEG that hold one colour each (PlanarConfiguration 2)";
            return Err(error(Kind::UnsupportedVariant, what));
        }
        let mut numbers = |tag| decoder.find_tag_unsigned_vec::<u64>(tag).ok().flatten().unwrap_or_default();
        let bits = numbers(Tag::BitsPerSample).first().copied().unwrap_or(1);
        kind = format!(
            "its pixels are {samples} times {bits} bits, PhotometricInterpretation {photometric}, Compression {compression}"
        );
        is_on_black = numbers(Tag::ExtraSamples).first() != Some(&UNASSOCIATED.into());
        let (offsets, lengths) =
            if is_tiled { (Tag::TileOffsets, Tag::TileByteCounts) } else { (Tag::StripOffsets, Tag::StripByteCounts) };
        let chunks: Vec<_> = numbers(offsets).into_iter().zip(numbers(lengths)).collect();
        if compression == JPEG {
            let pixels = tiff_jpeg::decode(&mut decoder, &bytes, &chunks, limits)?;
            picture = Some((pixels, Orientation::from_exif(orientation as u8).unwrap_or(Orientation::NoTransforms)));
        } else if order == LEAST_BIT_FIRST && compression != OLD_JPEG {
            // No fill order turns the bytes of JPEG round.
            turn_bits(bytes.to_mut(), &chunks)?;
        }
        if compression == LZW && chunks.first().is_some_and(|&(offset, _)| is_old_lzw(&bytes, offset)) {
            let what = "this kind of TIFF is not read: LZW with the least bit first, as before TIFF 6.0";
            return Err(error(Kind::UnsupportedVariant, what));
        }
        let length = bytes.len() as u64;
        if chunks.iter().all(|&(offset, packed)| offset.checked_add(packed).is_some_and(|end| end <= length)) {
            let what = "this kind of TIFF is not read: tiles packed by LZW, which its decoder takes for cut off";
            if_short = Some(if is_tiled && compression == LZW {
                error(Kind::UnsupportedVariant, what)
            } else {
                damaged("TIFF", "its strips or tiles have too few bytes for its picture")
            });
        }
    }
    Ok(Prepared { bytes, pages: count, is_on_black, if_short, picture, kind })
}

/// Whether a chunk begins with the clear code as old writers packed it, by which libtiff tells them.
fn is_old_lzw(bytes: &[u8], offset: u64) -> bool {
    matches!(usize::try_from(offset).ok().and_then(|at| bytes.get(at..)), Some([0, second, ..]) if second & 1 == 1)
}

/// Where the directory of each page is. Smaller copies are left out; where there are only such, the pictures that they are
/// copies of are looked for below them.
///
/// # Errors
/// A refusal for what a camera's sensor saw, before it is a picture.
fn pages(bytes: &[u8]) -> Result<Vec<u64>> {
    let (mut pages, mut copies, mut below) = (Vec::new(), Vec::new(), Vec::new());
    let Ok(mut decoder) = Decoder::new(Cursor::new(bytes)) else { return Ok(pages) };
    let mut next = first_page(bytes);
    let mut is_raw = false;
    while let Some(at) = next.or_else(|| below.pop().filter(|_| pages.is_empty())) {
        let Ok(directory) = decoder.read_directory(IfdPointer(at)) else { break };
        let mut tags = decoder.read_directory_tags(&directory);
        let mut number = |tag| tags.find_tag_unsigned::<u32>(tag).ok().flatten().unwrap_or(0);
        if number(Tag::NewSubfileType) & IS_REDUCED == 0 {
            is_raw |= pages.is_empty() && number(Tag::PhotometricInterpretation) >= FILTERED;
            pages.push(at);
        } else {
            copies.push(at);
            below.extend(tags.find_tag_unsigned_vec::<u64>(Tag::SubIfd).ok().flatten().unwrap_or_default());
        }
        // Directories that go round in a circle end where they came from.
        let is_new = |at: &u64| !pages.contains(at) && !copies.contains(at);
        below.retain(is_new);
        next = directory.next().map(|next| next.0).filter(is_new);
        if pages.len() + copies.len() >= MOST_PAGES {
            break;
        }
    }
    if is_raw {
        let what = "this kind of TIFF is not read: the raw picture of a camera; save or share it as JPEG";
        return Err(error(Kind::UnsupportedVariant, what));
    }
    Ok(if pages.is_empty() { copies.into_iter().take(1).collect() } else { pages })
}

/// Where the header has the offset of the first directory, and whether it is big endian.
fn first_offset(bytes: &[u8]) -> (std::ops::Range<usize>, bool) {
    let is_big = bytes.starts_with(b"MM");
    (if matches!(bytes, [_, _, b'+', 0, ..] | [_, _, 0, b'+', ..]) { 8..16 } else { 4..8 }, is_big)
}

fn first_page(bytes: &[u8]) -> Option<u64> {
    let (place, is_big) = first_offset(bytes);
    let offset = bytes.get(place)?.iter();
    let join = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
    Some(if is_big { offset.fold(0, join) } else { offset.rev().fold(0, join) })
}

fn set_first_page(bytes: &mut [u8], page: u64) {
    let (place, is_big) = first_offset(bytes);
    let width = place.len();
    let offset = if is_big { page.to_be_bytes()[8 - width..].to_vec() } else { page.to_le_bytes()[..width].to_vec() };
    bytes[place].copy_from_slice(&offset);
}

/// Turns the bits of each byte of these chunks round, as libtiff does with a fill order of 2.
fn turn_bits(bytes: &mut [u8], chunks: &[(u64, u64)]) -> Result<()> {
    let sum = chunks.iter().fold(0u64, |sum, (_, length)| sum.saturating_add(*length));
    if sum > bytes.len() as u64 {
        return Err(damaged("TIFF", "its strips have more bytes than the file"));
    }
    for &(offset, length) in chunks {
        let range = offset as usize..(offset as usize).saturating_add(length as usize);
        if let Some(chunk) = bytes.get_mut(range) {
            chunk.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
    }
    Ok(())
}
