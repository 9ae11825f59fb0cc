//! The errors of decoding, and the limits that are checked before anything is allocated.

use crate::{Error, Kind, Limits, Result, Stage};

pub(super) fn error(kind: Kind, detail: impl Into<String>) -> Error {
    Error::new(Stage::Decode, kind, detail)
}

/// What a decoder says of damaged bytes, as the end of a sentence.
pub(super) fn damaged(format: &str, says: &str) -> Error {
    let says = says.trim_matches(['"', '.', ' ']);
    error(Kind::Damaged, format!("the {format} is damaged: {says}"))
}

pub(super) fn check_bytes(bytes: &[u8], limits: &Limits) -> Result<()> {
    if bytes.is_empty() {
        return Err(error(Kind::Empty, "the file is empty"));
    }
    if bytes.len() > limits.bytes {
        return Err(error(
            Kind::TooLarge,
            format!("the file has {} bytes, the limit is {}", bytes.len(), limits.bytes),
        ));
    }
    Ok(())
}

/// Refuses a picture by the size that its header claims.
pub(super) fn check_size(width: u64, height: u64, limits: &Limits) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(error(Kind::Damaged, "the picture has no pixels"));
    }
    if width.saturating_mul(height) > limits.pixels {
        let million = limits.pixels / 1_000_000;
        return Err(error(
            Kind::TooLarge,
            format!("the picture has {width} x {height} pixels, the limit is {million} million"),
        ));
    }
    if width.min(height) < u64::from(limits.least_side) {
        let least = limits.least_side;
        return Err(error(
            Kind::TooSmall,
            format!("the picture has {width} x {height} pixels, the least is {least} x {least}"),
        ));
    }
    Ok(())
}
