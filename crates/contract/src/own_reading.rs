use serde::{Deserialize, Serialize};

use crate::{Class, Error, Milliseconds, Outcome, Reason, Rectangle, ReportedGate, ReportedHeatmap, Status, Warning};

/// What a model of a hospital's own says of one film: `lungfield.own-reading/1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnReading {
    /// Always `lungfield.own-reading/1`.
    pub schema: String,
    /// The film's name as the user gave it.
    pub file: String,
    /// Read, refused or failed.
    pub status: Status,
    /// Why there is no answer; `None` when the film was read.
    pub reason: Option<Reason>,
    /// Whose model it is.
    pub model: OwnModelName,
    /// What Lungfield's gate made of the film; `None` where the model does without.
    pub gate: Option<ReportedGate>,
    /// What to keep in mind.
    pub warnings: Vec<Warning>,
    /// One for each class.
    pub findings: Vec<Finding>,
    /// How long each stage took.
    pub milliseconds: Milliseconds,
}

/// Whose model it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnModelName {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whose it is.
    pub site: String,
    /// SHA-256 of its ONNX file.
    pub sha256: String,
    /// Always false: Lungfield has measured nothing of it.
    pub measured: bool,
    /// The same in words.
    pub notice: String,
}

/// What the model says of one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The class, in the hospital's words.
    pub class: String,
    /// Its code, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The network's number.
    pub output: f64,
    /// The logit, where it can be told.
    pub logit: Option<f64>,
    /// The probability.
    pub probability: f64,
    /// The answer, where the model has thresholds for it.
    pub outcome: Option<Outcome>,
    /// Where the model looked.
    pub heatmap: Option<OwnHeatmap>,
}

/// Where the model looked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnHeatmap {
    /// Rows of the grid.
    pub rows: usize,
    /// Columns of the grid.
    pub columns: usize,
    /// Grad-CAM, row by row, at least 0, in units of the logit.
    pub values: Vec<f32>,
    /// What of the film, as it is hung, the cells cover.
    pub frame: Rectangle,
    /// The value that is painted at full colour.
    pub full_scale: f32,
    /// `grad-cam`, by reverse rules or by differences.
    pub method: String,
    /// The explained layer.
    pub layer: String,
}

impl OwnReading {
    /// The reading with why there is no answer.
    #[must_use]
    pub fn without_answer(self, error: &Error) -> Self {
        let status = if error.kind().is_refusal() { Status::Refused } else { Status::Failed };
        Self { status, reason: Some(Reason { kind: error.kind(), message: error.to_string() }), ..self }
    }
}

impl OwnHeatmap {
    /// As it is painted: as what speaks for pneumonia is, whatever the class.
    pub fn painted(&self) -> ReportedHeatmap {
        ReportedHeatmap {
            rows: self.rows,
            columns: self.columns,
            values: self.values.clone(),
            frame: self.frame,
            class: Class::Pneumonia,
            full_scale: self.full_scale,
            method: self.method.clone(),
            layer: self.layer.clone(),
        }
    }
}

/// What is to be known of a model of a hospital's own that has been opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnFacts {
    /// Whose it is.
    pub model: OwnModelName,
    /// Whose films it is for.
    pub population: String,
    /// What it is not for.
    pub not_for: String,
    /// Its licence.
    pub licence: String,
    /// What it says something of.
    pub classes: Vec<String>,
    /// What Lungfield's gate refuses it refuses too.
    pub through_gate: bool,
    /// Why it has no heatmap; `None` where it has one.
    pub without_heatmap: Option<String>,
    /// SHA-256 of the archive that it came in.
    pub archive_sha256: String,
}
