//! Files for an archive: a picture of the answer and a report, in the study of the film.

mod content;
mod object;
mod report;
mod secondary_capture;
mod source;

pub(crate) use report::structured_report;
pub(crate) use secondary_capture::secondary_capture;

/// What the two series are called in an archive.
const SERIES: &str = "Lungfield, not for diagnosis";
/// Who made them.
const MANUFACTURER: &str = "Lungfield";
