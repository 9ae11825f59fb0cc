//! A DICOM file (PS3.10, section 7): preamble and file meta information, if it has them, and the data set's bytes.

use std::borrow::Cow;
use std::io::Read;

use dicom_dictionary_std::tags;

use super::super::check::error;
use super::broken::broken;
use super::data_set::DataSet;
use super::syntax::{Encoding, Syntax};
use super::walk::{element, find, looks_like_data_set};
use crate::{Kind, Limits, Result};

const PREAMBLE: usize = 128;
const PREFIX: &[u8] = b"DICM";
/// Media Storage Directory Storage (PS3.6, table A-1): the SOP class of a DICOMDIR.
const DIRECTORY: &str = "1.2.840.10008.1.3.10";

/// A file's data set, inflated if it was deflated, and how it is encoded.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) syntax: Syntax,
    pub(super) data_set: Cow<'a, [u8]>,
}

/// Whether the bytes are a DICOM file: by the prefix after the preamble, or by how the first elements look.
pub(crate) fn is_dicom(bytes: &[u8]) -> bool {
    has_prefix(bytes) || encoding_of(bytes).is_some()
}

/// Whether the bytes have DICOM's prefix, whatever is in the preamble.
pub(in crate::decode) fn has_prefix(bytes: &[u8]) -> bool {
    after_prefix(bytes).is_some()
}

/// Whether the bytes, a file or its beginning, are those of a DICOMDIR.
pub(crate) fn is_directory(bytes: &[u8]) -> bool {
    after_prefix(bytes)
        .and_then(|body| find(body, Encoding::ExplicitLittle, tags::MEDIA_STORAGE_SOP_CLASS_UID))
        .and_then(|uid| str::from_utf8(uid).ok())
        .is_some_and(|uid| uid.trim_matches([' ', '\0']) == DIRECTORY)
}

impl<'a> File<'a> {
    /// Reads the file meta information of a film.
    ///
    /// # Errors
    /// As [`File::open_any`], and [`Kind::UnsupportedVariant`] for a DICOMDIR.
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        if is_directory(bytes) {
            return Err(error(
                Kind::UnsupportedVariant,
                "the file is a DICOM directory, which lists films and holds none",
            ));
        }
        Self::open_any(bytes, limits)
    }

    /// Reads the file meta information.
    ///
    /// # Errors
    /// [`Kind::UnsupportedTransferSyntax`] for a syntax that is not read, [`Kind::TooLarge`] for a data set that inflates
    /// beyond the limits, a failure for broken bytes.
    pub(super) fn open_any(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let body = after_prefix(bytes).unwrap_or(bytes);
        let after_meta = meta_length(body);
        let (meta, data_set) = body.split_at(after_meta);
        let meta = DataSet::parse(meta, Encoding::ExplicitLittle)?;
        let mut syntax = match meta.text(tags::TRANSFER_SYNTAX_UID) {
            Some(uid) => Syntax::from_uid(uid)?,
            None => Syntax::native(encoding_of(data_set).ok_or_else(|| broken("it names no transfer syntax"))?),
        };
        let data_set: Cow<[u8]> = if syntax.deflated { inflate(data_set, limits)?.into() } else { data_set.into() };
        // Some writers turn bytes round, or do not, and say otherwise.
        if !looks_like_data_set(&data_set, syntax.encoding)
            && let Some(encoding) = encoding_of(&data_set)
        {
            syntax.encoding = encoding;
        }
        Ok(Self { syntax, data_set })
    }
}

/// What comes after the prefix, which stands behind a preamble, or first where a writer left that out.
fn after_prefix(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(PREAMBLE..).and_then(|rest| rest.strip_prefix(PREFIX)).or_else(|| bytes.strip_prefix(PREFIX))
}

/// The encoding that bytes without file meta information look like.
fn encoding_of(bytes: &[u8]) -> Option<Encoding> {
    [Encoding::ExplicitLittle, Encoding::ImplicitLittle, Encoding::ExplicitBig]
        .into_iter()
        .find(|&encoding| looks_like_data_set(bytes, encoding))
}

/// How many bytes the elements of group 2 take. Their group length is not believed: some writers get it wrong.
fn meta_length(body: &[u8]) -> usize {
    let mut rest = body;
    loop {
        let before = rest;
        if !rest.starts_with(&[0x02, 0x00]) {
            return body.len() - before.len();
        }
        if element(&mut rest, Encoding::ExplicitLittle).is_err() {
            return body.len();
        }
    }
}

/// A deflated data set (PS3.5, A.5), no larger than the largest film of 16 bits and a generous header.
fn inflate(deflated: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    let most = 2 * limits.pixels + (8 << 20);
    let mut inflated = Vec::new();
    flate2::read::DeflateDecoder::new(deflated).take(most + 1).read_to_end(&mut inflated).map_err(|cause| {
        if cause.kind() == std::io::ErrorKind::UnexpectedEof {
            error(Kind::Truncated, "the DICOM file's deflated data set ends early")
        } else {
            broken(format!("its data set does not inflate: {cause}"))
        }
    })?;
    if inflated.len() as u64 > most {
        return Err(error(Kind::TooLarge, format!("the DICOM file's data set inflates to more than {most} bytes")));
    }
    Ok(inflated)
}
