use std::fmt::Display;

/// A result whose error says why a film could not be exported.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a film could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The film's own DICOM header is needed, and cannot be read as one to copy.
    #[error("export: the film's DICOM header cannot be copied: {0}. Export a format that is not DICOM")]
    Header(String),
    /// There is no picture of the film.
    #[error("export: there is no picture of this film")]
    NoPicture,
    /// The sheet could not be made.
    #[error(transparent)]
    Sheet(#[from] lungfield_sheet::Error),
    /// A file could not be put together.
    #[error("export: the file cannot be written: {0}")]
    Write(String),
}

impl Error {
    pub(crate) fn write(cause: impl Display) -> Self {
        Self::Write(cause.to_string())
    }
}
