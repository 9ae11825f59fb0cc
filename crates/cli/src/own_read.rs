//! `lungfield read --model ARCHIVE`: films read with a model that is not Lungfield's.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;
use lungfield_reader::own::{Finding, OwnModel, OwnReading};
use lungfield_reader::{Limits, Outcome, ReadOptions, Status};

use crate::case::CaseFilm;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::model_dir::ModelDir;
use crate::ordered;
use crate::read::percentage;

/// The most that the archive of a model may have, in bytes.
const MOST_BYTES: usize = 256 << 20;
/// What to do about a model that is refused.
const ADVICE: &str = "See docs/own-model.md.";
/// So long a model may take to load and to read the film of its self-test.
const MOST_SECONDS: u64 = 120;
/// The most memory that it may take meanwhile, in kB.
const MOST_MEMORY: u64 = 6 << 20;

/// Reads films with the model in an archive.
///
/// # Errors
/// When the model is refused, or the output cannot be written.
pub fn read(archive: &Path, films: Vec<CaseFilm>, json: bool) -> Result<Exit> {
    try_apart(archive)?;
    let model = open(archive)?;
    if let Some(reason) = model.without_heatmap() {
        writeln!(io::stderr(), "lungfield: {}: no heatmap: {reason}", archive.display())?;
    }
    let gate = ModelDir::shipped()?;
    let started = Instant::now();
    let clock = || started.elapsed().as_secs_f64() * 1000.0;
    let mut out = io::stdout().lock();
    let mut not_read = 0;
    ordered::each(
        films.into_iter(),
        |CaseFilm { path, content }| {
            let name = path.to_string_lossy();
            match content.bytes(&Limits::default()) {
                Ok(bytes) => {
                    let options = ReadOptions { clock: Some(&clock), ..ReadOptions::default() };
                    model.read(&name, &bytes, &gate, options)
                }
                Err(error) => model.unread(&name, &error),
            }
        },
        |reading| -> Result<()> {
            not_read += usize::from(reading.status != Status::Read);
            if json {
                serde_json::to_writer(&mut out, &reading).map_err(io::Error::from)?;
                Ok(writeln!(out)?)
            } else {
                Ok(writeln!(out, "{}", line(&reading))?)
            }
        },
    )?;
    Ok(Exit::after(not_read))
}

/// A reading as a line for people: what is said of each class, the file, whose model says so, and what else is to be known.
fn line(reading: &OwnReading) -> String {
    let finding = |finding: &Finding| {
        let outcome = finding.outcome.map(|outcome| match outcome {
            Outcome::Likely => ", likely",
            Outcome::Uncertain => ", uncertain",
            Outcome::Unlikely => ", unlikely",
        });
        format!("{} {}{}", finding.class, percentage(finding.probability), outcome.unwrap_or_default())
    };
    let findings: Vec<String> = reading.findings.iter().map(finding).collect();
    let said = match reading.status {
        Status::Read => findings.join("; "),
        Status::Refused => "refused".into(),
        Status::Failed => "failed".into(),
    };
    let warnings = reading.warnings.iter().filter(|_| reading.reason.is_none()).map(|warning| &warning.message);
    let notes = reading.reason.iter().map(|reason| &reason.message).chain(warnings);
    notes.fold(format!("{said}  {}: {}", reading.file, reading.model.notice), |line, note| format!("{line}: {note}"))
}

fn open(archive: &Path) -> Result<OwnModel> {
    let length = fs::metadata(archive).map_err(|e| Error::read(archive, &e))?.len();
    if length > MOST_BYTES as u64 {
        let reason = format!("has {length} bytes, the limit is {MOST_BYTES}");
        return Err(Error::at(archive, reason, "Store the network's weights as f16."));
    }
    let bytes = fs::read(archive).map_err(|e| Error::read(archive, &e))?;
    OwnModel::open(&bytes).map_err(|e| Error::at(archive, e.detail(), ADVICE))
}

/// Has another process of this command open a model first: one that takes for ever, or all memory, ends with it.
fn try_apart(archive: &Path) -> Result<()> {
    let command = env::current_exe().map_err(|e| Error::read(Path::new("this command"), &e))?;
    let mut trial = if cfg!(unix) {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -v {MOST_MEMORY}; exec \"$@\""), "sh"]).arg(command);
        shell
    } else {
        Command::new(command)
    };
    trial.arg("try-model").arg(archive).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut run = || -> io::Result<Option<(ExitStatus, String)>> {
        let mut running = trial.spawn()?;
        let end = Instant::now() + Duration::from_secs(MOST_SECONDS);
        while running.try_wait()?.is_none() {
            if Instant::now() > end {
                running.kill()?;
                running.wait()?;
                return Ok(None);
            }
            sleep(Duration::from_millis(20));
        }
        let ended = running.wait_with_output()?;
        Ok(Some((ended.status, String::from_utf8_lossy(&ended.stderr).into_owned())))
    };
    let refused = |reason: String| Error::at(archive, reason, ADVICE);
    match run().map_err(|e| Error::read(archive, &e))? {
        None => Err(refused(format!("takes more than {MOST_SECONDS} seconds to open"))),
        Some((status, _)) if status.success() => Ok(()),
        Some((status, said)) if status.code() == Some(1) => {
            let said = said.lines().last().unwrap_or_default();
            let said = said.split_once(&format!("{}: ", archive.display())).map_or(said, |(_, said)| said);
            Err(refused(said.strip_suffix(&format!(". {ADVICE}")).unwrap_or(said).to_owned()))
        }
        Some(_) => Err(refused(format!("needs more than {} GB of memory, or ends tract", MOST_MEMORY >> 20))),
    }
}

/// Opens a model, to see whether it does.
#[derive(Args)]
pub struct TryModel {
    archive: PathBuf,
}

impl TryModel {
    /// Opens it.
    ///
    /// # Errors
    /// When it is refused.
    pub fn run(&self) -> Result<Exit> {
        open(&self.archive).map(|_| Exit::AllRead)
    }
}
