//! What the header says of a film: whether it can be a frontal chest film at all, and what its reading should know.

use std::num::NonZeroU32;

use dicom_dictionary_std::tags;

use super::data_set::DataSet;
use super::{age, view};
use crate::{Error, HeaderFacts, Kind, Result, Stage};

/// Modalities whose pictures are projections (PS3.3, section C.7.3.1.1.1), what some writers have for them, and those that say nothing: other, secondary capture, hard copy.
const RADIOGRAPHS: [&str; 14] =
    ["CR", "DX", "DR", "RG", "RF", "XA", "DF", "XR", "RX", "XRAY", "X-RAY", "OT", "SC", "HC"];

/// Words of PS3.16, annex L, for parts of the body that are not the chest. A word that is in no such list, of another
/// language say, is left to the gate.
const NOT_CHEST: [&str; 47] = [
    "ABDOMEN",
    "ANKLE",
    "ARM",
    "BLADDER",
    "BREAST",
    "CALCANEUS",
    "CALF",
    "CAROTID",
    "CLAVICLE",
    "COCCYX",
    "COLON",
    "CSPINE",
    "EAR",
    "ELBOW",
    "EXTREMITY",
    "EYE",
    "FEMUR",
    "FINGER",
    "FOOT",
    "FOREARM",
    "HAND",
    "HEAD",
    "HIP",
    "HUMERUS",
    "JAW",
    "KIDNEY",
    "KNEE",
    "LEG",
    "LSPINE",
    "MANDIBLE",
    "MAXILLA",
    "NECK",
    "ORBIT",
    "PATELLA",
    "PELVIS",
    "RADIUS",
    "SACRUM",
    "SCAPULA",
    "SHOULDER",
    "SINUS",
    "SKULL",
    "SPINE",
    "THIGH",
    "TIBIA",
    "TOE",
    "TSPINE",
    "WRIST",
];

/// Refuses what the header says to be no frontal chest film, and gives what else it says.
///
/// # Errors
/// [`Kind::NotAChestFilm`] that names the modality, the body part or the view.
pub(super) fn facts(data_set: &DataSet, frames: u32, frame: Option<NonZeroU32>) -> Result<HeaderFacts> {
    let word = |tag| data_set.text(tag).map(str::to_ascii_uppercase);
    if let Some(modality) = word(tags::MODALITY).filter(|modality| !RADIOGRAPHS.contains(&modality.as_str())) {
        return Err(refusal("modality", &modality));
    }
    if let Some(part) = word(tags::BODY_PART_EXAMINED).filter(|part| NOT_CHEST.contains(&part.as_str())) {
        return Err(refusal("body part", &part));
    }
    if let Some(view) = view::not_frontal(data_set) {
        return Err(refusal("view", &view));
    }
    Ok(HeaderFacts {
        age: age::of_patient(data_set),
        burned_in_annotation: word(tags::BURNED_IN_ANNOTATION).as_deref() == Some("YES"),
        mirrored: view::is_mirrored(data_set),
        frames,
        frame,
        overlays: data_set.any(|tag| matches!(tag.group(), 0x6000..=0x601E) && tag.element() == 0x0010),
    })
}

fn refusal(what: &str, says: &str) -> Error {
    // Some writers put free text here; what is shown is a code, not a story.
    let code: String = says.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(16).collect();
    let detail = format!("the file's header says that it is no frontal chest film: its {what} is {}", code.trim());
    Error::new(Stage::Check, Kind::NotAChestFilm, detail)
}
