//! `lungfield evaluate`: how good the model is on films whose class is known.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use lungfield_reader::Prevalence;

use crate::error::{Error, Result};
use crate::evaluation::{Evaluation, Tally};
use crate::exit::Exit;
use crate::film_reader::FilmReader;
use crate::labels::{self, Label};
use crate::model_dir::ModelDir;
use crate::ordered;
use crate::plots;
use crate::prevalence;
use crate::progress::Progress;
use crate::report;
use crate::source::{self, Source};

/// Measure the model on films whose class is known
///
/// Prints AUROC, sensitivity, specificity, precision and accuracy at the model's operating point, calibration and the
/// three answers by class, each share with its 95 % interval. Films that cannot be read are listed, never counted.
#[derive(Args)]
pub struct Evaluate {
    /// Folder or ZIP archive that holds NORMAL/ and PNEUMONIA/, at any depth
    #[arg(value_name = "DIR", required_unless_present = "tfrecord", conflicts_with = "tfrecord")]
    folder: Option<PathBuf>,

    /// Two TFRecord files in step: the films' bytes and their paths
    #[arg(long, num_args = 2, value_names = ["IMAGES", "PATHS"])]
    tfrecord: Vec<PathBuf>,

    /// Read only the films whose paths, as `prepare` writes them, this file lists, one a line
    #[arg(long, value_name = "FILE")]
    only: Option<PathBuf>,

    /// Print the numbers as JSON (lungfield.evaluation/1)
    #[arg(long)]
    json: bool,

    /// Write roc.svg and reliability.svg to DIR
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,

    /// Also state predictive values for films of which this share show pneumonia (0.05: one in twenty)
    #[arg(long, value_name = "SHARE", value_parser = prevalence::parse)]
    prevalence: Option<Prevalence>,

    #[command(flatten)]
    model: ModelDir,
}

impl Evaluate {
    /// Reads the films and prints what they tell.
    ///
    /// # Errors
    /// When the folder holds no labelled film, the model cannot be used, or an output cannot be written.
    pub fn run(&self) -> Result<Exit> {
        let (place, source) = self.source()?;
        let only = self.only.as_deref().map(labels::listed).transpose()?;
        let wanted = only.as_ref().map_or(source.films, HashSet::len);
        let reader = FilmReader::open(&self.model)?;
        let manifest = reader.reader().manifest();
        let progress = Progress::new(wanted);
        let mut tally = Tally::default();
        let mut read = 0;
        ordered::each(
            source.pending.filter(|film| match (film, &only) {
                (Ok(film), Some(only)) => only.contains(&film.name),
                _ => true,
            }),
            |film| film.map(|film| (film.label, reader.read(&film.name, film.content, None).reading)),
            |film| -> Result<()> {
                let (label, reading) = film?;
                if let Label::Film(class) = label {
                    tally.add(manifest, class, reading);
                }
                read += 1;
                progress.step();
                Ok(())
            },
        )?;
        drop(progress);
        if let Some(list) = self.only.as_deref().filter(|_| read < wanted) {
            let reason = format!("lists {} films that {} does not hold", wanted - read, place.display());
            return Err(Error::at(list, reason, "Give the list that belongs to these films."));
        }
        let mut evaluation = tally.evaluate(place, source.outside, manifest);
        evaluation.predictive_values = self.prevalence.and_then(|prevalence| evaluation.at(prevalence));
        if let Some(folder) = &self.plots {
            write_plots(folder, &evaluation)?;
        }
        let mut out = io::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, &evaluation).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            report::write(&mut out, &evaluation)?;
        }
        Ok(Exit::after(evaluation.not_read.len()))
    }

    /// The films, and the path that stands for them.
    fn source(&self) -> Result<(&Path, Source)> {
        match (&self.folder, self.tfrecord.as_slice()) {
            (_, [images, paths]) => Ok((images, source::tfrecord(images, paths)?)),
            (Some(folder), _) => Ok((folder, source::folder(folder)?)),
            (None, _) => unreachable!("clap asks for one of them"),
        }
    }
}

fn write_plots(folder: &Path, evaluation: &Evaluation) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::write(folder, &e))?;
    for (name, plot) in [("roc.svg", plots::roc(evaluation)), ("reliability.svg", plots::reliability(evaluation))] {
        let path = folder.join(name);
        fs::write(&path, plot).map_err(|e| Error::write(&path, &e))?;
    }
    Ok(())
}
