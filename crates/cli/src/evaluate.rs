//! `lungfield evaluate`: how good the model is on films whose class is known.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use lungfield_reader::Prevalence;

use crate::error::{Error, Result};
use crate::evaluation::{Evaluation, Tally};
use crate::exit::Exit;
use crate::film_reader::FilmReader;
use crate::films;
use crate::model_dir::ModelDir;
use crate::ordered;
use crate::plots;
use crate::prevalence;
use crate::progress::Progress;
use crate::report;

/// Measure the model on films whose class is known
///
/// Prints AUROC, sensitivity, specificity, precision and accuracy at the model's operating point, calibration and the
/// three answers by class, each share with its 95 % interval. Films that cannot be read are listed, never counted.
#[derive(Args)]
pub struct Evaluate {
    /// Folder that holds NORMAL/ and PNEUMONIA/, at any depth
    #[arg(value_name = "DIR")]
    folder: PathBuf,

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
        let found = films::labelled(&self.folder)?;
        let reader = FilmReader::open(&self.model)?;
        let manifest = reader.reader().manifest();
        let progress = Progress::new(found.films.len());
        let mut tally = Tally::default();
        ordered::each(
            found.films.into_iter(),
            |film| (film.label, reader.read(&film.path, &film.name).reading),
            |(label, reading)| -> Result<()> {
                tally.add(manifest, label, reading);
                progress.step();
                Ok(())
            },
        )?;
        drop(progress);
        let mut evaluation = tally.evaluate(&self.folder, found.outside, manifest);
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
}

fn write_plots(folder: &Path, evaluation: &Evaluation) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::write(folder, &e))?;
    for (name, plot) in [("roc.svg", plots::roc(evaluation)), ("reliability.svg", plots::reliability(evaluation))] {
        let path = folder.join(name);
        fs::write(&path, plot).map_err(|e| Error::write(&path, &e))?;
    }
    Ok(())
}
