//! What is taken away of a reading: files that other systems accept, and that say no more than the model does.
//!
//! ```
//! use lungfield_export::{Film, Format, Marks, Occasion, Words, export};
//! # use lungfield_presenter::Texts;
//! # use lungfield_sheet::Fonts;
//! # let reading = lungfield_export::example();
//! # let manifest = lungfield_contract::Manifest::from_json(include_bytes!("../../../models/manifest.json"))?;
//! # let texts = Texts::from_json(include_str!("../../../www/locales/hi.json"))?;
//! let words = Words { language: "hi", texts: &texts, manifest: &manifest, fonts: &Fonts::noto() };
//! let film = Film { reading: &reading, picture: None, header: None, marks: Marks::default(), captured: false };
//! let occasion = Occasion::new(&"2026-11-29T10:00:00+05:30".parse()?, 7);
//! let bytes = export(&film, Format::FhirR4, &occasion, &words)?.expect("the film was read");
//! assert!(String::from_utf8(bytes)?.contains("AIAST"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! There is no clock here and no chance: the same film and the same [`Occasion`] give the same bytes, on the page and from the
//! command. An identifier of the patient is in a file only if it is a DICOM one, copied from the film's own.

mod answer;
mod dicom;
mod error;
mod fhir;
mod film;
mod occasion;
mod sheet;
mod table;
mod uid;
mod words;

use lungfield_contract::{Reading, Status};
use serde::Serialize;

pub use error::{Error, Result};
pub use film::{Film, Picture};
pub use lungfield_contract::{Format, Marks};
pub use occasion::Occasion;
pub use table::Table;
pub use words::Words;

#[doc(hidden)]
pub use answer::example;

/// A reading with what the user has done with it.
#[derive(Serialize)]
struct Marked<'a> {
    #[serde(flatten)]
    reading: &'a Reading,
    #[serde(flatten)]
    marks: Marks,
}

/// A film in a format; `None` where the format has nothing to say of a film without an answer: only JSON tells why there is none.
///
/// # Errors
/// [`Error::Header`] where the film's DICOM header cannot be copied, [`Error::NoPicture`] where a picture is asked for without
/// one, [`Error::Sheet`] and [`Error::Write`] where a file cannot be put together.
pub fn export(film: &Film, format: Format, occasion: &Occasion, words: &Words) -> Result<Option<Vec<u8>>> {
    if film.reading.status != Status::Read && format != Format::Json {
        return Ok(None);
    }
    Ok(Some(match format {
        Format::Json => {
            serde_json::to_vec(&Marked { reading: film.reading, marks: film.marks }).map_err(Error::write)?
        }
        Format::Png => sheet::png(film, occasion, words)?,
        Format::Pdf => sheet::pdf(film, occasion, words)?,
        Format::DicomSc => dicom::secondary_capture(film, occasion, words)?,
        Format::DicomSr => dicom::structured_report(film, occasion)?,
        Format::FhirR4 => fhir::bundle(film, fhir::Release::R4, occasion)?,
        Format::FhirR5 => fhir::bundle(film, fhir::Release::R5, occasion)?,
    }))
}
