//! What `lungfield evaluate` finds, as `lungfield.evaluation/1`; `docs/command.md` says what each number is.

use std::path::Path;

use lungfield_reader::{Class, Manifest, ModelName, Outcome, Reading, Reason, Status, Thresholds};
use serde::Serialize;

use crate::statistics::{Auroc, Bin, Calibration, Proportion, Roc, Scored};

/// How good the model is on labelled films. A number that these films do not give (a class is missing, say) is `None`.
#[derive(Debug, Serialize)]
pub struct Evaluation {
    /// Always `lungfield.evaluation/1`.
    pub schema: &'static str,
    /// The folder as the user gave it.
    pub folder: String,
    /// Which model read.
    pub model: ModelName,
    /// The thresholds that it was judged at.
    pub thresholds: Thresholds,
    /// How many films there were.
    pub films: Films,
    /// The area under the receiver operating characteristic.
    pub auroc: Option<Auroc>,
    /// Films with pneumonia that were found at the operating point.
    pub sensitivity: Option<Proportion>,
    /// Normal films that were left alone at the operating point.
    pub specificity: Option<Proportion>,
    /// Films called pneumonia at the operating point that show it.
    pub precision: Option<Proportion>,
    /// Films on the right side of the operating point.
    pub accuracy: Option<Proportion>,
    /// The expected calibration error.
    pub expected_calibration_error: Option<f64>,
    /// Brier's score.
    pub brier: Option<f64>,
    /// The three answers by class.
    pub outcomes: Outcomes,
    /// Films that were called uncertain.
    pub uncertain: Option<Proportion>,
    /// Films not called uncertain whose answer was right.
    pub accuracy_where_certain: Option<Proportion>,
    /// Bins of probability that hold films.
    pub calibration_bins: Vec<Bin>,
    /// Films without an answer. They are in no number above but `films`.
    pub not_read: Vec<NotRead>,
    /// Files that lie in no folder NORMAL or PNEUMONIA.
    pub outside: Vec<String>,
    /// The curve behind `auroc`, for the plot.
    #[serde(skip)]
    pub roc: Option<Roc>,
}

/// How many films there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Films {
    /// Without pneumonia, and read.
    pub normal: usize,
    /// With pneumonia, and read.
    pub pneumonia: usize,
    /// Without an answer on purpose.
    pub refused: usize,
    /// That could not be read.
    pub failed: usize,
}

/// The three answers by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// Called likely.
    pub likely: ByClass,
    /// Called uncertain.
    pub uncertain: ByClass,
    /// Called unlikely.
    pub unlikely: ByClass,
}

/// Films of each class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByClass {
    /// Without pneumonia.
    pub normal: usize,
    /// With pneumonia.
    pub pneumonia: usize,
}

/// A film without an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotRead {
    /// Its path below the folder.
    pub file: String,
    /// Refused or failed.
    pub status: Status,
    /// Why.
    pub reason: Option<Reason>,
}

/// A labelled film that was read.
#[derive(Clone, Copy, Debug)]
struct Judged {
    scored: Scored,
    /// Whether it lies on the side of pneumonia of the operating point.
    called: bool,
    outcome: Outcome,
}

/// The readings of labelled films: what an evaluation needs of them and no more.
#[derive(Debug, Default)]
pub struct Tally {
    judged: Vec<Judged>,
    not_read: Vec<NotRead>,
}

impl Tally {
    /// Adds the reading of a film of class `label`.
    pub fn add(&mut self, manifest: &Manifest, label: Class, reading: Reading) {
        if let (Some(probability), Some(outcome)) = (reading.probability, reading.outcome) {
            self.judged.push(Judged {
                scored: Scored { probability: probability.value(), pneumonia: label == Class::Pneumonia },
                called: manifest.class(probability) == Class::Pneumonia,
                outcome,
            });
        } else {
            let Reading { file, status, reason, .. } = reading;
            self.not_read.push(NotRead { file, status, reason });
        }
    }

    /// Everything that the readings tell of the model.
    pub fn evaluate(self, folder: &Path, outside: Vec<String>, manifest: &Manifest) -> Evaluation {
        let judged = &self.judged;
        let scored: Vec<Scored> = judged.iter().map(|film| film.scored).collect();
        let of_class = |pneumonia| judged.iter().filter(move |film| film.scored.pneumonia == pneumonia);
        let with_outcome = |outcome| {
            let count = |pneumonia| of_class(pneumonia).filter(|film| film.outcome == outcome).count();
            ByClass { normal: count(false), pneumonia: count(true) }
        };
        let with_status = |status| self.not_read.iter().filter(|film| film.status == status).count();
        let roc = Roc::new(&scored);
        let calibration = Calibration::new(&scored);
        Evaluation {
            schema: "lungfield.evaluation/1",
            folder: folder.display().to_string(),
            model: ModelName {
                name: manifest.name.clone(),
                version: manifest.version.clone(),
                sha256: manifest.sha256.clone(),
            },
            thresholds: manifest.thresholds.clone(),
            films: Films {
                normal: of_class(false).count(),
                pneumonia: of_class(true).count(),
                refused: with_status(Status::Refused),
                failed: with_status(Status::Failed),
            },
            auroc: roc.as_ref().map(Roc::auroc),
            sensitivity: Proportion::of(of_class(true), |film| film.called),
            specificity: Proportion::of(of_class(false), |film| !film.called),
            precision: Proportion::of(judged.iter().filter(|film| film.called), |film| film.scored.pneumonia),
            accuracy: Proportion::of(judged, |film| film.called == film.scored.pneumonia),
            expected_calibration_error: calibration.as_ref().map(|found| found.expected_error),
            brier: calibration.as_ref().map(|found| found.brier),
            outcomes: Outcomes {
                likely: with_outcome(Outcome::Likely),
                uncertain: with_outcome(Outcome::Uncertain),
                unlikely: with_outcome(Outcome::Unlikely),
            },
            uncertain: Proportion::of(judged, |film| film.outcome == Outcome::Uncertain),
            accuracy_where_certain: Proportion::of(
                judged.iter().filter(|film| film.outcome != Outcome::Uncertain),
                |film| (film.outcome == Outcome::Likely) == film.scored.pneumonia,
            ),
            calibration_bins: calibration.map_or_else(Vec::new, |found| found.bins),
            not_read: self.not_read,
            outside,
            roc,
        }
    }
}
