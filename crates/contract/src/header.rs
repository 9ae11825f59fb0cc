use std::num::NonZeroU32;

use crate::{Age, Warning, WarningKind};

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
