//! What is copied from the film's own header: patient and study, and where the film is.

use dicom_core::{DataElement, Tag, VR, value::PrimitiveValue};
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, OpenFileOptions};

use super::object::Object;
use crate::{Error, Occasion, Result, uid};

/// Elements of the patient and of the study, which an archive files by: those that must be there, if only empty (type 2).
const FILED_BY: [(Tag, VR); 9] = [
    (tags::PATIENT_NAME, VR::PN),
    (tags::PATIENT_ID, VR::LO),
    (tags::PATIENT_BIRTH_DATE, VR::DA),
    (tags::PATIENT_SEX, VR::CS),
    (tags::STUDY_DATE, VR::DA),
    (tags::STUDY_TIME, VR::TM),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN),
    (tags::STUDY_ID, VR::SH),
    (tags::ACCESSION_NUMBER, VR::SH),
];

/// Those that are copied where they are.
const COPIED: [Tag; 6] = [
    tags::ISSUER_OF_PATIENT_ID,
    tags::PATIENT_AGE,
    tags::PATIENT_SIZE,
    tags::PATIENT_WEIGHT,
    tags::STUDY_DESCRIPTION,
    tags::ACCESSION_NUMBER,
];

/// A film's header.
pub(super) struct Source {
    header: InMemDicomObject,
}

/// Where a film is in an archive.
pub(super) struct Instance {
    pub(super) class: String,
    pub(super) series: String,
    pub(super) instance: String,
}

impl Source {
    /// The header of a DICOM file; of no file one that says nothing.
    ///
    /// # Errors
    /// [`Error::Header`] for a header that cannot be read to its end.
    pub(super) fn open(file: Option<&[u8]>) -> Result<Self> {
        let Some(bytes) = file else { return Ok(Self { header: InMemDicomObject::new_empty() }) };
        let opened = OpenFileOptions::new().read_until(tags::PIXEL_DATA).from_reader(bytes);
        let mut header = opened.map_err(|cause| Error::Header(cause.to_string()))?.into_inner();
        header.convert_to_utf8();
        Ok(Self { header })
    }

    /// A data set with patient and study. A film without a study gets one of its own, alike in all that is exported of it.
    pub(super) fn study(&self, occasion: &Occasion) -> Object {
        let mut object = Object::new().text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
        for (tag, vr) in FILED_BY {
            let element = self.header.get(tag).cloned();
            object.0.put(element.unwrap_or_else(|| DataElement::new(tag, vr, PrimitiveValue::Empty)));
        }
        self.copy(&mut object, &COPIED);
        object.text(tags::STUDY_INSTANCE_UID, VR::UI, self.study_uid(occasion))
    }

    /// Copies elements that are there.
    pub(super) fn copy(&self, object: &mut Object, which: &[Tag]) {
        for element in which.iter().filter_map(|tag| self.header.get(*tag)) {
            object.0.put(element.clone());
        }
    }

    pub(super) fn study_uid(&self, occasion: &Occasion) -> String {
        self.text(tags::STUDY_INSTANCE_UID).unwrap_or_else(|| uid::dicom(occasion.uuid("study")))
    }

    /// Where the film is; `None` for one that no archive has.
    pub(super) fn instance(&self) -> Option<Instance> {
        self.text(tags::STUDY_INSTANCE_UID)?;
        Some(Instance {
            class: self.text(tags::SOP_CLASS_UID)?,
            series: self.text(tags::SERIES_INSTANCE_UID)?,
            instance: self.text(tags::SOP_INSTANCE_UID)?,
        })
    }

    fn text(&self, tag: Tag) -> Option<String> {
        let text = self.header.get(tag)?.to_str().ok()?;
        let text = text.trim_matches(['\0', ' ']);
        (!text.is_empty()).then(|| text.to_owned())
    }
}
