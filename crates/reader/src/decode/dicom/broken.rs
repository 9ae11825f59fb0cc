//! What may be wrong with a DICOM file.

use dicom_core::Tag;

use super::super::check::{damaged, error};
use crate::{Error, Kind};

/// A fault of the file, as the end of a sentence.
pub(super) fn broken(says: impl AsRef<str>) -> Error {
    damaged("DICOM file", says.as_ref())
}

/// The bytes end where the header of an element should be.
pub(super) fn ends_early() -> Error {
    error(Kind::Truncated, "the DICOM file ends before its picture does")
}

/// The bytes end before the value of an element does.
pub(super) fn ends_within(tag: Tag) -> Error {
    error(Kind::Truncated, format!("the DICOM file ends within its element {tag}, before its picture does"))
}
