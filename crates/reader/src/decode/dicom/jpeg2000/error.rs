//! What may be wrong with a JPEG 2000 picture inside DICOM.

use super::super::super::check::error;
use super::super::broken::broken;
use crate::{Error, Kind};

pub(super) fn cut_off() -> Error {
    error(Kind::Truncated, "the DICOM file's JPEG 2000 picture ends early")
}

/// A High-Throughput picture that contradicts itself.
pub(super) fn damaged() -> Error {
    broken("its High-Throughput JPEG 2000 picture is damaged")
}

/// A refusal that names what of a High-Throughput picture is not read.
pub(super) fn unread(what: &str) -> Error {
    error(Kind::UnsupportedVariant, format!("the DICOM file's High-Throughput JPEG 2000 picture has {what}"))
}
