use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::{Warning, WarningKind};

/// What a film's header says that matters to its reading. No identifier is kept: no name, number, date or place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeaderFacts {
    /// The patient's age when the film was taken (DICOM Patient's Age).
    pub age: Option<Age>,
    /// Whether words may be burned into the picture (DICOM Burned In Annotation).
    pub burned_in_annotation: bool,
    /// Whether the film lies mirrored in its file, by its DICOM Patient Orientation.
    pub mirrored: bool,
    /// How many frames the file holds, at least 1.
    pub frames: u32,
    /// The frame that was asked for, the first one being 1; `None` when none was, and so the first was read.
    pub frame: Option<NonZeroU32>,
    /// Whether there are overlays over the picture; they are not looked at.
    pub overlays: bool,
}

/// A patient's age in whole units (PS3.5, table 6.2-1: Age String).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Age {
    /// Days, 0 to 999.
    Days(u16),
    /// Weeks, 0 to 999.
    Weeks(u16),
    /// Months, 0 to 999.
    Months(u16),
    /// Years, 0 to 999.
    Years(u16),
}

impl Age {
    /// The age of an age string such as `018M`, in capitals or not; a number alone counts years. `None` when it is none.
    pub fn from_dicom(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = text.split_at(digits);
        let count = count.parse().ok().filter(|count| *count <= 999)?;
        match unit.trim().to_ascii_uppercase().as_str() {
            "D" => Some(Age::Days(count)),
            "W" => Some(Age::Weeks(count)),
            "M" => Some(Age::Months(count)),
            "Y" | "" => Some(Age::Years(count)),
            _ => None,
        }
    }

    /// The least number of days that someone of this age has lived.
    pub fn days(self) -> u32 {
        match self {
            Age::Days(count) => count.into(),
            Age::Weeks(count) => u32::from(count) * 7,
            // A month is the 12th part of a year, so that 216 months are 18 years.
            Age::Months(count) => u32::from(count) * 1461 / 48,
            Age::Years(count) => u32::from(count) * 1461 / 4,
        }
    }

    /// 18 years and older.
    pub fn is_adult(self) -> bool {
        self.days() >= Age::Years(18).days()
    }

    /// Younger than 28 days.
    pub fn is_newborn(self) -> bool {
        // "000Y" is what some machines write for every infant.
        self.days() < 28 && self != Age::Years(0)
    }
}

impl std::fmt::Display for Age {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, one, several) = match *self {
            Age::Days(count) => (count, "day", "days"),
            Age::Weeks(count) => (count, "week", "weeks"),
            Age::Months(count) => (count, "month", "months"),
            Age::Years(count) => (count, "year", "years"),
        };
        write!(f, "{count} {}", if count == 1 { one } else { several })
    }
}

impl HeaderFacts {
    /// What to keep in mind with an answer, for what the header says.
    pub fn warnings(&self) -> Vec<Warning> {
        let adult = self.age.filter(|age| age.is_adult()).map(|age| {
            let text = format!("the file says that the patient is {age} old; the model knows children's films only");
            Warning::of_age(WarningKind::AdultFilm, age, text)
        });
        let newborn = self.age.filter(|age| age.is_newborn()).map(|age| {
            let text = format!("the file says that the patient is {age} old; the model knows no films of newborns");
            Warning::of_age(WarningKind::NewbornFilm, age, text)
        });
        let annotated = self.burned_in_annotation.then(|| {
            let text = "the file says that words are burned into the picture; they may identify the patient";
            Warning::new(WarningKind::BurnedInAnnotation, text)
        });
        let mirrored = self.mirrored.then(|| {
            let text =
                "the file says that the film lies mirrored, the patient's left on the left; it was read as it lies";
            Warning::new(WarningKind::Mirrored, text)
        });
        let several = self.frame_warning();
        let overlays = self.overlays.then(|| {
            Warning::new(WarningKind::OverlaysIgnored, "the file holds overlays; the picture was read without them")
        });
        [adult, newborn, annotated, mirrored, several, overlays].into_iter().flatten().collect()
    }

    /// That there are other frames than the one that was looked at, if none was asked for.
    pub fn frame_warning(&self) -> Option<Warning> {
        (self.frames > 1 && self.frame.is_none()).then(|| {
            Warning::new(WarningKind::FirstFrame, format!("the file holds {} frames; the first was read", self.frames))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_and_written() {
        assert_eq!(Age::from_dicom("018M"), Some(Age::Months(18)));
        assert_eq!(Age::from_dicom("010Y").map(|age| age.to_string()).as_deref(), Some("10 years"));
        assert_eq!(Age::from_dicom("62"), Some(Age::Years(62)));
        assert_eq!(Age::from_dicom("062y "), Some(Age::Years(62)));
        assert_eq!(Age::from_dicom("1D").map(|age| age.to_string()).as_deref(), Some("1 day"));
        for no_age in ["", "Y", "-01Y", "1000Y", "010X", "०१०Y", "é"] {
            assert_eq!(Age::from_dicom(no_age), None, "{no_age}");
        }
    }

    #[test]
    fn adults_and_newborns_are_told_from_children() {
        for adult in [Age::Years(18), Age::Years(80), Age::Months(216)] {
            assert!(adult.is_adult(), "{adult}");
        }
        for newborn in [Age::Days(0), Age::Days(27), Age::Weeks(3), Age::Months(0)] {
            assert!(newborn.is_newborn(), "{newborn}");
        }
        for child in [Age::Years(17), Age::Months(215), Age::Months(1), Age::Weeks(4), Age::Years(0)] {
            assert!(!child.is_adult() && !child.is_newborn(), "{child}");
        }
    }

    #[test]
    fn only_an_adult_s_film_is_held_back() {
        let facts = HeaderFacts {
            age: Age::from_dicom("063Y"),
            frames: 3,
            frame: None,
            burned_in_annotation: true,
            mirrored: true,
            overlays: true,
        };
        let warnings = facts.warnings();
        assert_eq!(warnings.iter().filter(|warning| warning.kind.withholds_answer()).count(), 1);
        assert!(warnings[0].message.contains("63 years"), "{warnings:?}");
        let json = serde_json::to_string(&warnings[0]).expect("serialises");
        assert!(json.contains(r#""age":{"years":63}"#), "{json}");
        assert_eq!(warnings.len(), 5);
        assert!(HeaderFacts { age: Some(Age::Years(3)), frames: 1, ..HeaderFacts::default() }.warnings().is_empty());
    }
}
