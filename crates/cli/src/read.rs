//! `lungfield read`: a reading for each film.

use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use lungfield_reader::{ByHand, Corners, Outcome, Prevalence, Probability, Reading, Rectangle, Status};

use crate::bulk_read::Bulk;
use crate::case::{self, CaseFilm};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::exports::{Exports, Kind, Language, Table};
use crate::film_reader::FilmReader;
use crate::model_dir::ModelDir;
use crate::names::Names;
use crate::ordered;
use crate::overlay::{self, Overlays};
use crate::own_read;
use crate::prevalence;
use crate::progress::Progress;
use crate::site::AtSite;

/// Read films: how likely pneumonia is, and where the model looked
///
/// Prints a line for each film, in the order given. A file that cannot be read has a line that says why, and the next
/// one is read. DICOM, PNG, JPEG, TIFF, WebP and BMP, whatever they are called, in folders and ZIP archives; of a
/// DICOMDIR, the films that it lists.
///
/// With --index, all films of an archive are read into a folder instead, part by part; the same again goes on where it was
/// ended.
#[derive(Args)]
pub struct Read {
    /// Films, or folders, ZIP archives or DICOMDIRs of films
    #[arg(required_unless_present = "index", value_name = "FILE")]
    films: Vec<PathBuf>,

    /// Print each reading as a line of JSON (lungfield.reading/1)
    #[arg(long)]
    json: bool,

    /// Write each film with its heatmap over it to DIR, as NAME.heatmap.png
    #[arg(long, value_name = "DIR")]
    heatmap: Option<PathBuf>,

    /// Write what is taken away of each film to DIR: NAME.sr.dcm, NAME.png, ..., and one table of all, readings.csv
    #[arg(long, value_name = "DIR", requires = "export_as")]
    export: Option<PathBuf>,
    /// As what, separated by commas: csv, json, png, pdf, dicom-sc, dicom-sr, fhir-r4, fhir-r5
    #[arg(long = "as", id = "export_as", value_name = "FORMAT", requires = "export", value_delimiter = ',')]
    export_as: Vec<Kind>,
    /// In which language the sheets are (png, pdf, dicom-sc): en, hi, bn, mr, te, ta, gu, kn
    #[arg(long, value_name = "LANGUAGE", requires = "export", default_value = "en")]
    language: Language,

    /// Restate each probability for films of which this share show pneumonia (0.05: one in twenty)
    #[arg(long, value_name = "SHARE", value_parser = prevalence::parse)]
    prevalence: Option<Prevalence>,

    /// Which frame of DICOM files of several, the first one being 1
    #[arg(long, value_name = "N")]
    frame: Option<NonZeroU32>,
    /// Square the film between these corners of each picture: eight shares of its width and height, x before y, from the
    /// film's top left clockwise (0,0,1,0,1,1,0,1: the whole picture)
    #[arg(long, value_name = "CORNERS", value_parser = corners)]
    corners: Option<Corners>,
    /// Read the lungs within this rectangle of each film as it is hung: left, top, right and bottom, in shares of its sides
    #[arg(long, value_name = "LEFT,TOP,RIGHT,BOTTOM", value_parser = lungs)]
    lungs: Option<Rectangle>,

    #[command(flatten)]
    site: AtSite,

    #[command(flatten)]
    bulk: Bulk,

    #[command(flatten)]
    model: ModelDir,
}

impl Read {
    /// Reads the films.
    ///
    /// # Errors
    /// When the model cannot be used, a folder cannot be listed, or an output cannot be written.
    pub fn run(&self) -> Result<Exit> {
        if let Some(archive) = self.bulk.archive() {
            return archive.read(&self.model, &self.site);
        }
        let films = self.films()?;
        if let Some(archive) = self.model.own() {
            let more = self.heatmap.is_some() || self.export.is_some() || self.prevalence.is_some();
            if more || self.frame.is_some() || self.corners.is_some() || self.lungs.is_some() || self.site.is_given() {
                let advice = "Leave --heatmap, --export, --prevalence, --site, --frame, --corners and --lungs out; --json \
                              has the heatmaps.";
                return Err(Error::at(archive, "a model of your own reads films, and no more", advice));
            }
            return own_read::read(archive, films, self.json);
        }
        let reader = FilmReader::open(&self.model, &self.site)?.at_frame(self.frame);
        let by_hand = ByHand { corners: self.corners, lungs: self.lungs };
        let mut overlays = self.heatmap.as_deref().map(Overlays::create).transpose()?;
        let create = |folder| Exports::create(folder, &self.export_as, self.language, reader.reader().manifest());
        let exports = self.export.as_deref().map(create).transpose()?;
        let mut names = Names::default();
        let progress = Progress::new(films.len());
        let mut table = exports.as_ref().and_then(Exports::table).transpose()?;
        let mut out = io::stdout().lock();
        let mut not_read = 0;
        ordered::each(
            films.into_iter().map(|film| {
                let overlay = overlays.as_mut().map(|overlays| overlays.path(&film.path));
                (overlay, names.of(&film.path), film)
            }),
            |(overlay, name, CaseFilm { path, content })| {
                let (mut film, bytes) = reader.read_with_bytes(&path.to_string_lossy(), content, by_hand);
                if let Some(overlay) = overlay {
                    overlay::write(&overlay, &film)?;
                }
                if let Some(prevalence) = self.prevalence {
                    film.reading = film.reading.with_prevalence(prevalence);
                }
                if let Some(exports) = &exports {
                    exports.write(&name, &film, &bytes)?;
                }
                Ok(film.reading)
            },
            |reading: Result<Reading>| {
                let reading = reading?;
                table.as_mut().map_or(Ok(()), |table| table.add(&reading))?;
                not_read += usize::from(reading.status != Status::Read);
                progress.step();
                progress.print(|| self.print(&mut out, &reading))
            },
        )?;
        table.map_or(Ok(()), Table::finish)?;
        Ok(Exit::after(not_read))
    }

