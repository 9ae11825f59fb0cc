use lungfield_reader::Outcome;

use super::Film;

/// How many films ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Pneumonia likely.
    pub likely: usize,
    /// Uncertain.
    pub uncertain: usize,
    /// Pneumonia unlikely.
    pub unlikely: usize,
    /// Refused or failed.
    pub not_read: usize,
    /// Not at their end yet.
    pub pending: usize,
}

/// How the films stand.
pub fn tally(films: &[Film]) -> Tally {
    let mut tally = Tally::default();
    for film in films {
        let place = match film.reading().map(|reading| reading.outcome) {
            None => &mut tally.pending,
            Some(None) => &mut tally.not_read,
            Some(Some(Outcome::Likely)) => &mut tally.likely,
            Some(Some(Outcome::Uncertain)) => &mut tally.uncertain,
            Some(Some(Outcome::Unlikely)) => &mut tally.unlikely,
        };
        *place += 1;
    }
    tally
}
