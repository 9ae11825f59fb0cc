//! Data sets and the files they are written to.

use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use lungfield_contract::Reading;

use super::{MANUFACTURER, SERIES};
use crate::{Error, Occasion, Result, uid};

/// The series of pictures, of which others ask by this.
pub(super) const CAPTURES: &str = "OT";

/// A data set, filled element by element.
#[derive(Clone)]
pub(super) struct Object(pub(super) InMemDicomObject);

impl Object {
    pub(super) fn new() -> Self {
        Self(InMemDicomObject::new_empty())
    }

    #[must_use]
    pub(super) fn text(mut self, tag: Tag, vr: VR, value: impl Into<String>) -> Self {
        self.0.put(DataElement::new(tag, vr, PrimitiveValue::from(value.into())));
        self
    }

    #[must_use]
    pub(super) fn short(mut self, tag: Tag, value: u16) -> Self {
        self.0.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
        self
    }

    #[must_use]
    pub(super) fn bytes(mut self, tag: Tag, vr: VR, value: Vec<u8>) -> Self {
        self.0.put(DataElement::new(tag, vr, PrimitiveValue::from(value)));
        self
    }

    #[must_use]
    pub(super) fn sequence(mut self, tag: Tag, items: Vec<Object>) -> Self {
        let items: Vec<InMemDicomObject> = items.into_iter().map(|item| item.0).collect();
        self.0.put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
        self
    }

    /// The modules that every object has: when, by what, in which series.
    #[must_use]
    pub(super) fn made(self, reading: &Reading, occasion: &Occasion, modality: &str, number: &str) -> Self {
        let model = &reading.model;
        self.text(tags::MODALITY, VR::CS, modality)
            .text(tags::SERIES_INSTANCE_UID, VR::UI, uid::dicom(occasion.uuid(modality)))
            .text(tags::SERIES_NUMBER, VR::IS, number)
            .text(tags::SERIES_DESCRIPTION, VR::LO, SERIES)
            .text(tags::SERIES_DATE, VR::DA, occasion.date())
            .text(tags::SERIES_TIME, VR::TM, occasion.time())
            .text(tags::INSTANCE_NUMBER, VR::IS, "1")
            .text(tags::INSTANCE_CREATION_DATE, VR::DA, occasion.date())
            .text(tags::INSTANCE_CREATION_TIME, VR::TM, occasion.time())
            .text(tags::CONTENT_DATE, VR::DA, occasion.date())
            .text(tags::CONTENT_TIME, VR::TM, occasion.time())
            .text(tags::TIMEZONE_OFFSET_FROM_UTC, VR::SH, occasion.offset())
            .text(tags::MANUFACTURER, VR::LO, MANUFACTURER)
            .text(tags::MANUFACTURER_MODEL_NAME, VR::LO, &*model.name)
            .text(tags::DEVICE_SERIAL_NUMBER, VR::LO, model.sha256.get(..16).unwrap_or_default())
            .text(tags::SOFTWARE_VERSIONS, VR::LO, &*model.version)
    }

    /// The file of an object of a class.
    pub(super) fn file(self, class: &str, instance: String) -> Result<Vec<u8>> {
        let object = self.text(tags::SOP_CLASS_UID, VR::UI, class).text(tags::SOP_INSTANCE_UID, VR::UI, instance);
        let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
        let file = object.0.with_meta(meta).map_err(Error::write)?;
        let mut bytes = Vec::new();
        file.write_all(&mut bytes).map_err(Error::write)?;
        Ok(bytes)
    }
}

/// A reference to an instance of a class.
pub(super) fn reference(class: &str, instance: &str) -> Object {
    Object::new().text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, class).text(
        tags::REFERENCED_SOP_INSTANCE_UID,
        VR::UI,
        instance,
    )
}
