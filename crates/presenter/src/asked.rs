use lungfield_contract::{Marks, Prevalence, Seen};
use serde::Deserialize;

/// What the user has asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asked {
    /// An answer even if it is withheld.
    pub revealed: bool,
    /// The probability where pneumonia is so common.
    pub prevalence: Option<Prevalence>,
    /// To say what she sees before she is shown the answer.
    pub first: First,
}

/// Whether the user says what she sees before she is shown the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum First {
    /// She does not.
    #[default]
    NotAsked,
    /// She has not yet: the answer waits.
    Asked,
    /// She has.
    Said(Seen),
}

impl Asked {
    /// As an answer was shown that has these marks.
    pub fn of(marks: Marks, prevalence: Option<Prevalence>) -> Self {
        let first = marks.seen_first.map_or(First::NotAsked, First::Said);
        Self { revealed: marks.shown_on_request, prevalence, first }
    }
}
