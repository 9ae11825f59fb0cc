use lungfield_contract::{Kind, Outcome, Probability, Reading, WarningKind};

use crate::asked::{Asked, First};

/// What may be said of a film whose way has ended. Everything that shows an answer asks here, so that nothing shows what is withheld.
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
    /// There is an answer, and the user says first what she sees.
    Later,
    /// There is an answer, and the user has to ask for it.
    Withheld,
    /// There is no answer.
    Unanswered(Kind),
}

impl Verdict {
    /// What may be said of a reading, by what the user has asked for.
    pub fn of(reading: &Reading, asked: Asked) -> Self {
        let (Some(outcome), Some(probability)) = (reading.outcome, reading.probability) else {
            return Verdict::Unanswered(reading.reason.as_ref().map_or(Kind::Engine, |reason| reason.kind));
        };
        let withheld = reading.warnings.iter().any(|warning| warning.kind.withholds_answer());
        if asked.first == First::Asked {
            Verdict::Later
        } else if withheld && !asked.revealed {
            Verdict::Withheld
        } else {
            Verdict::Answered { outcome, probability, revealed: withheld }
        }
    }

    /// Whether what a model of a hospital's own says may be shown beside it: not before the user has said what she sees, nor where
    /// the gate holds back and the model goes through it.
    pub fn lets_own(self, through_gate: bool) -> bool {
        match self {
            Verdict::Later => false,
            Verdict::Withheld => !through_gate,
            Verdict::Answered { .. } | Verdict::Unanswered(_) => true,
        }
    }
}

/// Whether the numbers that were measured of the model say anything about this film. They do not where a warning withholds the
/// answer, as of an adult's film, or where the patient is younger than any that the model knows.
pub fn is_in_population(reading: &Reading) -> bool {
    let is_outside = |kind: WarningKind| kind.withholds_answer() || kind == WarningKind::NewbornFilm;
    !reading.warnings.iter().any(|warning| is_outside(warning.kind))
}
