//! An answer in the words of an export, which are English as their formats' codes are.

use lungfield_contract::{Grade, Outcome, Reading, WarningKind};

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
