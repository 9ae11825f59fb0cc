use serde::{Deserialize, Serialize};

use crate::{
    Class, Error, Evidence, HeaderFacts, Heatmap, Kind, Lungs, Manifest, Outcome, Photograph, Prevalence, Probability,
    Quality, Rectangle, ReportedGate, SiteFilms, Warning,
};

/// What is said of one film: `lungfield.reading/1`, one JSON object, from the command and the page alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Always `lungfield.reading/1`.
    pub schema: String,
    /// The file's name as the user gave it.
    pub file: String,
    /// Read, refused or failed.
    pub status: Status,
    /// Why there is no answer; `None` when the film was read.
    pub reason: Option<Reason>,
    /// The network's raw score of pneumonia.
    pub logit: Option<f64>,
    /// The calibrated probability of pneumonia.
    pub probability: Option<Probability>,
    /// The probability restated for a prevalence that the user gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restated: Option<Restated>,
    /// The answer.
    pub outcome: Option<Outcome>,
    /// The thresholds that the outcome was given at.
    pub thresholds: ReportedThresholds,
    /// What to keep in mind with this answer.
    pub warnings: Vec<Warning>,
    /// What the gate made of the film; `None` when it did not get there.
    pub gate: Option<ReportedGate>,
    /// What is known of the photograph that the film was found in; `None` for a film's own file.
    pub photograph: Option<Photograph>,
    /// Where the lungs lie, which is what was read; `None` when it did not get there.
    pub lungs: Option<Lungs>,
    /// How good the film is to read; `None` when it did not get there.
    pub quality: Option<Quality>,
    /// Where the model looked.
    pub heatmap: Option<ReportedHeatmap>,
    /// Which model answered.
    pub model: ModelName,
    /// How long each stage took.
    pub milliseconds: Milliseconds,
}

/// A probability restated for a prevalence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restated {
    /// How common pneumonia is among the films that are read.
    pub prevalence: Prevalence,
    /// The probability there.
    pub probability: Probability,
}

/// How a film's way ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// There is an answer.
    Read,
    /// Understood, and no answer is given.
    Refused,
    /// The file could not be read.
    Failed,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// To match on.
    pub kind: Kind,
    /// In words: the stage, the place, what to do.
    pub message: String,
}

/// The thresholds of a reading, as probabilities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportedThresholds {
    /// Where sensitivity and specificity are stated.
    pub operating_point: f64,
    /// Below this the outcome is "unlikely".
    pub unlikely_below: f64,
    /// From this on the outcome is "likely".
    pub likely_from: f64,
    /// The site's films that they were chosen on; `None` for the model's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteFilms>,
}

impl ReportedThresholds {
    fn of(manifest: &Manifest) -> Self {
        let t = &manifest.thresholds;
        Self {
            operating_point: t.operating_point,
            unlikely_below: t.unlikely_below,
            likely_from: t.likely_from,
            site: t.site.clone(),
        }
    }
}

/// The heatmap of a reading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportedHeatmap {
    /// Rows of the grid.
    pub rows: usize,
    /// Columns of the grid.
    pub columns: usize,
    /// Grad-CAM, row by row, at least 0, in units of the logit.
    pub values: Vec<f32>,
    /// What of the film, as it is hung, the cells cover: there is no heat beyond it.
    pub frame: Rectangle,
    /// The class that it explains.
    pub class: Class,
    /// The value that is painted at full colour.
    pub full_scale: f32,
    /// Always `grad-cam`.
    pub method: String,
    /// The explained layer.
    pub layer: String,
}

impl ReportedHeatmap {
    fn map(&self) -> Heatmap {
        Heatmap::new(self.rows, self.columns, self.values.clone(), self.class).over(self.frame)
    }

    /// What it has to show of a film whose lungs lie there.
    pub fn evidence(&self, lungs: Option<&Lungs>) -> Evidence {
        self.map().evidence(self.full_scale, lungs)
    }

    /// The places that stand out, as [`Heatmap::paint`] paints them; where none does, nothing.
    pub fn paint(&self, width: usize, height: usize, lungs: Option<&Lungs>) -> Vec<u8> {
        match self.evidence(lungs) {
            Evidence::Places { .. } => self.map().paint(width, height, self.full_scale),
            Evidence::Weak | Evidence::NoPlace => vec![0; width * height * 4],
        }
    }
}

/// Which model answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelName {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its file.
    pub sha256: String,
}

