//! Whose film it is, and what else its header says to who looks at it.

use lungfield_contract::{Age, FilmHeader};

/// The elements of a header that are looked for, by their DICOM keywords.
pub mod tags {
    #![allow(missing_docs, reason = "the standard says what each is")]
    pub const SPECIFIC_CHARACTER_SET: u32 = 0x0008_0005;
    pub const STUDY_DATE: u32 = 0x0008_0020;
    pub const ACQUISITION_DATE: u32 = 0x0008_0022;
    pub const PATIENT_NAME: u32 = 0x0010_0010;
    pub const PATIENT_ID: u32 = 0x0010_0020;
    pub const PATIENT_SEX: u32 = 0x0010_0040;
    pub const PATIENT_AGE: u32 = 0x0010_1010;
    pub const IMAGER_PIXEL_SPACING: u32 = 0x0018_1164;
    pub const VIEW_POSITION: u32 = 0x0018_5101;
    pub const PATIENT_ORIENTATION: u32 = 0x0020_0020;
    pub const LATERALITY: u32 = 0x0020_0060;
    pub const IMAGE_LATERALITY: u32 = 0x0020_0062;
    pub const PHOTOMETRIC_INTERPRETATION: u32 = 0x0028_0004;
    pub const PIXEL_SPACING: u32 = 0x0028_0030;
    pub const PIXEL_SPACING_CALIBRATION_TYPE: u32 = 0x0028_0A02;
    pub const WINDOW_CENTER: u32 = 0x0028_1050;
    pub const WINDOW_WIDTH: u32 = 0x0028_1051;
    pub const WINDOW_EXPLANATION: u32 = 0x0028_1055;
    pub const VOI_LUT_FUNCTION: u32 = 0x0028_1056;
    pub const VOI_LUT_SEQUENCE: u32 = 0x0028_3010;
    pub const PRESENTATION_LUT_SHAPE: u32 = 0x2050_0020;
}

/// Whose film it is, as its header says; what it does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// Family name first.
    pub name: Option<String>,
    /// The patient's number.
    pub id: Option<String>,
    /// As the header writes it: M, F or O.
    pub sex: Option<String>,
    /// When the film was taken.
    pub age: Option<Age>,
    /// As year, month, day.
    pub date: Option<String>,
    /// Such as PA.
    pub view: Option<String>,
    /// The side of the body, of a film that shows one.
    pub laterality: Option<String>,
}

impl Identity {
    /// What the header says; `decode` makes a text of bytes in an encoding of this name, as the web calls it.
    pub fn read(header: &FilmHeader, decode: impl Fn(&str, &[u8]) -> String) -> Self {
        let encoding = encoding(header);
        let text = |tag| header.value(tag, 0).map(|value| decode(encoding, &bytes(value)));
        Self {
            name: text(tags::PATIENT_NAME).map(|name| person(&name)).filter(|name| !name.is_empty()),
            id: text(tags::PATIENT_ID),
            sex: text(tags::PATIENT_SEX),
            age: header.value(tags::PATIENT_AGE, 0).and_then(Age::from_dicom),
            date: [tags::STUDY_DATE, tags::ACQUISITION_DATE].into_iter().find_map(|tag| date(header.value(tag, 0)?)),
            view: text(tags::VIEW_POSITION),
            laterality: text(tags::IMAGE_LATERALITY).or_else(|| text(tags::LATERALITY)),
        }
    }

