use lungfield_contract::{FilmHeader, Reading};

/// A film as it was read, with what may be taken from it.
#[derive(Clone, Copy, Debug)]
pub struct Film<'a> {
    /// What was said of it.
    pub reading: &'a Reading,
    /// The film as it was read; formats with a picture need it.
    pub picture: Option<Picture<'a>>,
    /// What its file's header says, if that is a DICOM one: patient and study are copied from it, and the instance is referred to.
    pub header: Option<&'a FilmHeader>,
    /// The user has asked for an answer that is withheld: the sheet shows it as the page does, marked. No other format does.
    pub revealed: bool,
    /// Whether its Secondary Capture is exported on the same occasion, so that the report may refer to it.
    pub captured: bool,
}

/// A grey picture.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `0..=255` from black to white, row by row.
    pub grey: &'a [u8],
}
