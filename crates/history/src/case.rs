use lungfield_contract::{Marks, Outcome, Reading, Status};
use serde::{Deserialize, Serialize};

/// What is kept of a film that was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// What was said of it.
    pub reading: Reading,
    /// What the user had done with the answer when it was kept, what she had seen first among it.
    pub marks: Marks,
    /// The film in the list.
    pub thumbnail: Option<Thumbnail>,
}

/// A small picture: grey bytes, row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbnail {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The bytes, in base64.
    #[serde(with = "crate::bytes")]
    pub grey: Vec<u8>,
}

/// As much of a case as a list shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    /// The file's name.
    pub file: String,
    /// When it was kept, in RFC 3339 with the offset of the place.
    pub at: String,
    /// Who used the app.
    pub who: String,
    /// The answer; `None` of a film that has none.
    pub outcome: Option<Outcome>,
    /// The probability of pneumonia.
    pub probability: Option<f64>,
    /// The answer was held back.
    pub held_back: bool,
    /// She said what she saw before she was shown the answer.
    pub seen_first: bool,
}

impl Brief {
    /// Of a case that is kept now.
    pub fn of(case: &Case, at: &str, who: &str) -> Self {
        let Case { reading, marks, .. } = case;
        Self {
            file: reading.file.clone(),
            at: at.into(),
            who: who.into(),
            outcome: reading.outcome.filter(|_| reading.status == Status::Read),
            probability: reading.probability.map(|probability| probability.value()),
            held_back: reading.warnings.iter().any(|warning| warning.kind.withholds_answer()),
            seen_first: marks.seen_first.is_some(),
        }
    }

    /// The day on which it was kept, as `2026-11-30`, where it was kept.
    pub fn day(&self) -> &str {
        self.at.get(..10).unwrap_or(&self.at)
    }
}
