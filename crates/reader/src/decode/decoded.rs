use std::num::NonZeroU32;

use crate::{HeaderFacts, Limits, Radiograph, Result, Warning};

/// A film and what its file says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The film.
    pub radiograph: Radiograph,
    /// What the header says; `None` for formats without one.
    pub header: Option<HeaderFacts>,
    /// How far the picture is from grey, `0..=1`: half of its pixels have at least this between their largest and their
    /// smallest of red, green and blue. 0 for formats and pictures without colour.
    pub chroma: f64,
    /// What to keep in mind with the picture, beside what the header says.
    pub warnings: Vec<Warning>,
}

impl Decoded {
    /// A grey film of which nothing else is known.
    pub fn of(radiograph: Radiograph) -> Self {
        Self { radiograph, header: None, chroma: 0.0, warnings: Vec::new() }
    }

    /// Reads a film and its header from the bytes of a file. The format is found by content, never by name.
    ///
    /// # Errors
    /// A refusal ([`crate::Kind::is_refusal`]) for a format or a size that is not read here, a failure for bytes that are
    /// empty, truncated or damaged. Limits are checked from the header, before any pixel is allocated.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self> {
        super::decode(bytes, None, limits)
    }

    /// As [`Decoded::read`], of the frame that is asked for, the first one being 1.
    ///
    /// # Errors
    /// As [`Decoded::read`], and a refusal when the file holds no such frame.
    pub fn read_frame(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<Self> {
        super::decode(bytes, frame, limits)
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

impl StoredValues {
    /// Reads the stored values from the bytes of a DICOM file: of its first frame, or of the one that is asked for, the
    /// first one being 1.
    ///
    /// # Errors
    /// [`crate::Kind::UnsupportedFormat`] for a file of another format, else as [`Decoded::read_frame`].
    pub fn read(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<Self> {
        super::stored(bytes, frame, limits)
    }
}
