//! `lungfield read --model ARCHIVE` in a command that was built without ONNX.

use std::path::Path;

use crate::case::CaseFilm;
use crate::error::{Error, Result};
use crate::exit::Exit;

/// Says how to get a command that reads with models of one's own.
///
/// # Errors
/// Always.
pub fn read(_: &Path, _: Vec<CaseFilm>, _: bool) -> Result<Exit> {
    Err(Error::WithoutOnnx)
}
