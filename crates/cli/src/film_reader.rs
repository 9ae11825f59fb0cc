use std::num::NonZeroU32;
use std::time::Instant;

use lungfield_reader::{Corners, Error, Film, Kind, Limits, Milliseconds, Reader, Reading, Stage};

use crate::error::Result;
use crate::films;
use crate::model_dir::ModelDir;
use crate::source::Content;

/// The reader with the file system and the clock that it does without. Shared by all cores.
pub struct FilmReader {
    reader: Reader,
    started: Instant,
}

impl FilmReader {
    /// Opens the model.
    ///
    /// # Errors
    /// As [`ModelDir::open`].
    pub fn open(model: &ModelDir) -> Result<Self> {
        Ok(Self { reader: model.open()?, started: Instant::now() })
    }

    /// The same, for this frame of files that hold several.
    #[must_use]
    pub fn at_frame(self, frame: Option<NonZeroU32>) -> Self {
        Self { reader: self.reader.at_frame(frame), ..self }
    }

    /// The reader.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Reads a film, which the reading calls `name`. It lies between these corners of the picture, where some are given.
    /// A file that cannot be opened has a reading that says so.
    pub fn read(&self, name: &str, content: Content, corners: Option<Corners>) -> Film {
        let clock = || self.started.elapsed().as_secs_f64() * 1000.0;
        let bytes = match content {
            Content::File(path) => films::bytes(&path, Limits::default().bytes),
            Content::Record(bytes) => Ok(bytes),
        };
        match bytes {
            Ok(bytes) => self.reader.read_between(name, &bytes, corners, &clock, &mut |_| {}),
            Err(error) => {
                let error = Error::new(Stage::Decode, Kind::Unreadable, error.to_string());
                let reading = Reading::without_answer(name, self.reader.manifest(), &error, Milliseconds::default());
                Film { reading, other: None, radiograph: None, picture: None }
            }
        }
    }
}
