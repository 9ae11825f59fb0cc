use serde::{Deserialize, Serialize};

use crate::{Grade, Outcome};

/// What the user has done with an answer. What is taken away carries it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The answer was held back, and shown because she asked for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shown_on_request: bool,
    /// What she saw before she was shown the answer, if she was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_first: Option<Seen>,
}

/// What a person saw on a film before she was shown the answer, in the words of the World Health Organization's method for
/// children's chest films.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// How good the film is to read.
    pub quality: Grade,
    /// Dense, often homogeneous shadowing of part of a lobe, a whole one or more.
    pub consolidation: bool,
    /// Patchy or linear shadowing that is no consolidation.
    pub other_infiltrate: bool,
    /// Fluid between lung and chest wall.
    pub effusion: bool,
}

impl Seen {
    /// Whether she and the model say the same of pneumonia: any of the three findings, or none. `None` where one of the two does not
    /// say: of an uncertain answer, and of a film that she could not read.
    pub fn agrees_with(self, outcome: Outcome) -> Option<bool> {
        let seen = self.consolidation || self.other_infiltrate || self.effusion;
        match outcome {
            _ if self.quality == Grade::Uninterpretable => None,
            Outcome::Likely => Some(seen),
            Outcome::Unlikely => Some(!seen),
            Outcome::Uncertain => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_is_counted_where_both_say_something() {
        let none = Seen { quality: Grade::Adequate, consolidation: false, other_infiltrate: false, effusion: false };
        let effusion = Seen { effusion: true, ..none };
        assert_eq!(effusion.agrees_with(Outcome::Likely), Some(true));
        assert_eq!(effusion.agrees_with(Outcome::Unlikely), Some(false));
        assert_eq!(none.agrees_with(Outcome::Unlikely), Some(true));
        assert_eq!(none.agrees_with(Outcome::Uncertain), None);
        let unreadable = Seen { quality: Grade::Uninterpretable, ..none };
        assert_eq!(unreadable.agrees_with(Outcome::Unlikely), None);
    }
}
