use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Orientation;

/// What was measured on a set of films. Fields, never a sentence: the interface puts them into words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// Which films.
    pub films: FilmSet,
    /// What was measured on them.
    pub metrics: BTreeMap<Metric, Estimate>,
}

/// Films that something was measured on, chosen on or fitted to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilmSet {
    /// Who measured.
    #[serde(default, skip_serializing_if = "Source::is_training")]
    pub source: Source,
    /// Whose films they are, or of what.
    pub group: FilmGroup,
    /// How they were kept from what learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// As what they were seen, by code: `original`, `full-size`, `degraded`, ...; several when they were seen as each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<String>,
    /// A part of the group, by code: `bone`, `nih`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The patients' youngest and oldest age in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages: Option<[u8; 2]>,
    /// How the films were turned on purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orientation: Option<Orientation>,
    /// How many films.
    pub count: u64,
    /// How many of them show no pneumonia.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normal: Option<u64>,
    /// How many of them show pneumonia.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pneumonia: Option<u64>,
    /// How many patients they are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patients: Option<u64>,
}

/// Who measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Whoever trained the model, on films of the collection that it was trained on or beside.
    #[default]
    Training,
    /// Somebody else, on films that training did not have.
    Independent,
}

impl Source {
    fn is_training(&self) -> bool {
        *self == Self::Training
    }
}

/// Whose films they are, or of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FilmGroup {
    /// Chest films of children, of the hospital that the model was trained in.
    Children,
    /// Chest films of children, of other hospitals.
    ChildrenElsewhere,
    /// Chest films of adults.
    Adults,
    /// Chest films from the side.
    Lateral,
    /// Pictures that are no chest films.
    NotChest,
}

/// How films were kept from what learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// The official test split of the collection.
    OfficialTest,
    /// Kept from the network that ships and from every choice; for the gate, pictures that it was not fitted to.
    HeldOut,
    /// Each judged by a network that was kept from its patient.
    CrossValidation,
    /// Each judged by a gate that was kept from its kind.
    UnseenKind,
    /// What something was fitted to.
    Fitted,
}

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The area under the receiver operating characteristic.
    Auroc,
    /// The share of films with pneumonia that are called so at the operating point.
    Sensitivity,
    /// The share of normal films that are not called pneumonia at the operating point.
    Specificity,
    /// The share of films on the right side of the operating point.
    Accuracy,
    /// The share of films whose answer is "uncertain".
    Uncertain,
    /// The share of right answers among those that are not "uncertain".
    AccuracyWhereCertain,
    /// The expected calibration error of the probability, over ten bins of equal width.
    CalibrationError,
    /// How far the mean logit of normal films moved, by what was done to them.
    NormalLogitShift,
    /// The share that got no answer.
    Refused,
    /// The share whose answer was withheld behind a warning.
    Flagged,
    /// The share that got no answer, or one behind a warning.
    FlaggedOrRefused,
    /// The same by the distance from the training films alone, without the score of adults' films.
    FlaggedOrRefusedByDistance,
    /// The share that was answered without a warning.
    Answered,
    /// The share whose orientation was recognised.
    Recognised,
}

impl Metric {
    /// Every metric, in the order in which they are listed.
    pub const ALL: [Metric; 14] = [
        Metric::Auroc,
        Metric::Sensitivity,
        Metric::Specificity,
        Metric::Accuracy,
        Metric::Uncertain,
        Metric::AccuracyWhereCertain,
        Metric::CalibrationError,
        Metric::NormalLogitShift,
        Metric::Refused,
        Metric::Flagged,
        Metric::FlaggedOrRefused,
        Metric::FlaggedOrRefusedByDistance,
        Metric::Answered,
        Metric::Recognised,
    ];

    /// Whether it is a share of films, which is read best in per cent; areas, errors and shifts are plain numbers.
    pub fn is_share(self) -> bool {
        !matches!(self, Metric::Auroc | Metric::CalibrationError | Metric::NormalLogitShift)
    }
}

/// A measured number with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// The interval's lower end; `None` where no interval is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The interval's upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Of how many films, where these are not all of the set's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
}

impl Measurement {
    /// Each number with of how many films it is.
    pub fn estimates(&self) -> impl Iterator<Item = (Metric, Estimate, u64)> {
        self.metrics.iter().map(|(&metric, &estimate)| (metric, estimate, estimate.n.unwrap_or(self.films.count)))
    }

    /// Whether it is about the answers of films that have one, and not about which films get one.
    pub fn is_of_answers(&self) -> bool {
        self.metrics.contains_key(&Metric::Sensitivity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_no_more_than_it_knows() {
        let json = r#"{"films":{"group":"adults","count":75},"metrics":{"refused":{"value":0.1}}}"#;
        let found: Measurement = serde_json::from_str(json).expect("a record");
        assert_eq!(serde_json::to_string(&found).expect("JSON"), json);
        assert_eq!(found.films.source, Source::Training);
        let estimates: Vec<_> = found.estimates().map(|(metric, estimate, n)| (metric, estimate.value, n)).collect();
        assert_eq!(estimates, [(Metric::Refused, 0.1, 75)]);
        assert!(!found.is_of_answers());
    }

    #[test]
    fn a_word_that_is_not_known_is_refused() {
        for json in [
            r#"{"films":{"group":"dogs","count":75},"metrics":{}}"#,
            r#"{"films":{"group":"adults","count":75,"note":"many"},"metrics":{}}"#,
            r#"{"films":{"group":"adults","count":75},"metrics":{"charm":{"value":1}}}"#,
        ] {
            assert!(serde_json::from_str::<Measurement>(json).is_err(), "{json}");
        }
    }
}
