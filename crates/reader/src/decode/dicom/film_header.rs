//! The header as it is, for who looks at the film. Nothing of it comes into a reading.

use super::data_set::DataSet;
use super::file::File;
use super::syntax::Encoding;
use super::walk::{Element, PIXEL_DATA};
use crate::{FilmHeader, HeaderElement, Limits, Result};

/// Elements at most; films have a hundred or three.
const MOST: usize = 1000;
/// Bytes of a value at most.
const LONGEST: usize = 256;

/// The elements that lie in no other, without the pixel data.
///
/// # Errors
/// As those of the film.
pub(in crate::decode) fn read(bytes: &[u8], limits: &Limits) -> Result<FilmHeader> {
    let file = File::open(bytes, limits)?;
    let data_set = DataSet::parse(&file.data_set, file.syntax.encoding)?;
    let elements = data_set.elements().filter(|(tag, _)| *tag != PIXEL_DATA).take(MOST);
    let elements = elements.map(|(tag, element)| HeaderElement {
        tag: u32::from(tag.group()) << 16 | u32::from(tag.element()),
        value: text(&element, data_set.encoding()),
        length: element.bytes.len() as u32,
    });
    Ok(FilmHeader::new(elements.collect()))
}

/// The value as a text of bytes, if it is one, or as a number of two bytes.
fn text(element: &Element, encoding: Encoding) -> Option<String> {
    let bytes = &element.bytes[..element.bytes.len().min(LONGEST)];
    // Escape characters switch between character sets.
    let is_text = |byte: &u8| *byte >= b' ' || matches!(byte, 0 | b'\t' | b'\n' | b'\r' | 0x1B);
    match *bytes {
        _ if element.items => None,
        [a, b] if a < b' ' || b < b' ' && b != 0 => {
            let big = encoding == Encoding::ExplicitBig;
            Some(if big { u16::from_be_bytes([a, b]) } else { u16::from_le_bytes([a, b]) }.to_string())
        }
        _ if bytes.iter().all(is_text) => Some(bytes.iter().copied().map(char::from).collect()),
        _ => None,
    }
}
