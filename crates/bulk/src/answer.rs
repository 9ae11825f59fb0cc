use std::path::Path;
use std::time::Instant;

use lungfield_reader::{Error as Reason, ReadOptions, Reader, Reading};
use parquet::record::Row;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::index::name;
use crate::table;
pub use crate::table::Column;

/// A row of the output: what of a reading answers the question, film by film.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The film's, as the index has it.
    pub id: String,
    /// `read`, `refused` or `failed`.
    pub status: String,
    /// Why there is no answer: a reading's `reason.kind`, or `hung` or `crashed`.
    pub reason: Option<String>,
    /// The same in words.
    pub message: Option<String>,
    /// The network's score.
    #[serde(with = "exact")]
    pub logit: Option<f64>,
    /// The calibrated probability of pneumonia.
    #[serde(with = "exact")]
    pub probability: Option<f64>,
    /// `likely`, `uncertain` or `unlikely`.
    pub outcome: Option<String>,
    /// Below which probability the outcome was "unlikely": the model's threshold, or a site's.
    #[serde(with = "exact")]
    pub unlikely_below: Option<f64>,
    /// From which on it was "likely".
    #[serde(with = "exact")]
    pub likely_from: Option<f64>,
    /// The kinds of what to keep in mind, with a space between them.
    pub warnings: String,
    /// How good the film is to read: `adequate`, `suboptimal` or `uninterpretable`.
    pub quality: Option<String>,
    /// SHA-256 of the model that answered.
    pub model_sha256: String,
    /// How long decoding and reading took, in milliseconds.
    #[serde(with = "exact")]
    pub ms: Option<f64>,
}

impl From<&Reading> for Answer {
    fn from(reading: &Reading) -> Self {
        let t = &reading.milliseconds;
        let warnings: Vec<String> = reading.warnings.iter().filter_map(|warning| name(&warning.kind)).collect();
        Self {
            id: String::new(),
            status: name(&reading.status).unwrap_or_default(),
            reason: reading.reason.as_ref().and_then(|reason| name(&reason.kind)),
            message: reading.reason.as_ref().map(|reason| reason.message.clone()),
            logit: reading.logit,
            probability: reading.probability.map(|probability| probability.value()),
            outcome: reading.outcome.as_ref().and_then(name),
            unlikely_below: reading.outcome.map(|_| reading.thresholds.unlikely_below),
            likely_from: reading.outcome.map(|_| reading.thresholds.likely_from),
            warnings: warnings.join(" "),
            quality: reading.quality.as_ref().and_then(|quality| name(&quality.grade)),
            model_sha256: reading.model.sha256.clone(),
            ms: Some(t.decode + t.prepare + t.infer + t.check + t.explain),
        }
    }
}

impl Answer {
    /// Of a film with these bytes.
    pub fn of_film(reader: &Reader, bytes: &[u8]) -> Self {
        let started = Instant::now();
        let clock = || started.elapsed().as_secs_f64() * 1000.0;
        let options = ReadOptions { clock: Some(&clock), ..ReadOptions::default() };
        Self::from(&reader.read("", bytes, options).reading)
    }

    /// Of a film whose bytes cannot be had, and why.
    pub fn without_bytes(reason: &Reason, model_sha256: &str) -> Self {
        let answer = Self::failed(&name(&reason.kind()).unwrap_or_default(), reason.to_string(), model_sha256);
        if reason.kind().is_refusal() { Self { status: "refused".into(), ..answer } } else { answer }
    }

    /// Of a film that could not be read.
    pub fn failed(reason: &str, message: impl Into<String>, model_sha256: &str) -> Self {
        Self {
            status: "failed".into(),
            reason: Some(reason.into()),
            message: Some(message.into()),
            model_sha256: model_sha256.into(),
            ..Self::default()
        }
    }

    /// The rows of a part.
    ///
    /// # Errors
    /// When there is no such part, or it is damaged.
    pub fn read(path: &Path) -> Result<Vec<Self>> {
        table::rows(path, None)?.map(|row| Ok(Self::of_row(&row?))).collect()
    }

    /// The columns of a part, by name and in order.
    pub fn columns(answers: &[Self]) -> Vec<(&'static str, Column)> {
        let text = |of: fn(&Self) -> Option<String>| Column::Text(answers.iter().map(of).collect());
        let number = |of: fn(&Self) -> Option<f64>| Column::Number(answers.iter().map(of).collect());
        vec![
            ("id", text(|answer| Some(answer.id.clone()))),
            ("status", text(|answer| Some(answer.status.clone()))),
            ("reason", text(|answer| answer.reason.clone())),
            ("message", text(|answer| answer.message.clone())),
            ("logit", number(|answer| answer.logit)),
            ("probability", number(|answer| answer.probability)),
            ("outcome", text(|answer| answer.outcome.clone())),
            ("unlikely_below", number(|answer| answer.unlikely_below)),
            ("likely_from", number(|answer| answer.likely_from)),
            ("warnings", text(|answer| Some(answer.warnings.clone()))),
            ("quality", text(|answer| answer.quality.clone())),
            ("model_sha256", text(|answer| Some(answer.model_sha256.clone()))),
            ("ms", number(|answer| answer.ms)),
        ]
    }

    fn of_row(row: &Row) -> Self {
        let mut answer = Self::default();
        for (name, field) in table::values(row) {
            match name {
                "id" => answer.id = table::text(field).unwrap_or_default(),
                "status" => answer.status = table::text(field).unwrap_or_default(),
                "reason" => answer.reason = table::text(field),
                "message" => answer.message = table::text(field),
                "logit" => answer.logit = table::number(field),
                "probability" => answer.probability = table::number(field),
                "outcome" => answer.outcome = table::text(field),
                "unlikely_below" => answer.unlikely_below = table::number(field),
                "likely_from" => answer.likely_from = table::number(field),
                "warnings" => answer.warnings = table::text(field).unwrap_or_default(),
                "quality" => answer.quality = table::text(field),
                "model_sha256" => answer.model_sha256 = table::text(field).unwrap_or_default(),
                "ms" => answer.ms = table::number(field),
                _ => {}
            }
        }
        answer
    }
}

/// Numbers to the last bit: serde_json may read a decimal fraction as the number beside it.
mod exact {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        number.map(f64::to_bits).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(f64::from_bits))
    }
}
