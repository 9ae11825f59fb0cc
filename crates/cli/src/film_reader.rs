use std::path::Path;
use std::time::Instant;

use lungfield_reader::{Corners, Error, Film, Kind, Limits, Milliseconds, Reader, Reading, Stage};

use crate::error::Result;
use crate::films;
use crate::model_dir::ModelDir;

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

    /// The reader.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Reads the film at `path`, which the reading calls `name`. A file that cannot be opened has a reading that says so.
    pub fn read(&self, path: &Path, name: &str) -> Film {
        self.read_between(path, name, None)
    }

    /// As [`Self::read`], and the film lies between these corners of the picture, where some are given.
    pub fn read_between(&self, path: &Path, name: &str, corners: Option<Corners>) -> Film {
        let clock = || self.started.elapsed().as_secs_f64() * 1000.0;
        match films::bytes(path, Limits::default().bytes) {
            Ok(bytes) => self.reader.read_between(name, &bytes, corners, &clock, &mut |_| {}),
            Err(error) => {
                let error = Error::new(Stage::Decode, Kind::Unreadable, error.to_string());
                let reading = Reading::without_answer(name, self.reader.manifest(), &error, Milliseconds::default());
                Film { reading, other: None, radiograph: None, picture: None }
            }
        }
    }
}
