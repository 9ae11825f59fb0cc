//! A data set in memory (PS3.5, section 7): where each element's value lies in the file's bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use dicom_core::Tag;

use super::broken::broken;
use super::syntax::Encoding;
use super::walk::{
    Element, ITEM, ITEM_END, PIXEL_DATA, SEQUENCE_END, element, element_within, item_content, item_header,
};
use crate::{Error, Kind, Result};

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
    pub(super) fn parse(bytes: &'a [u8], encoding: Encoding) -> Result<Self> {
        let mut rest = bytes;
        let mut elements = BTreeMap::new();
        let mut last = None;
        while !rest.is_empty() {
            let ahead = item_header(&mut &*rest, encoding);
            let (tag, found) = element(&mut rest, encoding).map_err(|error| match (last, ahead) {
                (Some(last), Ok((tag, length))) => {
                    let creator = Tag(tag.group(), tag.element() >> 8);
                    let may_be = tag > last && (is_known(tag, length) || elements.contains_key(&creator));
                    behind(last, may_be, error)
                }
                _ => error,
            })?;
            last = Some(tag);
            match tag {
                // Delimiters that close nothing, and items of nothing.
                ITEM_END | SEQUENCE_END | ITEM => {}
                PIXEL_DATA => {
                    elements.insert(tag, found);
                    break;
                }
                _ => {
                    elements.insert(tag, found);
                }
            }
        }
        Ok(Self { encoding, elements })
    }

    /// Finds the elements of an item of undefined length at the beginning of `rest`, which lies behind it then.
    fn parse_item(rest: &mut &'a [u8], encoding: Encoding) -> Result<Self> {
        let mut elements = BTreeMap::new();
        while !rest.is_empty() {
            let before = *rest;
            let (tag, found) = element_within(rest, encoding)?;
            match tag {
                ITEM_END => break,
                // It is not closed.
                ITEM | SEQUENCE_END => {
                    *rest = before;
                    break;
                }
                _ => {
                    elements.insert(tag, found);
                }
            }
        }
        Ok(Self { encoding, elements })
    }

    /// How the elements are encoded.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// All elements, in the order of their tags.
    pub(super) fn elements(&self) -> impl Iterator<Item = (Tag, Element<'a>)> {
        self.elements.iter().map(|(&tag, &element)| (tag, element))
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
        self.nth_text(tag, 0)
    }

    /// One of a text's values, the first being 0, without padding.
    pub(super) fn nth_text(&self, tag: Tag, nth: usize) -> Option<&'a str> {
        let field = self.get(tag)?.bytes.split(|&b| b == b'\\').nth(nth)?;
        let text = str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
        (!text.is_empty()).then_some(text)
    }

    /// A description, in which what is no UTF-8 is replaced: its words in Latin letters can still be read.
    pub(super) fn description(&self, tag: Tag) -> Option<Cow<'a, str>> {
        self.get(tag).map(|element| String::from_utf8_lossy(element.bytes))
    }

    /// The `nth` of a decimal or integer string's values. A comma is taken for a point, as some writers mean it.
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
        let number = text.replacen(',', ".", 1).parse().ok().filter(|number: &f64| number.is_finite());
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
    /// As [`DataSet::parse`], but for what is wrong in an item, which is damage.
    pub(super) fn item(&self, tag: Tag) -> Result<Option<DataSet<'a>>> {
        let Some(Element { bytes, inside, .. }) = self.get(tag) else { return Ok(None) };
        let mut rest = bytes;
        let item = match item_header(&mut rest, inside)? {
            (ITEM, length) => {
                let mut item = item_content(&mut rest, length, inside, tag).unwrap_or(rest);
                Self::parse_item(&mut item, inside)
            }
            _ => return Ok(None),
        };
        item.map(Some).map_err(|error| wrong_within(tag, error))
    }
}

impl DataSet<'_> {
    /// Gives each item of a sequence to `taken`, with the place of the item in the sequence's value.
    ///
    /// # Errors
    /// As [`DataSet::parse`].
    pub(super) fn each_item(&self, tag: Tag, mut taken: impl FnMut(usize, DataSet)) -> Result<()> {
        let Some(Element { bytes, inside, .. }) = self.get(tag) else { return Ok(()) };
        let mut rest = bytes;
        while !rest.is_empty() {
            let place = bytes.len() - rest.len();
            let mut own;
            let content = match item_header(&mut rest, inside)? {
                (ITEM, length) => match item_content(&mut rest, length, inside, tag) {
                    Some(content) => {
                        own = content;
                        &mut own
                    }
                    None => &mut rest,
                },
                (SEQUENCE_END, _) => break,
                (ITEM_END, _) => continue,
                (other, _) => return Err(broken(format!("{other} stands where an item of its element {tag} should"))),
            };
            taken(place, DataSet::parse_item(content, inside)?);
        }
        Ok(())
    }
}

/// Whether a tag may be one that the standard has (PS3.6), or names who made up those of its group, in 64 letters at most.
fn is_known(tag: Tag, length: u32) -> bool {
    let group = tag.group();
    if group.is_multiple_of(2) {
        matches!(group >> 8, 0 | 1 | 4 | 0x20..=0x22 | 0x30 | 0x40 | 0x50..=0x56 | 0x60 | 0x7F)
    } else {
        tag.element() <= 0xFF && length <= 64
    }
}

/// Why the walk cannot go on behind `last`. A file that is cut off ends within what may be an element; elsewhere a length led
/// astray.
fn behind(last: Tag, may_be: bool, error: Error) -> Error {
    if error.kind() != Kind::Truncated {
        error.and(&format!("it follows {last}"))
    } else if may_be {
        error
    } else {
        broken(format!("what follows its element {last} is no element"))
    }
}

/// The file is as long as it says; an item in it is not.
fn wrong_within(tag: Tag, error: Error) -> Error {
    if error.kind() == Kind::Truncated { broken(format!("an item of its element {tag} ends early")) } else { error }
}
