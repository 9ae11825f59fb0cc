//! Films that come together, in a folder, a ZIP archive or a DICOM file-set: what a file holds, and which films.

pub mod archive;
mod file_kind;
pub mod file_set;

pub use file_kind::{FileKind, is_dicom, is_jpeg_or_png};
