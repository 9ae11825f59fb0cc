use std::io;
use std::path::Path;

/// A result whose error ends the command with exit status 1.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the command could not do its work. A film that cannot be read is no such error: it has a reading that says so.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Whoever read the output has closed it (`lungfield read ... | head`), and there is nobody to tell.
    #[error("the output was closed")]
    OutputClosed,
    /// What was asked for reads ONNX networks, and the command was built without.
    #[cfg(not(feature = "onnx"))]
    #[error(
        "this reads ONNX networks, and the command was built without. Build it with `cargo build --release -p \
         lungfield-cli --features onnx`."
    )]
    WithoutOnnx,
    /// A file or folder that the work needs: which one, why, and what to do.
    #[error("{place}: {reason}. {advice}")]
    Place {
        /// The path as the user gave it.
        place: String,
        /// What is wrong with it, without a full stop.
        reason: String,
        /// What the user can do, a whole sentence.
        advice: String,
    },
}

impl Error {
    /// An error at `path`; `reason` has no full stop, `advice` is a whole sentence.
    pub fn at(path: &Path, reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Error::Place { place: path.display().to_string(), reason: reason.into(), advice: advice.into() }
    }

    /// `path` could not be read.
    pub fn read(path: &Path, error: &io::Error) -> Self {
        Self::at(path, format!("could not be read: {error}"), "Check the path and the permissions.")
    }

    /// What is at `path`, a model, a manifest or a film, is refused by the reader.
    pub fn refused(path: &Path, error: &lungfield_reader::Error) -> Self {
        Self::at(path, error.detail(), error.kind().advice())
    }

    /// `path` could not be written.
    pub fn write(path: &Path, error: &io::Error) -> Self {
        Self::at(
            path,
            format!("could not be written: {error}"),
            "Check the folder, its permissions and the space left.",
        )
    }
}

/// Only standard output is written without a path to name.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Error::OutputClosed;
        }
        Self::write(Path::new("standard output"), &error)
    }
}

impl From<lungfield_bulk::Error> for Error {
    fn from(error: lungfield_bulk::Error) -> Self {
        let lungfield_bulk::Error { place, reason, advice } = error;
        Error::Place { place, reason, advice }
    }
}
