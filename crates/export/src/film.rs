use lungfield_contract::{FilmHeader, Marks, Reading};

/// A film as it was read, with what may be taken from it.
#[derive(Clone, Copy, Debug)]
pub struct Film<'a> {
    /// What was said of it.
    pub reading: &'a Reading,
    /// The film as it was read; formats with a picture need it.
    pub picture: Option<Picture<'a>>,
    /// What its file's header says, if that is a DICOM one: patient and study are copied from it, and the instance is referred to.
    pub header: Option<&'a FilmHeader>,
    /// What the user has done with the answer. One that is withheld and that she has asked for is on the sheet as on the page, marked; no
    /// other format has it.
    pub marks: Marks,
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
