use lungfield_contract::Outcome;

use super::{Film, Verdict};

/// How many films ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Pneumonia likely.
    pub likely: usize,
    /// Uncertain.
    pub uncertain: usize,
    /// Pneumonia unlikely.
    pub unlikely: usize,
    /// Answered, and the answer is withheld.
    pub withheld: usize,
    /// Refused or failed.
    pub not_read: usize,
    /// Not at their end yet.
    pub pending: usize,
}

/// How the films stand.
pub fn tally(films: &[Film]) -> Tally {
    let mut tally = Tally::default();
    for film in films {
        let count = match film.verdict() {
            None => &mut tally.pending,
            Some(Verdict::Unanswered(_)) => &mut tally.not_read,
            Some(Verdict::Withheld) => &mut tally.withheld,
            Some(Verdict::Answered { outcome: Outcome::Likely, .. }) => &mut tally.likely,
            Some(Verdict::Answered { outcome: Outcome::Uncertain, .. }) => &mut tally.uncertain,
            Some(Verdict::Answered { outcome: Outcome::Unlikely, .. }) => &mut tally.unlikely,
        };
        *count += 1;
    }
    tally
}
