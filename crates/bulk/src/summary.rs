//! What came of an archive: that every film is there once, and how many got which answer.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::index::{Index, fingerprint, ids_sha256};

/// What the folder of a run holds: `lungfield.summary/1`.
#[derive(Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Always `lungfield.summary/1`.
    pub schema: String,
    /// What was indexed.
    pub source: String,
    /// How many films the index has.
    pub films: u64,
    /// How many have an answer.
    pub answered: u64,
    /// Parts that are still to be read.
    pub parts_to_read: Vec<String>,
    /// Parts whose films are not the index's, in its order.
    pub parts_that_differ: Vec<String>,
    /// Parts that the index does not have.
    pub parts_too_many: Vec<String>,
    /// Films that have more than one answer.
    pub answered_twice: u64,
    /// How many films got which answer, by model and quality.
    pub groups: Vec<Group>,
    /// The thresholds that they were answered at: several where a run went on with others.
    pub thresholds: Vec<Thresholds>,
    /// Why films were refused or failed, and how many.
    pub reasons: BTreeMap<String, u64>,
}

/// Films of a model and a quality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// SHA-256 of the model.
    pub model_sha256: String,
    /// The grade; `None` for films whose quality was not told.
    pub quality: Option<String>,
    /// How many got which answer.
    #[serde(flatten)]
    pub answers: Answers,
}

/// What an outcome was told by, as probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Thresholds {
    /// Below this "unlikely".
    pub unlikely_below: f64,
    /// From this on "likely".
    pub likely_from: f64,
}

/// How many films got which answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answers {
    /// Pneumonia is likely.
    pub likely: u64,
    /// Neither.
    pub uncertain: u64,
    /// Pneumonia is unlikely.
    pub unlikely: u64,
    /// No answer is given.
    pub refused: u64,
    /// They could not be read.
    pub failed: u64,
}

impl Answers {
    /// The answers by name.
    pub fn named(&self) -> [(&'static str, u64); 5] {
        [
            ("likely", self.likely),
            ("uncertain", self.uncertain),
            ("unlikely", self.unlikely),
            ("refused", self.refused),
            ("failed", self.failed),
        ]
    }

    /// How many films that are.
    pub fn films(&self) -> u64 {
        self.named().iter().map(|(_, films)| films).sum()
    }

    fn add(&mut self, answer: &Answer) {
        let count = match (answer.status.as_str(), answer.outcome.as_deref()) {
            ("read", Some("likely")) => &mut self.likely,
            ("read", Some("uncertain")) => &mut self.uncertain,
            ("read", Some("unlikely")) => &mut self.unlikely,
            ("refused", _) => &mut self.refused,
            _ => &mut self.failed,
        };
        *count += 1;
    }
}

impl Summary {
    /// Reads all answers in a folder.
    ///
    /// # Errors
    /// When it is no run's folder, or a part of it is damaged.
    pub fn of(out: &Path) -> Result<Self> {
        let index = Index::open(out)?;
        let (mut to_read, mut differ, mut answered, mut twice) = (Vec::new(), Vec::new(), 0, 0);
        let mut seen: HashSet<[u8; 16]> = HashSet::with_capacity(index.films.try_into().unwrap_or(0));
        let mut groups: BTreeMap<(String, Option<String>), Answers> = BTreeMap::new();
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        let mut thresholds: Vec<Thresholds> = Vec::new();
        for part in &index.parts {
            let path = out.join(&part.file);
            if !path.exists() {
                to_read.push(part.file.clone());
                continue;
            }
            let mut ids = Vec::new();
            for answer in Answer::read(&path)? {
                twice += u64::from(!seen.insert(fingerprint(&answer.id)));
                if let Some(reason) = &answer.reason {
                    *reasons.entry(reason.clone()).or_default() += 1;
                }
                if let (Some(unlikely_below), Some(likely_from)) = (answer.unlikely_below, answer.likely_from) {
                    let told_by = Thresholds { unlikely_below, likely_from };
                    if !thresholds.contains(&told_by) {
                        thresholds.push(told_by);
                    }
                }
                groups.entry((answer.model_sha256.clone(), answer.quality.clone())).or_default().add(&answer);
                ids.push(answer.id);
            }
            answered += ids.len() as u64;
            if ids_sha256(ids.iter().map(String::as_str)) != part.ids_sha256 {
                differ.push(part.file.clone());
            }
        }
        let groups =
            groups.into_iter().map(|((model_sha256, quality), answers)| Group { model_sha256, quality, answers });
        Ok(Self {
            schema: "lungfield.summary/1".into(),
            films: index.films,
            answered,
            parts_to_read: to_read,
            parts_that_differ: differ,
            parts_too_many: too_many(out, &index)?,
            answered_twice: twice,
            groups: groups.collect(),
            thresholds,
            reasons,
            source: index.source,
        })
    }

    /// Whether every film of the index has one answer, and no other film has any.
    pub fn is_complete(&self) -> bool {
        let lists = [&self.parts_to_read, &self.parts_that_differ, &self.parts_too_many];
        lists.iter().all(|list| list.is_empty()) && self.answered == self.films && self.answered_twice == 0
    }
}

fn too_many(out: &Path, index: &Index) -> Result<Vec<String>> {
    let known: HashSet<&str> = index.parts.iter().map(|part| part.file.as_str()).collect();
    let names = fs::read_dir(out).map_err(|e| Error::read(out, &e))?.flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| is_part(name) && !known.contains(name.as_str())).collect();
    names.sort_unstable();
    Ok(names)
}

fn is_part(name: &str) -> bool {
    name.starts_with("part-") && name.ends_with(".parquet")
}