    /// Whether the header says nothing of it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The letters at the edges of the film as it lies on the screen, from the top clockwise: which side of the patient is there. `lay`
/// are the quarter turns clockwise that it lay away from upright in its file, `turned` those that it is turned on the screen.
pub fn edges(header: &FilmHeader, lay: u8, turned: u8) -> Option<[char; 4]> {
    let letter = |nth| header.value(tags::PATIENT_ORIENTATION, nth)?.chars().next();
    let opposite = |letter| {
        Some(match letter {
            'L' => 'R',
            'R' => 'L',
            'H' => 'F',
            'F' => 'H',
            'A' => 'P',
            'P' => 'A',
            _ => return None,
        })
    };
    let (right, bottom) = (letter(0)?, letter(1)?);
    let mut edges = [opposite(bottom)?, right, bottom, opposite(right)?];
    edges.rotate_right(usize::from((4 + turned - lay % 4) % 4));
    Some(edges)
}

/// The web's name of the encoding that a header's texts are in (PS3.3, section C.12.1.1.2). One that is not known is read as
/// UTF-8, which shows what it cannot read.
pub fn encoding(header: &FilmHeader) -> &'static str {
    let named = [1, 0].into_iter().find_map(|nth| header.value(tags::SPECIFIC_CHARACTER_SET, nth)).unwrap_or_default();
    match named.trim_start_matches("ISO_IR ").trim_start_matches("ISO 2022 IR ") {
        "100" => "iso-8859-1",
        "101" => "iso-8859-2",
        "109" => "iso-8859-3",
        "110" => "iso-8859-4",
        "144" => "iso-8859-5",
        "127" => "iso-8859-6",
        "126" => "iso-8859-7",
        "138" => "iso-8859-8",
        "148" => "windows-1254",
        "166" => "windows-874",
        "203" => "iso-8859-15",
        "13" => "shift_jis",
        "87" | "159" => "iso-2022-jp",
        "149" => "euc-kr",
        "58" | "GBK" => "gbk",
        "GB18030" => "gb18030",
        _ => "utf-8",
    }
}

/// The keyword of an element that films often have (PS3.6); of others the number must do.
pub fn keyword(tag: u32) -> &'static str {
    match tag {
        0x0008_0005 => "SpecificCharacterSet",
        0x0008_0008 => "ImageType",
        0x0008_0016 => "SOPClassUID",
        0x0008_0018 => "SOPInstanceUID",
        0x0008_0020 => "StudyDate",
        0x0008_0022 => "AcquisitionDate",
        0x0008_0030 => "StudyTime",
        0x0008_0050 => "AccessionNumber",
        0x0008_0060 => "Modality",
        0x0008_0070 => "Manufacturer",
        0x0008_0080 => "InstitutionName",
        0x0008_0090 => "ReferringPhysicianName",
        0x0008_1030 => "StudyDescription",
        0x0008_103E => "SeriesDescription",
        0x0008_1090 => "ManufacturerModelName",
        0x0010_0010 => "PatientName",
        0x0010_0020 => "PatientID",
        0x0010_0030 => "PatientBirthDate",
        0x0010_0040 => "PatientSex",
        0x0010_1010 => "PatientAge",
        0x0018_0015 => "BodyPartExamined",
        0x0018_0060 => "KVP",
        0x0018_1150 => "ExposureTime",
        0x0018_1152 => "Exposure",
        0x0018_1164 => "ImagerPixelSpacing",
        0x0018_5101 => "ViewPosition",
        0x0020_000D => "StudyInstanceUID",
        0x0020_000E => "SeriesInstanceUID",
        0x0020_0010 => "StudyID",
        0x0020_0013 => "InstanceNumber",
        0x0020_0020 => "PatientOrientation",
        0x0020_0060 => "Laterality",
        0x0020_0062 => "ImageLaterality",
        0x0028_0004 => "PhotometricInterpretation",
        0x0028_0010 => "Rows",
        0x0028_0011 => "Columns",
        0x0028_0030 => "PixelSpacing",
        0x0028_0100 => "BitsAllocated",
        0x0028_0101 => "BitsStored",
        0x0028_0301 => "BurnedInAnnotation",
        0x0028_0A02 => "PixelSpacingCalibrationType",
        0x0028_1050 => "WindowCenter",
        0x0028_1051 => "WindowWidth",
        0x0028_1055 => "WindowCenterWidthExplanation",
        _ => "",
    }
}

/// The bytes of a value, of which each is a character.
pub fn bytes(value: &str) -> Vec<u8> {
    value.chars().map(|byte| u8::try_from(u32::from(byte)).unwrap_or(b'?')).collect()
}

