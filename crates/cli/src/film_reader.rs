use std::num::NonZeroU32;
use std::time::Instant;

use lungfield_reader::{ByHand, FilmReading, Limits, Milliseconds, ReadOptions, Reader, Reading};

use crate::case::Content;
use crate::error::Result;
use crate::model_dir::ModelDir;
use crate::site::AtSite;

/// The reader with the file system and the clock that it does without. Shared by all cores.
pub struct FilmReader {
    reader: Reader,
    frame: Option<NonZeroU32>,
    started: Instant,
}

impl FilmReader {
    /// Opens the model, to answer at these thresholds.
    ///
    /// # Errors
    /// As [`ModelDir::open`] and [`AtSite::apply`].
    pub fn open(model: &ModelDir, site: &AtSite) -> Result<Self> {
        Ok(Self { reader: site.apply(model.open()?)?, frame: None, started: Instant::now() })
    }

    /// The same, for this frame of files that hold several.
    #[must_use]
    pub fn at_frame(self, frame: Option<NonZeroU32>) -> Self {
        Self { frame, ..self }
    }

    /// The reader.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Reads a film, which the reading calls `name`. What is in `by_hand` is not looked for.
    /// A film whose bytes cannot be had has a reading that says so.
    pub fn read(&self, name: &str, content: Content, by_hand: ByHand) -> FilmReading {
        self.read_with_bytes(name, content, by_hand).0
    }

    /// The same, with the bytes of its file; none where they cannot be had.
    pub fn read_with_bytes(&self, name: &str, content: Content, by_hand: ByHand) -> (FilmReading, Vec<u8>) {
        let clock = || self.started.elapsed().as_secs_f64() * 1000.0;
        match content.bytes(&Limits::default()) {
            Ok(bytes) => {
                let options = ReadOptions { frame: self.frame, by_hand, clock: Some(&clock), on_stage: None };
                (self.reader.read(name, &bytes, options), bytes)
            }
            Err(error) => {
                let manifest = self.reader.manifest();
                let reading = Reading::without_answer(name, manifest, &error, Milliseconds::default());
                (FilmReading::without_picture(reading), Vec::new())
            }
        }
    }
}
