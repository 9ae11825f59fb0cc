//! The view that a film shows, by every place of the header that says it.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::data_set::DataSet;

/// View positions that are not frontal (PS3.3, section C.8.1.1.3 and C.8.11.5.1.1), as one word each.
const POSITIONS: [&str; 10] = ["LL", "RL", "LLAT", "RLAT", "LAO", "RAO", "LPO", "RPO", "LLO", "RLO"];

/// Words for such views, wherever they stand.
const WORDS: [&str; 17] = [
    "LAT",
    "LATERAL",
    "LATERALE",
    "LATL",
    "LATERO",
    "LATEROLATERAL",
    "LL",
    "LLAT",
    "RLAT",
    "OBL",
    "OBLIQUE",
    "PERFIL",
    "PROFIL",
    "PROFILE",
    "PROFILO",
    "SEITL",
    "SEITLICH",
];

/// Words that say, beside those, that the film is a frontal one after all: a patient who lies on a side is seen from the
/// front, and a description may name each view of a study.
const FRONTAL: [&str; 13] =
    ["PA", "AP", "FRONTAL", "DECUBITUS", "DECUB", "DECUBITO", "LLD", "RLD", "AND", "VIEWS", "2V", "2", "TWO"];

/// Codes of lateral and oblique views (PS3.16, CID 4010), as SNOMED CT and as SNOMED RT have them.
const CODES: [&str; 26] = [
    "399067008",
    "R-102CD",
    "399198007",
    "R-10232",
    "399173006",
    "R-10236",
    "399182000",
    "R-102C1",
    "399236003",
    "R-10234",
    "399184004",
    "R-10238",
    "399135007",
    "R-10220",
    "399356000",
    "R-40985",
    "399006002",
    "R-10212",
    "399038007",
    "R-10210",
    "399059000",
    "R-10216",
    "399312000",
    "R-10208",
    "260427002",
    "R-40783",
];

/// Texts that describe a film in free words.
const DESCRIPTIONS: [Tag; 4] = [
    tags::SERIES_DESCRIPTION,
    tags::PROTOCOL_NAME,
    tags::ACQUISITION_DEVICE_PROCESSING_DESCRIPTION,
    tags::BODY_PART_EXAMINED,
];

/// What the header calls a view that is not frontal; `None` where it says none, or a frontal one.
pub(super) fn not_frontal(data_set: &DataSet) -> Option<String> {
    let position = data_set.text(tags::VIEW_POSITION).map(str::to_ascii_uppercase);
    if let Some(position) = position {
        let is_named =
            words(&position).any(|word| POSITIONS.contains(&word) || WORDS.contains(&word) || is_lateral(word));
        if is_named && !words(&position).any(|word| FRONTAL.contains(&word)) {
            return Some(position);
        }
    }
    // A code says more than words, a frontal one included.
    if let Ok(Some(item)) = data_set.item(tags::VIEW_CODE_SEQUENCE)
        && let [code, meaning] = [tags::CODE_VALUE, tags::CODE_MEANING].map(|tag| item.text(tag))
        && (code.is_some() || meaning.is_some())
    {
        let meaning = meaning.and_then(|meaning| named(&meaning.to_ascii_uppercase()));
        return meaning.or_else(|| code.filter(|code| CODES.contains(code)).map(str::to_owned));
    }
    if let [Some(row), Some(column)] = orientation(data_set)
        && (is_depth(row) && !is_depth(column) || is_depth(column) && !is_depth(row))
    {
        return Some(format!("lateral, oriented {row} {column}"));
    }
    DESCRIPTIONS.iter().find_map(|&tag| named(&data_set.description(tag)?.to_ascii_uppercase()))
}

/// Whether a word of View Position is one of the many that are made of LAT, as LATL or XTLAT.
fn is_lateral(word: &str) -> bool {
    (word.starts_with("LAT") || word.ends_with("LAT") || word.ends_with("LATERAL"))
        && !["FLAT", "BILAT", "BILATERAL"].contains(&word)
}

/// Whether the header says that the film lies mirrored, the patient's left on the left of an upright film.
pub(super) fn is_mirrored(data_set: &DataSet) -> bool {
    // Where rows go and where columns go (PS3.3, section C.7.6.1.1.1), of a mirrored film that lies any way up.
    matches!(
        orientation(data_set),
        [Some('R'), Some('F')] | [Some('L'), Some('H')] | [Some('F'), Some('L')] | [Some('H'), Some('R')]
    )
}

/// The word of a text in capitals that names a view which is not frontal, if no other one says that it is.
fn named(text: &str) -> Option<String> {
    let is_frontal = words(text).any(|word| FRONTAL.contains(&word));
    words(text).find(|word| WORDS.contains(word)).filter(|_| !is_frontal).map(str::to_owned)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The first letters of where rows and columns go.
fn orientation(data_set: &DataSet) -> [Option<char>; 2] {
    [0, 1].map(|nth| data_set.nth_text(tags::PATIENT_ORIENTATION, nth)?.chars().next().map(|c| c.to_ascii_uppercase()))
}

/// To the front or the back.
fn is_depth(direction: char) -> bool {
    matches!(direction, 'A' | 'P')
}
