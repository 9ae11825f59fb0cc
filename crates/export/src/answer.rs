//! An answer in the words of an export, which are English as their formats' codes are.

use lungfield_contract::{FoundBy, Grade, Outcome, Reading, Seen, SiteFilms, WarningKind};

use crate::Film;

/// What stands on everything that shows a person an answer.
pub(crate) const STATEMENT: &str = "Not a diagnosis. Lungfield supports a reader; the decision is the reader's.";

/// What a reading says, or does not say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Answer {
    /// An outcome with its probability.
    Given(Outcome, f64),
    /// The model is not to be trusted with the film: neither outcome nor probability is exported.
    Withheld,
}

impl Answer {
    /// Of a reading; `None` of a film that has no answer.
    pub(crate) fn of(reading: &Reading) -> Option<Self> {
        let (outcome, probability) = (reading.outcome?, reading.probability?);
        let is_withheld = reading.warnings.iter().any(|warning| warning.withholds_answer);
        Some(if is_withheld { Self::Withheld } else { Self::Given(outcome, probability.value()) })
    }

    /// Its code and what that means.
    pub(crate) fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::Given(Outcome::Likely, _) => ("likely", "Pneumonia likely"),
            Self::Given(Outcome::Uncertain, _) => ("uncertain", "Uncertain"),
            Self::Given(Outcome::Unlikely, _) => ("unlikely", "Pneumonia unlikely"),
            Self::Withheld => ("withheld", "Answer held back"),
        }
    }
}

/// The codes of DICOM's CID 6044 for how good a film is.
pub(crate) fn quality_code(grade: Grade) -> (&'static str, &'static str) {
    match grade {
        Grade::Adequate => ("111237", "Quality assessed as adequate"),
        Grade::Suboptimal => ("111236", "Quality assessed as suboptimal"),
        Grade::Uninterpretable => ("111235", "Quality assessed as uninterpretable"),
    }
}

/// The warnings' messages, each a sentence.
pub(crate) fn warnings(reading: &Reading) -> impl Iterator<Item = String> {
    reading.warnings.iter().map(|warning| {
        let mut letters = warning.message.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}.", letters.as_str().trim_end_matches('.'))
    })
}

/// What the user has done with the reading, each a sentence.
pub(crate) fn marks(film: &Film) -> impl Iterator<Item = String> {
    let reading = film.reading;
    let shown = film.marks.shown_on_request;
    let shown = shown.then(|| "The answer is held back here; the user was shown it at her request.".to_owned());
    let corners = reading.photograph.filter(|photograph| photograph.found_by == FoundBy::User);
    let corners = corners.map(|_| "The user has set the film's corners in the photograph.".to_owned());
    let given = matches!(Answer::of(reading), Some(Answer::Given(..)));
    let restated = reading.restated.filter(|_| given).map(|restated| {
        let [share, probability] = [restated.prevalence.value(), restated.probability.value()];
        format!("The user says that a share of {share} of films show pneumonia here; the probability is {probability:.6} then.")
    });
    let seen = film.marks.seen_first.map(|seen| {
        let quality = quality_code(seen.quality).1.to_lowercase();
        format!("What the user saw before she was shown the answer: {}; {quality}.", findings(seen))
    });
    let site = reading.thresholds.site.as_ref().filter(|_| Answer::of(reading).is_some()).map(|site| {
        let SiteFilms { normal, pneumonia, date } = site;
        format!(
            "The thresholds are this site's own, chosen on {date} on {normal} films without pneumonia and {pneumonia} with it."
        )
    });
    [shown, corners, site, restated, seen].into_iter().flatten()
}

/// What a person saw, in words.
pub(crate) fn findings(seen: Seen) -> String {
    let findings = [
        (seen.consolidation, "consolidation"),
        (seen.other_infiltrate, "other infiltrate"),
        (seen.effusion, "effusion"),
    ];
    let findings: Vec<_> = findings.into_iter().filter(|(is_seen, _)| *is_seen).map(|(_, name)| name).collect();
    if findings.is_empty() { "none".into() } else { findings.join(", ") }
}

/// The kinds of warnings.
pub(crate) fn warning_kinds(reading: &Reading) -> impl Iterator<Item = WarningKind> {
    reading.warnings.iter().map(|warning| warning.kind)
}

/// A reading for examples and tests.
#[doc(hidden)]
pub fn example() -> Reading {
    let json = include_str!("example.json");
    serde_json::from_str(json).expect("a reading")
}

#[cfg(test)]
mod tests {
    use lungfield_contract::{Format, Manifest, Prevalence};
    use lungfield_presenter::{LOCALES, Texts};
    use lungfield_sheet::Fonts;

    use super::*;
    use crate::{Marks, Occasion, Words, export};

    #[test]
    fn what_the_user_has_done_is_in_reports_and_bundles() {
        let seen = Seen { quality: Grade::Adequate, consolidation: true, other_infiltrate: false, effusion: false };
        let marks = Marks { shown_on_request: true, seen_first: Some(seen) };
        let mut reading = example().with_prevalence(Prevalence::new(0.05).expect("a prevalence"));
        reading.photograph =
            serde_json::from_str(r#"{"corners": [[0,0],[1,0],[1,1],[0,1]], "found_by": "user", "chroma": 0.1}"#)
                .expect("a photograph");
        let manifest = Manifest::from_json(include_bytes!("../../../models/manifest.json")).expect("a manifest");
        let texts = Texts::from_json(LOCALES[0].1).expect("texts");
        let words = Words { language: LOCALES[0].0, texts: &texts, manifest: &manifest, fonts: &Fonts::noto() };
        let occasion = Occasion::new(&"2026-11-29T10:00:00+05:30".parse().expect("a time"), 1);
        for format in [Format::DicomSr, Format::FhirR4, Format::FhirR5] {
            let text = |marks| {
                let film = Film { reading: &reading, picture: None, header: None, marks, captured: false };
                let bytes = export(&film, format, &occasion, &words).expect("is made").expect("was read");
                String::from_utf8_lossy(&bytes).into_owned()
            };
            let (marked, plain) = (text(marks), text(Marks::default()));
            for said in
                ["at her request", "before she was shown the answer: consolidation; quality assessed as adequate"]
            {
                assert!(marked.contains(said) && !plain.contains(said), "{}: {said}", format.name());
            }
            for said in ["has set the film's corners", "a share of 0.05"] {
                assert!(plain.contains(said), "{}: {said}", format.name());
            }
        }
    }
}
