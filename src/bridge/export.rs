use lungfield_contract::{FilmHeader, Format, Marks, Reading};
use serde::{Deserialize, Serialize};

/// What the page asks of the worker that makes what is taken away. Each has one question, and ends with its answer.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToExporter {
    /// One table of these films, as CSV.
    Table(Vec<(Reading, Marks)>),
    /// A film in a format. Attached are the grey bytes of its picture.
    Film(Box<FilmExport>),
}

/// A film as it is to be taken away.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct FilmExport {
    /// As what.
    pub format: Format,
    /// What was said of it.
    pub reading: Reading,
    /// What the user has done with the answer.
    pub marks: Marks,
    /// What its header says, where it has one: patient and study go into DICOM alone.
    pub header: Option<FilmHeader>,
    /// Width and height of its picture, in pixels.
    pub picture: Option<(u32, u32)>,
    /// The language's BCP 47 tag.
    pub language: String,
    /// The language's file.
    pub texts: String,
}

/// What the exporter says: the file's bytes are attached, or why there is none.
pub type FromExporter = Result<(), String>;