/// How long each stage took, in milliseconds; 0 for a stage that was not reached. A film that was put right went
/// through preparing and inferring twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Milliseconds {
    /// Bytes to radiograph.
    pub decode: f64,
    /// Radiograph to model input.
    pub prepare: f64,
    /// Model input to logit.
    pub infer: f64,
    /// Whether the picture is a film that can be read, and how good it is to read.
    pub check: f64,
    /// Logit to heatmap.
    pub explain: f64,
}

impl Reading {
    /// A reading without an answer yet.
    fn unanswered(file: &str, manifest: &Manifest, status: Status, milliseconds: Milliseconds) -> Self {
        Self {
            schema: "lungfield.reading/1".into(),
            file: file.into(),
            status,
            reason: None,
            logit: None,
            probability: None,
            restated: None,
            outcome: None,
            thresholds: ReportedThresholds::of(manifest),
            warnings: Vec::new(),
            gate: None,
            photograph: None,
            lungs: None,
            quality: None,
            heatmap: None,
            model: ModelName {
                name: manifest.name.clone(),
                version: manifest.version.clone(),
                sha256: manifest.sha256.clone(),
            },
            milliseconds,
        }
    }

    /// The reading of a film that was read: `logit`, its heatmap, and what the gate made of it.
    pub fn read(
        file: &str,
        manifest: &Manifest,
        logit: f64,
        heatmap: &Heatmap,
        gate: ReportedGate,
        milliseconds: Milliseconds,
    ) -> Self {
        let probability = manifest.probability(logit);
        Self {
            warnings: gate.warnings(),
            gate: Some(gate),
            logit: Some(logit),
            probability: Some(probability),
            outcome: Some(manifest.outcome(probability)),
            heatmap: Some(ReportedHeatmap::new(heatmap, manifest)),
            ..Self::unanswered(file, manifest, Status::Read, milliseconds)
        }
    }

    /// The reading as it is at the thresholds of its model's manifest: a site's, with [`Manifest::at_site`], or the model's own.
    #[must_use]
    pub fn at_thresholds_of(self, manifest: &Manifest) -> Self {
        let outcome = self.probability.map(|probability| manifest.outcome(probability));
        Self { outcome, thresholds: ReportedThresholds::of(manifest), ..self }
    }

    /// The reading with its probability restated for a prevalence as well. The outcome stays: its thresholds are about
    /// what the film shows.
    #[must_use]
    pub fn with_prevalence(mut self, prevalence: Prevalence) -> Self {
        self.restated =
            self.probability.map(|probability| Restated { prevalence, probability: probability.at(prevalence) });
        self
    }

    /// The reading with what the film's header adds to keep in mind.
    #[must_use]
    pub fn with_header(mut self, header: &HeaderFacts) -> Self {
        self.warnings.extend(header.warnings());
        self
    }

    /// The reading with more to keep in mind.
    #[must_use]
    pub fn with_warnings(mut self, warnings: Vec<Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    /// The reading with the photograph that the film was found in, and what that adds to keep in mind with an answer.
    #[must_use]
    pub fn with_photograph(mut self, photograph: Option<Photograph>) -> Self {
        if self.status == Status::Read {
            self.warnings.extend(photograph.as_ref().map(Photograph::warning));
        }
        self.photograph = photograph;
        self
    }

    /// The reading with where the lungs lie.
    #[must_use]
    pub fn with_lungs(mut self, lungs: Lungs) -> Self {
        self.warnings.extend(lungs.warning());
        self.lungs = Some(lungs);
        self
    }

    /// The reading with how good the film is, and what that adds to keep in mind.
    #[must_use]
    pub fn with_quality(mut self, quality: Quality) -> Self {
        self.warnings.extend(quality.warning());
        self.quality = Some(quality);
        self
    }

    /// The reading of a film that has no answer, and why.
    pub fn without_answer(file: &str, manifest: &Manifest, error: &Error, milliseconds: Milliseconds) -> Self {
        let status = if error.kind().is_refusal() { Status::Refused } else { Status::Failed };
        let reason = Reason { kind: error.kind(), message: error.to_string() };
        Self { reason: Some(reason), ..Self::unanswered(file, manifest, status, milliseconds) }
    }
}

impl ReportedHeatmap {
    /// A map with what the manifest says of it.
    pub fn new(map: &Heatmap, manifest: &Manifest) -> Self {
        Self {
            rows: map.rows(),
            columns: map.columns(),
            values: map.values().to_vec(),
            frame: map.frame(),
            class: map.class(),
            full_scale: manifest.heatmap.full_scale.of(map.class()),
            method: manifest.heatmap.method.clone(),
            layer: manifest.heatmap.layer.clone(),
        }
    }
}
