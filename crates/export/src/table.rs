use std::borrow::Cow;
use std::io::Write;

use lungfield_contract::{FoundBy, Grade, Marks, Outcome, Reading, Status};
use serde::Serialize;

use crate::answer::{Answer, findings, warning_kinds};
use crate::{Error, Result};

/// A list of films as CSV (RFC 4180), a row a film, read or not.
///
/// A cell that a spreadsheet would take for a formula begins with an apostrophe.
pub struct Table<W: Write>(csv::Writer<W>);

impl<W: Write> Table<W> {
    /// A table that is written to `to`.
    pub fn new(to: W) -> Self {
        Self(csv::Writer::from_writer(to))
    }

    /// Adds a film with what the user has done with its answer.
    ///
    /// # Errors
    /// [`Error::Write`] where the row cannot be written.
    pub fn add(&mut self, reading: &Reading, marks: Marks) -> Result<()> {
        self.0.serialize(Row::of(reading, marks)).map_err(Error::write)
    }

    /// Ends the table.
    ///
    /// # Errors
    /// [`Error::Write`] where what is left cannot be written.
    pub fn finish(self) -> Result<W> {
        self.0.into_inner().map_err(Error::write)
    }
}

#[derive(Serialize)]
struct Row<'a> {
    file: Cow<'a, str>,
    status: Status,
    outcome: Option<Outcome>,
    withheld: Option<bool>,
    probability: Option<f64>,
    unlikely_below: f64,
    likely_from: f64,
    prevalence: Option<f64>,
    probability_at_prevalence: Option<f64>,
    quality: Option<Grade>,
    warnings: String,
    shown_on_request: Option<bool>,
    corners_by: Option<FoundBy>,
    seen_first: Option<String>,
    seen_quality: Option<Grade>,
    site_films: Option<String>,
    reason: Cow<'a, str>,
    model: String,
    sha256: &'a str,
}

impl<'a> Row<'a> {
    fn of(reading: &'a Reading, marks: Marks) -> Self {
        let answer = Answer::of(reading);
        let given = match answer {
            Some(Answer::Given(outcome, probability)) => Some((outcome, probability)),
            Some(Answer::Withheld) | None => None,
        };
        let restated = reading.restated.filter(|_| given.is_some());
        let kinds: Vec<String> = warning_kinds(reading)
            .map(|kind| serde_json::to_string(&kind).unwrap_or_default().trim_matches('"').to_owned())
            .collect();
        Self {
            file: defused(&reading.file),
            status: reading.status,
            outcome: given.map(|(outcome, _)| outcome),
            withheld: answer.map(|answer| answer == Answer::Withheld),
            probability: given.map(|(_, probability)| probability),
            unlikely_below: reading.thresholds.unlikely_below,
            likely_from: reading.thresholds.likely_from,
            prevalence: restated.map(|restated| restated.prevalence.value()),
            probability_at_prevalence: restated.map(|restated| restated.probability.value()),
            quality: reading.quality.as_ref().map(|quality| quality.grade),
            warnings: kinds.join(" "),
            shown_on_request: answer.map(|_| marks.shown_on_request),
            corners_by: reading.photograph.map(|photograph| photograph.found_by),
            seen_first: marks.seen_first.map(findings),
            seen_quality: marks.seen_first.map(|seen| seen.quality),
            site_films: reading
                .thresholds
                .site
                .as_ref()
                .map(|site| format!("{} normal, {} pneumonia, {}", site.normal, site.pneumonia, site.date)),
            reason: reading.reason.as_ref().map_or(Cow::Borrowed(""), |reason| defused(&reason.message)),
            model: format!("{} {}", reading.model.name, reading.model.version),
            sha256: &reading.model.sha256,
        }
    }
}

/// A text that no spreadsheet runs.
fn defused(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use lungfield_contract::{Seen, Warning, WarningKind};

    use super::*;
    use crate::example;

    fn rows(readings: &[Reading]) -> Vec<csv::StringRecord> {
        let mut table = Table::new(Vec::new());
        readings.iter().for_each(|reading| table.add(reading, Marks::default()).expect("writes"));
        let bytes = table.finish().expect("writes");
        csv::Reader::from_reader(&bytes[..]).records().map(|row| row.expect("a row")).collect()
    }

    #[test]
    fn a_formula_is_defused() {
        let named = |name: &str| Reading { file: name.into(), ..example() };
        let rows = rows(&[named("=HYPERLINK(\"x\")"), named("a,\"b\".png")]);
        assert_eq!([&rows[0][0], &rows[1][0]], ["'=HYPERLINK(\"x\")", "a,\"b\".png"]);
    }

    #[test]
    fn what_the_user_has_done_is_in_it() {
        let seen = Seen { quality: Grade::Suboptimal, consolidation: true, other_infiltrate: false, effusion: true };
        let marks = Marks { shown_on_request: true, seen_first: Some(seen) };
        let mut table = Table::new(Vec::new());
        table.add(&example(), marks).expect("writes");
        table.add(&example(), Marks::default()).expect("writes");
        let text = String::from_utf8(table.finish().expect("writes")).expect("is text");
        let rows: Vec<&str> = text.lines().collect();
        assert!(rows[0].contains(",shown_on_request,corners_by,seen_first,seen_quality,"), "{text}");
        assert!(rows[1].contains(r#",true,,"consolidation, effusion",suboptimal,"#), "{text}");
        assert!(rows[2].contains(",false,,,,"), "{text}");
    }

    #[test]
    fn a_withheld_answer_is_not_in_it() {
        let mut reading = example();
        assert_eq!([&rows(&[reading.clone()])[0][2], &rows(&[reading.clone()])[0][3]], ["likely", "false"]);
        reading.warnings.push(Warning::new(WarningKind::AdultFilm, "an adult"));
        let row = &rows(&[reading])[0];
        assert_eq!([&row[2], &row[3], &row[4], &row[10]], ["", "true", "", "adult-film"]);
    }
}
