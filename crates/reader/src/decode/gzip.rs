//! Files packed by gzip (RFC 1952), as archives keep their DICOM files.

use std::borrow::Cow;
use std::io::{ErrorKind, Read};

use super::check::{damaged, error};
use super::dicom::has_prefix;
use crate::{Kind, Limits, Result};

/// How a member begins; its method is always deflate (RFC 1952, 2.3.1). A DICOM file's preamble may be anything.
const MAGIC: &[u8] = &[0x1F, 0x8B, 8];

/// The file that was packed, or the bytes themselves.
///
/// # Errors
/// [`Kind::TooLarge`] for one beyond the limits, a failure when it does not unpack.
pub(super) fn unpacked<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Cow<'a, [u8]>> {
    if !bytes.starts_with(MAGIC) || has_prefix(bytes) {
        return Ok(bytes.into());
    }
    let (mut unpacked, mut rest) = (Vec::new(), bytes);
    // Behind the members there may be what fills a block up, which gzip leaves out.
    while rest.starts_with(MAGIC) {
        let mut member = flate2::bufread::GzDecoder::new(rest);
        let room = (limits.bytes + 1 - unpacked.len()) as u64;
        Read::take(&mut member, room).read_to_end(&mut unpacked).map_err(|cause| match cause.kind() {
            ErrorKind::UnexpectedEof => error(Kind::Truncated, "the gzip file ends before the film in it does"),
            _ => damaged("gzip file", &cause.to_string()),
        })?;
        if unpacked.len() > limits.bytes {
            return Err(error(Kind::TooLarge, format!("the gzip file unpacks to more than {} bytes", limits.bytes)));
        }
        rest = member.into_inner();
    }
    Ok(unpacked.into())
}
