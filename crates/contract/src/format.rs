use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a film's reading is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The answer in words, the film, and its strongest places outlined, as PDF/A-2u: to print and to keep.
    Pdf,
    /// The same as a picture.
    Png,
    /// That picture as a DICOM Secondary Capture, in the study of the film.
    DicomSc,
    /// A DICOM Comprehensive 3D SR by TID 1500, in the study of the film.
    DicomSr,
    /// A FHIR R4 bundle.
    FhirR4,
    /// A FHIR R5 bundle.
    FhirR5,
    /// `lungfield.reading/1`.
    Json,
}

impl Format {
    /// Every format, in the order of their declaration.
    pub const ALL: [Format; 7] =
        [Format::Pdf, Format::Png, Format::DicomSc, Format::DicomSr, Format::FhirR4, Format::FhirR5, Format::Json];

    /// What a user calls it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Png => "png",
            Format::Pdf => "pdf",
            Format::DicomSc => "dicom-sc",
            Format::DicomSr => "dicom-sr",
            Format::FhirR4 => "fhir-r4",
            Format::FhirR5 => "fhir-r5",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Png => "image/png",
            Format::Pdf => "application/pdf",
            Format::DicomSc | Format::DicomSr => "application/dicom",
            Format::FhirR4 | Format::FhirR5 => "application/fhir+json",
        }
    }

    /// What its files' names end with, without the first dot.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Png => "png",
            Format::Pdf => "pdf",
            Format::DicomSc => "sc.dcm",
            Format::DicomSr => "sr.dcm",
            Format::FhirR4 => "fhir-r4.json",
            Format::FhirR5 => "fhir-r5.json",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| format!("{name} is no format"))
    }
}
