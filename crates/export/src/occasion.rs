use chrono::{DateTime, FixedOffset};

use crate::uid;

/// When something is exported, and the chance that makes its identifiers new ones.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    pub(crate) at: DateTime<FixedOffset>,
    random: u128,
}

impl Occasion {
    /// `at` is the clock's time where the user is; `random` is drawn anew for each film.
    pub fn new(at: &DateTime<FixedOffset>, random: u128) -> Self {
        Self { at: *at, random }
    }

    /// The identifier of one thing that is exported: the same in each format that names it.
    pub(crate) fn uuid(&self, thing: &str) -> u128 {
        uid::of(&[&self.random.to_be_bytes(), thing.as_bytes()])
    }

    /// A DICOM date, `YYYYMMDD`.
    pub(crate) fn date(&self) -> String {
        self.at.format("%Y%m%d").to_string()
    }

    /// A DICOM time, `HHMMSS`.
    pub(crate) fn time(&self) -> String {
        self.at.format("%H%M%S").to_string()
    }

    /// A DICOM offset from UTC, `+HHMM`.
    pub(crate) fn offset(&self) -> String {
        self.at.format("%z").to_string()
    }

    /// An instant as FHIR has it.
    pub(crate) fn instant(&self) -> String {
        self.at.to_rfc3339()
    }
}
