//! What `lungfield evaluate` finds, as `lungfield.evaluation/1`; `docs/command.md` says what each number is.

use std::collections::HashMap;
use std::path::Path;

use lungfield_reader::{
    Class, Manifest, ModelName, OperatingPoint, Outcome, PredictiveValues, Prevalence, Probability, Reading, Reason,
    Status, Thresholds,
};
#[cfg(test)]
use lungfield_reader::{Orientation, ReportedGate};
use serde::Serialize;

use crate::patient::patient;
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
    /// Sensitivity and specificity at each of the manifest's operating points.
    pub operating_points: Vec<AtPoint>,
    /// What an answer at the operating point is worth at the prevalence that the user gave.
    pub predictive_values: Option<AtPrevalence>,
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
    /// Files of no class.
    pub outside: Vec<String>,
    /// What was said of each film that was read, with its class, for the choice of thresholds.
    #[serde(skip)]
    pub answers: Vec<(Probability, Class)>,
    /// The curve behind `auroc`, for the plot.
    #[serde(skip)]
    pub roc: Option<Roc>,
}

/// What was found at an operating point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AtPoint {
    /// Its name in the manifest.
    pub name: String,
    /// Films are called pneumonia from this probability on.
    pub probability: f64,
    /// Films with pneumonia that are called so.
    pub sensitivity: Option<Proportion>,
    /// Normal films that are not called so.
    pub specificity: Option<Proportion>,
}

impl AtPoint {
    fn new(point: &OperatingPoint, films: &[Scored]) -> Self {
        let called = |film: &&Scored| film.probability.value() >= point.probability;
        let of_class = |pneumonia| films.iter().filter(move |film| film.pneumonia == pneumonia);
        Self {
            name: point.name.clone(),
            probability: point.probability,
            sensitivity: Proportion::among(of_class(true), |film| called(&film)),
            specificity: Proportion::among(of_class(false), |film| !called(&film)),
        }
    }
}

/// Predictive values where pneumonia is so common.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AtPrevalence {
    /// How common it is.
    pub prevalence: Prevalence,
    /// What the answers are worth.
    #[serde(flatten)]
    pub values: PredictiveValues,
}

impl Evaluation {
    /// Sensitivity and specificity as predictive values; `None` if one of them is not known.
    pub fn at(&self, prevalence: Prevalence) -> Option<AtPrevalence> {
        let values = PredictiveValues::new(self.sensitivity?.value, self.specificity?.value, prevalence);
        Some(AtPrevalence { prevalence, values })
    }
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
    probability: Probability,
    /// Whether it lies on the side of pneumonia of the operating point.
    called: bool,
    outcome: Outcome,
}

impl Judged {
    fn class(&self) -> Class {
        if self.scored.pneumonia { Class::Pneumonia } else { Class::Normal }
    }
}

/// The readings of labelled films: what an evaluation needs of them and no more.
#[derive(Debug, Default)]
pub struct Tally {
    judged: Vec<Judged>,
    not_read: Vec<NotRead>,
    /// The number of each patient, by what the films' names say of it.
    patients: HashMap<String, usize>,
}

