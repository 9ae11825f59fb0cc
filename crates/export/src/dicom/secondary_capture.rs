use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use lungfield_contract::Orientation;

use super::object::{Object, reference};
use super::source::Source;
use crate::{Film, Occasion, Result, Words, sheet, uid};

/// The picture of the answer as a Secondary Capture (PS3.3, A.8.1), for viewers that show no report.
pub(crate) fn secondary_capture(film: &Film, occasion: &Occasion, words: &Words) -> Result<Vec<u8>> {
    let source = Source::open(film.header);
    let (width, height, mut rgb) = sheet::rgb(film, occasion, words)?;
    if !rgb.len().is_multiple_of(2) {
        rgb.push(0);
    }
    let model = &film.reading.model;
    let how =
        format!("Read by {} {}, SHA-256 {}. {}", model.name, model.version, model.sha256, crate::answer::STATEMENT);
    let mut object = source.study(occasion)?;
    source.copy(&mut object, &[(tags::BODY_PART_EXAMINED, VR::CS), (tags::LATERALITY, VR::CS)])?;
    let hung = film.reading.gate.as_ref().map(|gate| gate.orientation);
    if hung == Some(Orientation::UPRIGHT) {
        source.copy(&mut object, &[(tags::PATIENT_ORIENTATION, VR::CS)])?;
    }
    if object.0.get(tags::PATIENT_ORIENTATION).is_none() {
        object = object.text(tags::PATIENT_ORIENTATION, VR::CS, "");
    }
    // What was read is a chest film, and a chest has no side.
    if object.0.get(tags::BODY_PART_EXAMINED).is_none() {
        object = object.text(tags::BODY_PART_EXAMINED, VR::CS, "CHEST");
    }
    let object = object
        .made(film.reading, occasion, super::object::CAPTURES, "9001")
        .text(tags::CONVERSION_TYPE, VR::CS, "WSD")
        .text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY")
        .text(tags::DERIVATION_DESCRIPTION, VR::ST, how)
        .text(tags::BURNED_IN_ANNOTATION, VR::CS, "YES")
        .short(tags::SAMPLES_PER_PIXEL, 3)
        .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB")
        .short(tags::PLANAR_CONFIGURATION, 0)
        .short(tags::ROWS, height as u16)
        .short(tags::COLUMNS, width as u16)
        .short(tags::BITS_ALLOCATED, 8)
        .short(tags::BITS_STORED, 8)
        .short(tags::HIGH_BIT, 7)
        .short(tags::PIXEL_REPRESENTATION, 0)
        .bytes(tags::PIXEL_DATA, VR::OB, rgb);
    let object = match source.instance() {
        Some(film) => object.sequence(tags::SOURCE_IMAGE_SEQUENCE, vec![of_film(&film.class, &film.instance)]),
        None => object,
    };
    object.file(uids::SECONDARY_CAPTURE_IMAGE_STORAGE, instance(occasion))
}

/// The UID of the picture that is, or would be, exported.
pub(super) fn instance(occasion: &Occasion) -> String {
    uid::dicom(occasion.uuid("dicom-sc"))
}

/// The film as a source of the picture: an uncompressed predecessor (CID 7202).
fn of_film(class: &str, instance: &str) -> Object {
    reference(class, instance).sequence(
        tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE,
        vec![super::content::code("121322", "DCM", "Source image for image processing operation")],
    )
}
