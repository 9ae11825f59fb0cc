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
    /// Answered, and the answer is held back.
    pub held_back: usize,
    /// Refused or failed.
    pub not_read: usize,
    /// Not at their end yet.
    pub pending: usize,
}

/// How the films stand.
pub fn tally(films: &[Film]) -> Tally {
    let mut tally = Tally::default();
    for film in films {
        let place = match film.verdict() {
            None => &mut tally.pending,
            Some(Verdict::Unanswered(_)) => &mut tally.not_read,
            Some(Verdict::HeldBack) => &mut tally.held_back,
            Some(Verdict::Answered { outcome: Outcome::Likely, .. }) => &mut tally.likely,
            Some(Verdict::Answered { outcome: Outcome::Uncertain, .. }) => &mut tally.uncertain,
            Some(Verdict::Answered { outcome: Outcome::Unlikely, .. }) => &mut tally.unlikely,
        };
        *place += 1;
    }
    tally
}
