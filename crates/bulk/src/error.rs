use std::fmt::Display;
use std::path::Path;

/// A result whose error ends the work. A film that cannot be had or read is no such error: its answer says so.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the work cannot go on.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {reason}. {advice}")]
pub struct Error {
    /// The file, folder or address.
    pub place: String,
    /// What is wrong, without a full stop.
    pub reason: String,
    /// What the user can do, a whole sentence.
    pub advice: String,
}

impl Error {
    /// An error at a place.
    pub fn at(place: impl Display, reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { place: place.to_string(), reason: reason.into(), advice: advice.into() }
    }

    pub(crate) fn read(path: &Path, error: &impl Display) -> Self {
        Self::at(path.display(), format!("could not be read: {error}"), "Check the path and the permissions.")
    }

    pub(crate) fn write(path: &Path, error: &impl Display) -> Self {
        let advice = "Check the folder, its permissions and the space left.";
        Self::at(path.display(), format!("could not be written: {error}"), advice)
    }
}