    fn films(&self) -> Result<Vec<CaseFilm>> {
        let mut all = Vec::new();
        for path in &self.films {
            let films = case::films(path)?;
            if films.is_empty() {
                return Err(Error::at(path, "the folder holds no files", "Name films, or a folder that holds some."));
            }
            all.extend(films);
        }
        Ok(all)
    }

    fn print(&self, out: &mut impl Write, reading: &Reading) -> Result<()> {
        if self.json {
            serde_json::to_writer(&mut *out, reading).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", line(reading))?;
        }
        Ok(())
    }
}

/// A reading as a line for people: outcome, probability of pneumonia, the same restated for a prevalence if one was given,
/// file, and what else is to be known.
fn line(reading: &Reading) -> String {
    let outcome = match (reading.status, reading.outcome) {
        (Status::Refused, _) => "refused",
        (Status::Read, Some(Outcome::Likely)) => "likely",
        (Status::Read, Some(Outcome::Uncertain)) => "uncertain",
        (Status::Read, Some(Outcome::Unlikely)) => "unlikely",
        (Status::Failed, _) | (Status::Read, None) => "failed",
    };
    let probability = reading.probability.map_or_else(String::new, percent);
    let restated =
        reading.restated.map_or_else(String::new, |restated| format!(" {:>6}", percent(restated.probability)));
    let mut line = format!("{outcome:<9} {probability:>6}{restated}  {}", reading.file);
    // A reason says what there is to keep in mind as well.
    let warnings = reading.warnings.iter().filter(|_| reading.reason.is_none()).map(|warning| &warning.message);
    for note in reading.reason.iter().map(|reason| &reason.message).chain(warnings) {
        line += ": ";
        line += note;
    }
    line
}

fn shares<const N: usize>(text: &str) -> std::result::Result<[f64; N], String> {
    let shares: std::result::Result<Vec<f64>, _> = text.split(',').map(str::trim).map(str::parse).collect();
    shares.map_err(|_| "no numbers")?.try_into().map_err(|_| format!("not {N} numbers"))
}

fn lungs(text: &str) -> std::result::Result<Rectangle, String> {
    let [left, top, right, bottom] = shares::<4>(text)?.map(|share| share as f32);
    let is_on_film = 0.0 <= left && left < right && right <= 1.0 && 0.0 <= top && top < bottom && bottom <= 1.0;
    is_on_film.then_some(Rectangle { left, top, right, bottom }).ok_or("no rectangle on a film".into())
}

fn corners(text: &str) -> std::result::Result<Corners, String> {
    let [a, b, c, d, e, f, g, h] = shares::<8>(text)?;
    Corners::new([[a, b], [c, d], [e, f], [g, h]]).map_err(|error| error.detail().to_owned())
}

/// A probability in whole per cent; never 0 % or 100 %, which no film deserves.
fn percent(probability: Probability) -> String {
    percentage(probability.value())
}

/// The same of any probability.
pub fn percentage(probability: f64) -> String {
    match (probability * 100.0).round() {
        ..1.0 => "< 1 %".into(),
        100.0.. => "> 99 %".into(),
        percent => format!("{percent} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_film_is_certain() {
        let percent = |logit| percent(Probability::from_calibrated_logit(logit));
        assert_eq!([percent(-9.0), percent(0.0), percent(2.0), percent(9.0)], ["< 1 %", "50 %", "88 %", "> 99 %"]);
    }
}