/// A person's name (PS3.5, section 6.2.1): the first of its spellings, family name first.
fn person(name: &str) -> String {
    let spelling = name.split('=').find(|spelling| !spelling.trim_matches(['^', ' ']).is_empty()).unwrap_or_default();
    let parts: Vec<&str> = spelling.split('^').map(str::trim).collect();
    let (family, given) = parts.split_at(1);
    let given: Vec<&str> = given.iter().copied().filter(|part| !part.is_empty()).collect();
    match (family[0], given.join(" ")) {
        (family, given) if given.is_empty() => family.to_owned(),
        ("", given) => given,
        (family, given) => format!("{family}, {given}"),
    }
}

/// A date such as `20240131`, or with points as old writers have it, to be read.
fn date(value: &str) -> Option<String> {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    (digits.len() == 8).then(|| format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]))
}

#[cfg(test)]
pub(crate) mod tests {
    use lungfield_contract::HeaderElement;

    use super::*;

    pub(crate) fn header(values: &[(u32, &str)]) -> FilmHeader {
        let element =
            |&(tag, value): &(u32, &str)| HeaderElement { tag, value: Some(value.into()), length: value.len() as u32 };
        FilmHeader::new(values.iter().map(element).collect())
    }

    fn plain(_: &str, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    #[test]
    fn whose_film_it_is() {
        let header = header(&[
            (tags::PATIENT_NAME, "DOE^JANE^M^^"),
            (tags::PATIENT_ID, " 4711 "),
            (tags::PATIENT_SEX, "F"),
            (tags::PATIENT_AGE, "003Y"),
            (tags::STUDY_DATE, "20240131"),
            (tags::VIEW_POSITION, "AP"),
            (tags::LATERALITY, ""),
        ]);
        let found = Identity::read(&header, plain);
        let text = |text: &str| Some(text.to_owned());
        let expected = Identity {
            name: text("DOE, JANE M"),
            id: text("4711"),
            sex: text("F"),
            age: Some(Age::Years(3)),
            date: text("2024-01-31"),
            view: text("AP"),
            laterality: None,
        };
        assert_eq!(found, expected);
        assert!(Identity::read(&FilmHeader::default(), plain).is_empty());
    }

    #[test]
    fn names_of_every_kind() {
        let names = ["ROE", "^ROBIN", "A^B=\u{5c71}^\u{592a}", "=\u{5c71}^\u{592a}=x", "^^^^", ""];
        assert_eq!(names.map(person), ["ROE", "ROBIN", "A, B", "\u{5c71}, \u{592a}", "", ""]);
    }

    #[test]
    fn texts_are_read_in_their_encoding() {
        let with = |set: &str| encoding(&header(&[(tags::SPECIFIC_CHARACTER_SET, set)]));
        assert_eq!(with("ISO_IR 100"), "iso-8859-1");
        assert_eq!(with("\\ISO 2022 IR 87"), "iso-2022-jp");
        assert_eq!(with("ISO_IR 192"), "utf-8");
        assert_eq!(encoding(&FilmHeader::default()), "utf-8");
        let jurgen = header(&[(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 100"), (tags::PATIENT_ID, "J\u{fc}rgen")]);
        let asked = |encoding: &str, bytes: &[u8]| format!("{encoding} {bytes:?}");
        assert_eq!(Identity::read(&jurgen, asked).id.as_deref(), Some("iso-8859-1 [74, 252, 114, 103, 101, 110]"));
    }

    #[test]
    fn letters_go_with_the_film() {
        let header = header(&[(tags::PATIENT_ORIENTATION, "L\\F")]);
        assert_eq!(edges(&header, 0, 0), Some(['H', 'L', 'F', 'R']));
        // Turned a quarter to the right on the screen, the head is on the right.
        assert_eq!(edges(&header, 0, 1), Some(['R', 'H', 'L', 'F']));
        // It lay turned a quarter to the right in its file, was put right, and is turned as it lay.
        assert_eq!(edges(&header, 1, 1), Some(['H', 'L', 'F', 'R']));
        assert_eq!(edges(&FilmHeader::default(), 0, 0), None);
    }
}
