//! `lungfield summary`: what came of an archive, and whether it is whole.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use lungfield_bulk::Summary;

use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::outcomes_plot;

/// Check the answers of `read --index`, and count them
///
/// Says whether every film of the index has one answer, and how many got which, by model and by how good the films are to
/// read. Exit status: 0 when every film has one answer, 2 otherwise.
#[derive(Args)]
pub struct Summarise {
    /// The folder that `read --index` wrote
    #[arg(value_name = "OUT")]
    out: PathBuf,

    /// Print the numbers as JSON (lungfield.summary/1)
    #[arg(long)]
    json: bool,

    /// Write outcomes.svg to DIR
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
}

impl Summarise {
    /// Reads all answers and prints what they come to.
    ///
    /// # Errors
    /// When the folder is no run's, a part is damaged, or an output cannot be written.
    pub fn run(&self) -> Result<Exit> {
        let summary = Summary::of(&self.out)?;
        if let Some(folder) = &self.plots {
            fs::create_dir_all(folder).map_err(|e| Error::write(folder, &e))?;
            let path = folder.join("outcomes.svg");
            fs::write(&path, outcomes_plot::outcomes(&summary)).map_err(|e| Error::write(&path, &e))?;
        }
        let mut out = io::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, &summary).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            print(&mut out, &summary)?;
        }
        Ok(if summary.is_complete() { Exit::AllRead } else { Exit::SomeNotRead })
    }
}

fn print(out: &mut impl Write, found: &Summary) -> io::Result<()> {
    writeln!(out, "{}: {} films, {} answered", found.source, found.films, found.answered)?;
    if found.is_complete() {
        writeln!(out, "every film has one answer, and no other film has any")?;
    }
    if !found.parts_to_read.is_empty() {
        writeln!(out, "still to be read: {}", some(&found.parts_to_read))?;
    }
    if !found.parts_that_differ.is_empty() {
        writeln!(out, "not the films of the index: {}", some(&found.parts_that_differ))?;
    }
    if !found.parts_too_many.is_empty() {
        writeln!(out, "not in the index: {}", some(&found.parts_too_many))?;
    }
    if found.answered_twice > 0 {
        writeln!(out, "answered twice: {} films", found.answered_twice)?;
    }
    for told_by in &found.thresholds {
        let (likely, unlikely) = (told_by.likely_from, told_by.unlikely_below);
        writeln!(out, "answered at: likely from {likely:.3}, unlikely below {unlikely:.3}")?;
    }
    if found.thresholds.len() > 1 {
        writeln!(out, "these are answers at different thresholds: compare probabilities, not outcomes")?;
    }
    write!(out, "\n{:<10}{:<16}", "model", "quality")?;
    for (name, _) in lungfield_bulk::Answers::default().named() {
        write!(out, "{name:>11}")?;
    }
    writeln!(out, "{:>11}", "films")?;
    for group in &found.groups {
        let model = group.model_sha256.get(..8).unwrap_or(&group.model_sha256);
        write!(out, "{model:<10}{:<16}", group.quality.as_deref().unwrap_or("not told"))?;
        for (_, films) in group.answers.named() {
            write!(out, "{films:>11}")?;
        }
        writeln!(out, "{:>11}", group.answers.films())?;
    }
    if !found.reasons.is_empty() {
        writeln!(out, "\nwithout an answer:")?;
    }
    for (reason, films) in &found.reasons {
        writeln!(out, "  {reason:<28}{films:>11}")?;
    }
    Ok(())
}

/// The first names, and how many more there are.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text += &format!(" and {} more", names.len() - SHOWN);
    }
    text
}
