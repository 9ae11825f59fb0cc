use serde::{Deserialize, Serialize};

/// One entry of the log. It is written once and never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place, from 1 on.
    pub n: u64,
    /// The digest of the sealed entry before it; empty of the first.
    pub previous: String,
    /// When, in RFC 3339 with the offset of the place.
    pub at: String,
    /// Who used the app.
    pub who: String,
    /// What was done.
    pub what: Event,
}

/// What was done. Nothing of a film is in it, so that a case can go and its entry stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The history was begun, or cases are kept for another time from now on.
    Set {
        /// For so many days.
        days: u16,
    },
    /// A case was kept.
    Kept {
        /// Its number.
        case: u64,
        /// The digest of its sealed parts.
        digest: String,
        /// The same where it was kept first, of a case that came in a file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<String>,
    },
    /// The answer of a kept case, which was held back, was shown because the user asked for it.
    Shown {
        /// Its number.
        case: u64,
    },
    /// The user removed cases.
    Removed {
        /// Their numbers.
        cases: Vec<u64>,
    },
    /// The time of cases was over.
    Expired {
        /// Their numbers.
        cases: Vec<u64>,
    },
    /// All was written to a file.
    Exported {
        /// How many cases.
        cases: u64,
    },
}
