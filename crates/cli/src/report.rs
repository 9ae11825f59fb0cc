//! An evaluation as text for people.

use std::io::{Result, Write};
use std::path::Path;

use lungfield_reader::{Site, SiteFilms};

use crate::evaluation::{ByClass, Evaluation};
use crate::statistics::{Auroc, Proportion};

/// Writes the report.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(out: &mut impl Write, found: &Evaluation) -> Result<()> {
    let films = &found.films;
    writeln!(out, "{} {} on {}", found.model.name, found.model.version, found.folder)?;
    writeln!(
        out,
        "{} films read ({} normal, {} pneumonia), {} refused, {} failed\n",
        films.normal + films.pneumonia,
        films.normal,
        films.pneumonia,
        films.refused,
        films.failed
    )?;
    writeln!(out, "{:<22} {:>7}  {:<18}  films", "", "value", "95 % interval")?;
    row(out, "AUROC", found.auroc.map(area))?;
    writeln!(out, "at the operating point, {:.2}:", found.thresholds.operating_point)?;
    row(out, "  sensitivity", found.sensitivity.map(share))?;
    row(out, "  specificity", found.specificity.map(share))?;
    row(out, "  precision", found.precision.map(share))?;
    row(out, "  accuracy", found.accuracy.map(share))?;
    if let Some(found) = &found.predictive_values {
        writeln!(out, "where {:.1} % of films show pneumonia:", found.prevalence.value() * 100.0)?;
        let share = |value: Option<f64>| value.map(|value| format!("{:>5.1} %", value * 100.0));
        row(out, "  positive predictive", share(found.values.positive))?;
        row(out, "  negative predictive", share(found.values.negative))?;
    }
    row(out, "calibration error", found.expected_calibration_error.map(number))?;
    row(out, "Brier score", found.brier.map(number))?;

    let t = &found.thresholds;
    writeln!(out, "\n{:<24}{:>8}{:>11}", "the three answers", "normal", "pneumonia")?;
    answer(out, &format!("likely, from {:.2}", t.likely_from), found.outcomes.likely)?;
    answer(out, "uncertain", found.outcomes.uncertain)?;
    answer(out, &format!("unlikely, below {:.2}", t.unlikely_below), found.outcomes.unlikely)?;
    row(out, "uncertain", found.uncertain.map(share))?;
    row(out, "accuracy of the rest", found.accuracy_where_certain.map(share))?;

    if !found.not_read.is_empty() {
        writeln!(out, "\nnot read, and in no number above:")?;
    }
    for film in &found.not_read {
        writeln!(out, "  {}: {}", film.file, film.reason.as_ref().map_or("", |reason| &reason.message))?;
    }
    if !found.outside.is_empty() {
        writeln!(out, "\nleft out, of no class:")?;
    }
    for file in &found.outside {
        writeln!(out, "  {file}")?;
    }
    Ok(())
}

/// Writes what a site's thresholds are, and what they promise.
///
/// # Errors
/// When `out` cannot be written.
pub fn chosen(out: &mut impl Write, site: &Site, path: &Path) -> Result<()> {
    let SiteFilms { normal, pneumonia, .. } = &site.films;
    let percent = format!("{:.1} %", site.error_level * 100.0);
    writeln!(
        out,
        "\nthresholds of this site, on {normal} normal films and {pneumonia} with pneumonia, in {}:",
        path.display()
    )?;
    let (below, from) = (site.unlikely_below, site.likely_from);
    writeln!(out, "  unlikely below {below:.3}, likely from {from:.3}, operating point {:.3}", site.operating_point)?;
    writeln!(
        out,
        "  Of new films like these, on average at most {percent} with pneumonia are called unlikely, and at most \
         {percent} without likely.\n  Measure it on films that were not among these: lungfield evaluate FILMS --site {}",
        path.display()
    )
}

fn row(out: &mut impl Write, name: &str, value: Option<String>) -> Result<()> {
    writeln!(out, "{name:<22} {}", value.as_deref().unwrap_or("not known from these films"))
}

fn area(found: Auroc) -> String {
    let Auroc { value, low, high, normal, pneumonia } = found;
    format!("{value:>7.3}  {low:>7.3} to {high:<7.3}  {normal} normal, {pneumonia} pneumonia")
}

fn share(found: Proportion) -> String {
    let percent = |x: f64| format!("{:.1} %", x * 100.0);
    let (value, low, high) = (percent(found.value), percent(found.low), percent(found.high));
    let note = if found.says_little() { ", too few to say" } else { "" };
    format!("{value:>7}  {low:>7} to {high:<7}  {} of {}{note}", found.count, found.of)
}

fn number(found: f64) -> String {
    format!("{found:>7.3}")
}

fn answer(out: &mut impl Write, name: &str, films: ByClass) -> Result<()> {
    writeln!(out, "  {name:<22}{:>8}{:>11}", films.normal, films.pneumonia)
}
