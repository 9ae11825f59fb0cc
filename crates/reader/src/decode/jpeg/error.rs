//! What may be wrong with a JPEG, in a file of its own or inside DICOM.

use super::super::check::{damaged, error};
use crate::{Error, Kind, Limits};

/// The picture is cut off.
pub(super) fn ends_early() -> Error {
    error(Kind::Truncated, "the JPEG ends before its picture does")
}

/// The picture is of a kind that is not read.
pub(super) fn unread(what: &str) -> Error {
    error(Kind::UnsupportedVariant, format!("the JPEG is of a kind that is not read: {what}"))
}

/// A fault of the picture, as the end of a sentence.
pub(super) fn broken(says: impl AsRef<str>) -> Error {
    damaged("JPEG", says.as_ref())
}

/// The picture is of a kind that takes much memory to decode, and too large for that.
pub(super) fn too_large(limits: &Limits) -> Error {
    let megabytes = limits.decoder_bytes >> 20;
    error(Kind::TooLarge, format!("the JPEG needs more than {megabytes} megabytes to decode"))
}
