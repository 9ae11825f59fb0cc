//! Files packed by gzip (RFC 1952), as archives keep their DICOM files.

use std::borrow::Cow;
use std::io::{ErrorKind, Read};

use super::check::{damaged, error};
use super::dicom::has_prefix;
use crate::{Kind, Limits, Result};

/// The file that was packed, or the bytes themselves.
///
/// # Errors
/// [`Kind::TooLarge`] for one beyond the limits, a failure when it does not unpack.
pub(super) fn unpacked<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Cow<'a, [u8]>> {
    // The method is always deflate (RFC 1952, 2.3.1). A DICOM file's preamble may be anything.
    if !bytes.starts_with(&[0x1F, 0x8B, 8]) || has_prefix(bytes) {
        return Ok(bytes.into());
    }
    let mut unpacked = Vec::new();
    let packed = flate2::read::MultiGzDecoder::new(bytes);
    packed.take(limits.bytes as u64 + 1).read_to_end(&mut unpacked).map_err(|cause| match cause.kind() {
        ErrorKind::UnexpectedEof => error(Kind::Truncated, "the gzip file ends before the film in it does"),
        _ => damaged("gzip file", &cause.to_string()),
    })?;
    if unpacked.len() > limits.bytes {
        return Err(error(Kind::TooLarge, format!("the gzip file unpacks to more than {} bytes", limits.bytes)));
    }
    Ok(unpacked.into())
}