impl Tally {
    /// Adds the reading of a film of class `label`.
    pub fn add(&mut self, manifest: &Manifest, label: Class, reading: Reading) {
        if let (Some(logit), Some(probability), Some(outcome)) = (reading.logit, reading.probability, reading.outcome) {
            let pneumonia = label == Class::Pneumonia;
            let next = self.patients.len();
            let patient = *self.patients.entry(patient(&reading.file, label).id).or_insert(next);
            self.judged.push(Judged {
                scored: Scored { logit, probability, pneumonia, patient },
                probability,
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
            auroc: Auroc::new(&scored),
            sensitivity: Proportion::among(of_class(true), |film| film.called),
            specificity: Proportion::among(of_class(false), |film| !film.called),
            precision: Proportion::among(judged.iter().filter(|film| film.called), |film| film.scored.pneumonia),
            accuracy: Proportion::among(judged, |film| film.called == film.scored.pneumonia),
            operating_points: manifest.operating_points.iter().map(|point| AtPoint::new(point, &scored)).collect(),
            predictive_values: None,
            expected_calibration_error: calibration.as_ref().map(|found| found.expected_error),
            brier: calibration.as_ref().map(|found| found.brier),
            outcomes: Outcomes {
                likely: with_outcome(Outcome::Likely),
                uncertain: with_outcome(Outcome::Uncertain),
                unlikely: with_outcome(Outcome::Unlikely),
            },
            uncertain: Proportion::among(judged, |film| film.outcome == Outcome::Uncertain),
            accuracy_where_certain: Proportion::among(
                judged.iter().filter(|film| film.outcome != Outcome::Uncertain),
                |film| (film.outcome == Outcome::Likely) == film.scored.pneumonia,
            ),
            calibration_bins: calibration.map_or_else(Vec::new, |found| found.bins),
            not_read: self.not_read,
            outside,
            answers: judged.iter().map(|film| (film.probability, film.class())).collect(),
            roc,
        }
    }
}

/// What the gate says of a film that it lets pass.
#[cfg(test)]
pub const PASSED: ReportedGate = ReportedGate {
    orientation: Orientation::UPRIGHT,
    distance: 1.0,
    unlike_from: 2.0,
    refused_from: 3.0,
    adult_score: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use Class::{Normal, Pneumonia};
    use lungfield_reader::{Error, Heatmap, Kind, Milliseconds, Probability, Stage};
    use serde_json::Value;

    /// The shipped manifest with thresholds and a calibration that are easy to reckon with.
    fn manifest() -> Manifest {
        let mut manifest = Manifest::from_json(include_bytes!("../../../models/manifest.json"))
            .expect("the shipped manifest is sound");
        (manifest.calibration.temperature, manifest.calibration.bias) = (1.0, 0.0);
        let thresholds = &mut manifest.thresholds;
        (thresholds.unlikely_below, thresholds.operating_point, thresholds.likely_from) = (0.25, 0.5, 0.75);
        manifest
    }

    fn evaluate(films: &[(Class, f64)]) -> Evaluation {
        let manifest = manifest();
        let mut tally = Tally::default();
        for &(label, probability) in films {
            let logit = (probability / (1.0 - probability)).ln();
            let heatmap = Heatmap::new(1, 1, vec![0.0], label);
            let reading = Reading::read("film", &manifest, logit, &heatmap, PASSED, Milliseconds::default());
            tally.add(&manifest, label, reading);
        }
        for kind in [Kind::TooSmall, Kind::Damaged, Kind::Empty] {
            let error = Error::new(Stage::Decode, kind, "no film");
            let reading = Reading::without_answer("bad", &manifest, &error, Milliseconds::default());
            tally.add(&manifest, Class::Pneumonia, reading);
        }
        tally.evaluate(Path::new("films"), vec!["notes.txt".into()], &manifest)
    }

    fn counts(share: Option<Proportion>) -> (usize, usize) {
        share.map_or((0, 0), |share| (share.count, share.of))
    }

    #[test]
    fn films_are_ranked_by_logit_where_the_probability_is_saturated() {
        let manifest = manifest();
        let mut tally = Tally::default();
        for (label, logit) in [(Normal, 50.0), (Pneumonia, 60.0)] {
            let heatmap = Heatmap::new(1, 1, vec![0.0], label);
            let reading = Reading::read("film", &manifest, logit, &heatmap, PASSED, Milliseconds::default());
            assert_eq!(reading.probability.map(Probability::value), Some(1.0));
            tally.add(&manifest, label, reading);
        }
        let found = tally.evaluate(Path::new("films"), Vec::new(), &manifest);
        assert_eq!(found.auroc.map(|auroc| auroc.value), Some(1.0));
    }

    #[test]
    fn every_film_is_counted_where_it_belongs() {
        let found = evaluate(&[
            (Normal, 0.1),
            (Normal, 0.2),
            (Normal, 0.4),
            (Normal, 0.6),
            (Normal, 0.9),
            (Pneumonia, 0.15),
            (Pneumonia, 0.45),
            (Pneumonia, 0.7),
            (Pneumonia, 0.8),
            (Pneumonia, 0.95),
            (Pneumonia, 0.97),
        ]);
        assert_eq!(found.films, Films { normal: 5, pneumonia: 6, refused: 1, failed: 2 });
        assert_eq!(counts(found.sensitivity), (4, 6));
        assert_eq!(counts(found.specificity), (3, 5));
        assert_eq!(counts(found.precision), (4, 6));
        assert_eq!(counts(found.accuracy), (7, 11));
        assert_eq!(found.outcomes.likely, ByClass { normal: 1, pneumonia: 3 });
        assert_eq!(found.outcomes.uncertain, ByClass { normal: 2, pneumonia: 2 });
        assert_eq!(found.outcomes.unlikely, ByClass { normal: 2, pneumonia: 1 });
        assert_eq!(counts(found.uncertain), (4, 11));
        assert_eq!(counts(found.accuracy_where_certain), (5, 7));
        // Of the 30 pairs, films with pneumonia are above 1, 3, 4, 4, 5 and 5 normal ones.
        assert_eq!(found.auroc.map(|auroc| auroc.value), Some(22.0 / 30.0));
    }

    /// `training/lungfield_training/statistics_golden.py` wrote what is expected.
    #[test]
    fn training_makes_the_same_of_the_same_predictions() {
        let expected: Value =
            serde_json::from_str(include_str!("../../../tests/golden/statistics.json")).expect("JSON");
        let number = |value: &Value| value.as_f64().expect("a number");
        let mut manifest = manifest();
        manifest.calibration.temperature = number(&expected["calibration"]["temperature"]);
        manifest.calibration.bias = number(&expected["calibration"]["bias"]);
        let (ours, theirs) = (&mut manifest.thresholds, &expected["thresholds"]);
        ours.unlikely_below = number(&theirs["unlikely_below"]);
        ours.operating_point = number(&theirs["operating_point"]);
        ours.likely_from = number(&theirs["likely_from"]);
        let points = expected["operating_points"].as_array().expect("points");
        for (ours, theirs) in manifest.operating_points.iter_mut().zip(points) {
            ours.probability = number(&theirs["probability"]);
        }
        let mut tally = Tally::default();
        for film in include_str!("../../../tests/golden/predictions.csv").lines().skip(1) {
            let fields: Vec<&str> = film.split(',').collect();
            let label = if fields[1] == "1" { Pneumonia } else { Normal };
            let logit = fields[2].parse().expect("a logit");
            let heatmap = Heatmap::new(1, 1, vec![0.0], label);
            let reading = Reading::read(fields[0], &manifest, logit, &heatmap, PASSED, Milliseconds::default());
            tally.add(&manifest, label, reading);
        }
        let found = tally.evaluate(Path::new("films"), Vec::new(), &manifest);
        let same =
            |found: f64, expected: &Value| assert!((found - number(expected)).abs() < 1e-9, "{found} {expected}");
        let same_share = |found: Option<Proportion>, expected: &Value| {
            let found = found.expect("films");
            assert_eq!(found.of as u64, expected["n"]);
            same(found.value, &expected["value"]);
            same(found.low, &expected["low"]);
            same(found.high, &expected["high"]);
        };
        let metrics = &expected["metrics"];
        let auroc = found.auroc.expect("both classes");
        same(auroc.value, &metrics["auroc"]["value"]);
        same(auroc.low, &metrics["auroc"]["low"]);
        same(auroc.high, &metrics["auroc"]["high"]);
        same_share(found.sensitivity, &metrics["sensitivity"]);
        same_share(found.specificity, &metrics["specificity"]);
        same_share(found.accuracy, &metrics["accuracy"]);
        same_share(found.uncertain, &metrics["uncertain"]);
        same_share(found.accuracy_where_certain, &metrics["accuracy_where_certain"]);
        same(found.expected_calibration_error.expect("films"), &metrics["calibration_error"]["value"]);
        same(found.brier.expect("films"), &metrics["brier"]["value"]);
        assert_eq!(found.operating_points.len(), points.len());
        for (found, expected) in found.operating_points.iter().zip(points) {
            same_share(found.sensitivity, &expected["sensitivity"]);
            same_share(found.specificity, &expected["specificity"]);
        }
    }

    #[test]
    fn films_without_an_answer_are_named_and_in_no_share() {
        let found = evaluate(&[(Normal, 0.1)]);
        assert_eq!(counts(found.accuracy), (1, 1));
        let kinds: Vec<_> = found.not_read.iter().filter_map(|film| Some(film.reason.as_ref()?.kind)).collect();
        assert_eq!(kinds, [Kind::TooSmall, Kind::Damaged, Kind::Empty]);
        assert_eq!(found.outside, ["notes.txt"]);
    }

    #[test]
    fn what_films_of_one_class_do_not_tell_is_not_told() {
        let found = evaluate(&[(Normal, 0.1), (Normal, 0.6)]);
        assert_eq!((found.auroc, found.sensitivity), (None, None));
        assert_eq!(counts(found.specificity), (1, 2));
        let none = evaluate(&[]);
        assert_eq!((none.accuracy, none.brier, none.uncertain), (None, None, None));
    }
}
