use lungfield_contract::Outcome;
use lungfield_presenter::Verdict;

use super::Film;

/// How a film's way ended, or that it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Pneumonia likely.
    Likely,
    /// Uncertain.
    Uncertain,
    /// Pneumonia unlikely.
    Unlikely,
    /// Answered, and the user says first what she sees.
    Later,
    /// Answered, and the answer is withheld.
    Withheld,
    /// Refused or failed.
    NotRead,
    /// Not at its end yet.
    Pending,
}

impl Ending {
    /// Every one, in the order they are counted up.
    pub const ALL: [Ending; 7] = [
        Ending::Later,
        Ending::Likely,
        Ending::Uncertain,
        Ending::Unlikely,
        Ending::Withheld,
        Ending::NotRead,
        Ending::Pending,
    ];

    /// How this film's way ended.
    pub fn of(film: &Film) -> Self {
        match film.verdict() {
            None => Ending::Pending,
            Some(Verdict::Unanswered(_)) => Ending::NotRead,
            Some(Verdict::Later) => Ending::Later,
            Some(Verdict::Withheld) => Ending::Withheld,
            Some(Verdict::Answered { outcome: Outcome::Likely, .. }) => Ending::Likely,
            Some(Verdict::Answered { outcome: Outcome::Uncertain, .. }) => Ending::Uncertain,
            Some(Verdict::Answered { outcome: Outcome::Unlikely, .. }) => Ending::Unlikely,
        }
    }

    /// How many of the films ended so.
    pub fn count(self, films: &[Film]) -> usize {
        films.iter().filter(|film| Ending::of(film) == self).count()
    }
}

/// How often the user, who said first what she saw, and the model say the same: of so many films on which both say something.
pub fn agreement(films: &[Film]) -> (usize, usize) {
    let agrees = |film: &Film| match (film.marks().seen_first, film.verdict()) {
        (Some(seen), Some(Verdict::Answered { outcome, revealed: false, .. })) => seen.agrees_with(outcome),
        _ => None,
    };
    let said: Vec<bool> = films.iter().filter_map(agrees).collect();
    (said.iter().filter(|agrees| **agrees).count(), said.len())
}
