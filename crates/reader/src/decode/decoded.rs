use crate::{Chroma, HeaderFacts, Radiograph, Warning};

/// A film and what its file says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The film.
    pub radiograph: Radiograph,
    /// What the header says; `None` for formats without one.
    pub header: Option<HeaderFacts>,
    /// How far the picture is from grey; 0 for formats and pictures without colour.
    pub chroma: Chroma,
    /// What to keep in mind with the picture, beside what the header says.
    pub warnings: Vec<Warning>,
}

impl Decoded {
    /// A grey film of which nothing else is known.
    pub fn of(radiograph: Radiograph) -> Self {
        Self { radiograph, header: None, chroma: Chroma::default(), warnings: Vec::new() }
    }
}

/// The values that a DICOM file stores for a frame, before any transform (PS3.5, section 8.1): what every DICOM
/// decoder must agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredValues {
    /// Rows of the picture.
    pub rows: u32,
    /// Columns of the picture.
    pub columns: u32,
    /// Samples a pixel: 1, or 3 for colours.
    pub samples: u32,
    /// Whether the values are two's complement.
    pub signed: bool,
    /// The values row by row, the samples of a pixel together: `u16`, or the bits of `i16` if they are signed.
    pub bits: Vec<u16>,
}
