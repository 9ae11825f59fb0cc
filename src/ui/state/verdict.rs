use lungfield_contract::{Kind, Outcome, Probability};

use super::Film;

/// What the page may say of a film whose way has ended. Every view asks here, so that none shows what is withheld.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// There is an answer to show.
    Answered {
        /// The answer.
        outcome: Outcome,
        /// How sure it is.
        probability: Probability,
        /// It was withheld until the user asked for it.
        revealed: bool,
    },
    /// There is an answer, and the user has to ask for it.
    Withheld,
    /// There is no answer.
    Unanswered(Kind),
}

impl Film {
    /// What may be said of the film, once its way has ended.
    pub fn verdict(&self) -> Option<Verdict> {
        let reading = self.reading()?;
        let (Some(outcome), Some(probability)) = (reading.outcome, reading.probability) else {
            return Some(Verdict::Unanswered(reading.reason.as_ref().map_or(Kind::Engine, |reason| reason.kind)));
        };
        let withheld = reading.warnings.iter().any(|warning| warning.kind.withholds_answer());
        Some(if withheld && !self.revealed {
            Verdict::Withheld
        } else {
            Verdict::Answered { outcome, probability, revealed: withheld }
        })
    }
}
