//! `lungfield evaluate`: how good the model is on films whose class is known.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use lungfield_reader::{ByHand, Manifest, Prevalence, Reading};

use crate::case::Content;
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
use crate::site::{AtSite, Choose};
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

    /// The films' classes: a CSV with the columns `file`, a path below DIR, and `class`, normal or pneumonia; then the folders'
    /// names do not count
    #[arg(long, value_name = "FILE", requires = "folder")]
    labels: Option<PathBuf>,

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
    site: AtSite,

    #[command(flatten)]
    choose: Choose,

    #[command(flatten)]
    model: ModelDir,
}

impl Evaluate {
    /// Reads the films and prints what they tell.
    ///
    /// # Errors
    /// When the folder holds no labelled film, the model cannot be used, or an output cannot be written.
    pub fn run(&self) -> Result<Exit> {
        let reader = FilmReader::open(&self.model, &self.site)?;
        let read = |name: &str, content| reader.read(name, content, ByHand::default()).reading;
        let manifest = reader.reader().manifest();
        let evaluation = self.evaluate(manifest, read)?;
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
        if let Some((site, path)) = self.choose.write(manifest, &evaluation.answers)?
            && !self.json
        {
            report::chosen(&mut out, &site, path)?;
        }
        Ok(Exit::after(evaluation.not_read.len()))
    }

    /// What the readings of the films tell.
    fn evaluate(&self, manifest: &Manifest, read: impl Fn(&str, Content) -> Reading + Sync) -> Result<Evaluation> {
        let (place, source) = self.source()?;
        let only = self.only.as_deref().map(labels::listed).transpose()?;
        let wanted = only.as_ref().map_or(source.films, HashSet::len);
        let progress = Progress::new(wanted);
        let mut tally = Tally::default();
        let mut seen = 0;
        ordered::each(
            source.pending.filter(|film| match (film, &only) {
                (Ok(film), Some(only)) => only.contains(&film.name),
                _ => true,
            }),
            |film| film.map(|film| (film.label, read(&film.name, film.content))),
            |film| -> Result<()> {
                let (label, reading) = film?;
                if let Label::Film(class) = label {
                    tally.add(manifest, class, reading);
                }
                seen += 1;
                progress.step();
                Ok(())
            },
        )?;
        drop(progress);
        if let Some(list) = self.only.as_deref().filter(|_| seen < wanted) {
            let reason = format!("lists {} films that {} does not hold", wanted - seen, place.display());
            return Err(Error::at(list, reason, "Give the list that belongs to these films."));
        }
        let mut evaluation = tally.evaluate(place, source.outside, manifest);
        evaluation.predictive_values = self.prevalence.and_then(|prevalence| evaluation.at(prevalence));
        Ok(evaluation)
    }

    /// The films, and the path that stands for them.
    fn source(&self) -> Result<(&Path, Source)> {
        match (&self.folder, self.tfrecord.as_slice()) {
            (_, [images, paths]) => Ok((images, source::tfrecord(images, paths)?)),
            (Some(folder), _) => Ok((folder, source::folder(folder, self.labels.as_deref())?)),
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

#[cfg(test)]
mod tests {
    use clap::Parser;
    use lungfield_reader::{Kind, Limits, ReadOptions};

    use super::*;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        evaluate: Evaluate,
    }

    #[test]
    fn a_panic_is_a_failure_of_that_film_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        for (class, film) in [("NORMAL", "NORMAL2-IM-1427-0001.jpeg"), ("PNEUMONIA", "person1952_bacteria_4883.jpeg")] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/films").join(film);
            fs::create_dir(folder.path().join(class)).expect("a folder");
            fs::copy(from, folder.path().join(class).join(film)).expect("a copy");
        }
        let Arguments { evaluate } = Arguments::parse_from([Path::new("evaluate"), folder.path()]);
        let reader = evaluate.model.open().expect("the shipped model");
        let read = |name: &str, content: Content| {
            let on_stage = &mut |_| assert!(!name.contains("person"), "a panic below this film");
            let options = ReadOptions { on_stage: Some(on_stage), ..ReadOptions::default() };
            reader.read(name, &content.bytes(&Limits::default()).expect("a file"), options).reading
        };
        let found = evaluate.evaluate(reader.manifest(), read).expect("an evaluation");
        assert_eq!((found.films.normal, found.films.pneumonia, found.films.failed), (1, 0, 1));
        let [film] = &found.not_read[..] else { panic!("{:?}", found.not_read) };
        assert_eq!(film.reason.as_ref().map(|reason| reason.kind), Some(Kind::Engine));
    }
}
