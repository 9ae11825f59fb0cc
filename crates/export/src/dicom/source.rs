//! What is copied from the film's own header: patient and study, and where the film is.

use dicom_core::{DataElement, Tag, VR, value::PrimitiveValue};
use dicom_dictionary_std::tags;
use dicom_encoding::text::{SpecificCharacterSet, TextCodec};
use lungfield_contract::{FilmHeader, HeaderElement};

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
const COPIED: [(Tag, VR); 5] = [
    (tags::ISSUER_OF_PATIENT_ID, VR::LO),
    (tags::PATIENT_AGE, VR::AS),
    (tags::PATIENT_SIZE, VR::DS),
    (tags::PATIENT_WEIGHT, VR::DS),
    (tags::STUDY_DESCRIPTION, VR::LO),
];

/// A film's header.
pub(super) struct Source<'a> {
    header: Option<&'a FilmHeader>,
    /// Of other letters than ASCII's; `None` of sets that are not known, or of several.
    letters: Option<SpecificCharacterSet>,
}

/// Where a film is in an archive.
pub(super) struct Instance {
    pub(super) class: String,
    pub(super) series: String,
    pub(super) instance: String,
}

impl<'a> Source<'a> {
    /// The header of a DICOM file; of no file one that says nothing.
    pub(super) fn open(header: Option<&'a FilmHeader>) -> Self {
        let tag = number(tags::SPECIFIC_CHARACTER_SET);
        let first = header.and_then(|header| header.value(tag, 0));
        let several = header.is_some_and(|header| header.value(tag, 1).is_some());
        let letters = if several {
            None
        } else {
            first.map_or(Some(SpecificCharacterSet::default()), SpecificCharacterSet::from_code)
        };
        Self { header, letters }
    }

    /// A data set with patient and study. A film without a study gets one of its own, alike in all that is exported of it.
    ///
    /// # Errors
    /// [`Error::Header`] as `copy`.
    pub(super) fn study(&self, occasion: &Occasion) -> Result<Object> {
        let mut object = Object::new().text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
        for (tag, vr) in FILED_BY {
            object.0.put(DataElement::new(tag, vr, PrimitiveValue::Empty));
        }
        self.copy(&mut object, &FILED_BY)?;
        self.copy(&mut object, &COPIED)?;
        Ok(object.text(tags::STUDY_INSTANCE_UID, VR::UI, self.study_uid(occasion)))
    }

    /// Copies elements that are there.
    ///
    /// # Errors
    /// [`Error::Header`] for one whose letters cannot be told, or that is longer than a header's values are.
    pub(super) fn copy(&self, object: &mut Object, which: &[(Tag, VR)]) -> Result<()> {
        for &(tag, vr) in which {
            if let Some(value) = self.element(tag).map(|element| self.value(element)).transpose()? {
                object.0.put(DataElement::new(tag, vr, PrimitiveValue::from(value)));
            }
        }
        Ok(())
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

    fn element(&self, tag: Tag) -> Option<&HeaderElement> {
        self.header?.elements().iter().find(|element| element.tag == number(tag))
    }

    /// A value in Unicode, without padding.
    fn value(&self, element: &HeaderElement) -> Result<String> {
        let refused =
            |why: &str| Error::Header(format!("({:04X},{:04X}) {why}", element.tag >> 16, element.tag & 0xFFFF));
        let bytes: Vec<u8> = element.value.iter().flat_map(|value| value.chars().map(|letter| letter as u8)).collect();
        if bytes.len() != element.length as usize {
            return Err(refused("is too long, or no text"));
        }
        let is_plain = bytes.is_ascii() && !bytes.contains(&ESCAPE);
        let text = match &self.letters {
            _ if is_plain => String::from_utf8(bytes).ok(),
            // Letters of no set that is named: they are Unicode, or nobody knows.
            Some(set) if *set == SpecificCharacterSet::default() && !bytes.contains(&ESCAPE) => {
                String::from_utf8(bytes).ok()
            }
            Some(set) if *set != SpecificCharacterSet::default() => set.decode(&bytes).ok(),
            _ => None,
        };
        let text = text.ok_or_else(|| refused("has letters of no character set that it names"))?;
        Ok(text.trim_matches(['\0', ' ']).to_owned())
    }

    fn text(&self, tag: Tag) -> Option<String> {
        self.header?.value(number(tag), 0).map(str::to_owned)
    }
}

/// What switches between character sets.
const ESCAPE: u8 = 0x1B;

fn number(tag: Tag) -> u32 {
    u32::from(tag.group()) << 16 | u32::from(tag.element())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The patient's name as it is copied of a header with these letters, in this character set.
    fn name(set: Option<&str>, letters: &[u8]) -> Result<String> {
        let element = |tag, bytes: &[u8]| HeaderElement {
            tag: number(tag),
            value: Some(bytes.iter().copied().map(char::from).collect()),
            length: bytes.len() as u32,
        };
        let mut elements: Vec<_> =
            set.iter().map(|set| element(tags::SPECIFIC_CHARACTER_SET, set.as_bytes())).collect();
        elements.push(element(tags::PATIENT_NAME, letters));
        let header = FilmHeader::new(elements);
        let mut object = Object::new();
        Source::open(Some(&header)).copy(&mut object, &FILED_BY)?;
        Ok(object.0.get(tags::PATIENT_NAME).expect("is there").to_str().expect("is text").into_owned())
    }

    #[test]
    fn a_name_keeps_its_letters() {
        assert_eq!(name(None, b"DOE^JANE ").expect("is copied"), "DOE^JANE");
        assert_eq!(name(Some("ISO_IR 192"), "आशा^राव".as_bytes()).expect("is copied"), "आशा^राव");
        assert_eq!(name(Some("ISO_IR 100"), b"M\xFCller").expect("is copied"), "Müller");
        assert_eq!(name(None, "Müller".as_bytes()).expect("is copied"), "Müller", "Unicode that is not named");
    }

    #[test]
    fn a_name_whose_letters_cannot_be_told_is_not_copied() {
        assert!(name(None, b"M\xFCller").is_err(), "of no set");
        assert!(name(Some("ISO_IR 9"), b"M\xFCller").is_err(), "of an unknown set");
        assert!(name(Some("\\ISO 2022 IR 87"), b"Yamada^Tarou=\x1B$B;3ED\x1B(B").is_err(), "of several");
        assert_eq!(
            name(Some("\\ISO 2022 IR 87"), b"DOE").expect("is copied"),
            "DOE",
            "plain letters are those of every set"
        );
    }

    #[test]
    fn a_value_that_was_cut_off_is_not_copied() {
        let value = Some("DOE".into());
        let header = FilmHeader::new(vec![HeaderElement { tag: number(tags::PATIENT_NAME), value, length: 300 }]);
        let source = Source::open(Some(&header));
        assert!(source.copy(&mut Object::new(), &FILED_BY).is_err());
    }
}
