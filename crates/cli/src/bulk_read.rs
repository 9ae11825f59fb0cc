//! `lungfield read --index`: all films of an archive, part by part, in processes of their own.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use clap::Args;
use lungfield_bulk::{Options, Part, Run, serve_reader};

use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::model_dir::ModelDir;
use crate::progress::Progress;
use crate::site::AtSite;

/// The options of `read` for archives.
#[derive(Args)]
pub struct Bulk {
    /// Read the films of an index that `lungfield index` made
    #[arg(
        long,
        value_name = "INDEX",
        requires = "out",
        conflicts_with_all = ["films", "json", "heatmap", "prevalence", "frame", "corners", "lungs"],
        help_heading = "Archives"
    )]
    index: Option<PathBuf>,

    /// Folder for the answers, a Parquet file for each part of the index; what is there already is kept
    #[arg(long, value_name = "OUT", requires = "index", help_heading = "Archives")]
    out: Option<PathBuf>,

    /// How long a film may be read; one that takes longer has failed
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, value_parser = seconds, help_heading = "Archives")]
    max_seconds: f64,

    /// How many processes read; without it one for each core
    #[arg(long, value_name = "N", help_heading = "Archives")]
    workers: Option<NonZeroUsize>,

    /// How many films are fetched at a time: more where the storage takes long to answer
    #[arg(long, value_name = "N", default_value = "16", help_heading = "Archives")]
    fetches: NonZeroUsize,

    /// Read only every N-th part, beginning with the K-th, where N machines share an archive
    #[arg(long, value_name = "K/N", value_parser = share, help_heading = "Archives")]
    share: Option<Share>,
}

/// Some of the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    first: usize,
    of: usize,
}

/// An archive's index, where its answers go, and how.
pub struct Archive<'a> {
    index: &'a Path,
    out: &'a Path,
    bulk: &'a Bulk,
}

impl Bulk {
    /// The archive, if one is to be read.
    pub fn archive(&self) -> Option<Archive<'_>> {
        let (index, out) = (self.index.as_deref()?, self.out.as_deref()?);
        Some(Archive { index, out, bulk: self })
    }

    fn options(&self, model: &ModelDir, site: &AtSite) -> Result<Options> {
        let command = std::env::current_exe().map_err(|e| Error::read(Path::new("this command"), &e))?;
        let text = |argument: OsString| {
            let advice = "Give it a path that is UTF-8.";
            argument.into_string().map_err(|it| Error::at(Path::new(&it), "is no UTF-8", advice))
        };
        let fixed: [OsString; 3] = ["read-films".into(), "--max-seconds".into(), self.max_seconds.to_string().into()];
        let arguments =
            std::iter::once(command.into_os_string()).chain(fixed).chain(model.arguments()).chain(site.arguments());
        Ok(Options {
            worker: arguments.map(text).collect::<Result<_>>()?,
            workers: self.workers.or(available_parallelism().ok()).map_or(1, NonZeroUsize::get),
            fetches: self.fetches.get(),
            max_seconds: self.max_seconds,
            ..Options::default()
        })
    }
}

impl Archive<'_> {
    /// Reads what is not read yet.
    ///
    /// # Errors
    /// When index, model or thresholds cannot be used, the storage does not answer, or the answers cannot be written.
    pub fn read(&self, model: &ModelDir, site: &AtSite) -> Result<Exit> {
        if site.is_given() {
            // Said here once, and not by every process.
            site.apply(model.open()?)?;
        }
        let run = Run::open(self.index, self.out, self.bulk.options(model, site)?)?;
        let Share { first, of } = self.bulk.share.unwrap_or(Share { first: 0, of: 1 });
        let to_read: Vec<&Part> =
            run.parts().iter().skip(first).step_by(of).filter(|part| !run.is_done(part)).collect();
        let progress = Progress::of_archive(to_read.iter().map(|part| part.films).sum());
        let mut not_read = 0;
        for part in to_read {
            not_read += run.read_part(part, || progress.step())?;
            progress.line(&part.file);
        }
        Ok(Exit::after(not_read))
    }
}

/// A process of `read --index`: films in, answers out.
#[derive(Args)]
pub struct ReadFilms {
    #[arg(long, value_parser = seconds)]
    max_seconds: f64,

    #[command(flatten)]
    model: ModelDir,

    #[command(flatten)]
    site: AtSite,
}

impl ReadFilms {
    /// Reads what comes on standard input.
    ///
    /// # Errors
    /// When model or thresholds cannot be used, or the other end is closed.
    pub fn run(&self) -> Result<Exit> {
        serve_reader(&self.site.apply(self.model.open()?)?, self.max_seconds)?;
        Ok(Exit::AllRead)
    }
}

fn seconds(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.001..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("write seconds, such as 60".into()),
    }
}

fn share(text: &str) -> std::result::Result<Share, String> {
    let numbers = text.split_once('/').and_then(|(k, n)| Some((k.parse::<usize>().ok()?, n.parse::<usize>().ok()?)));
    match numbers {
        Some((k, n)) if (1..=n).contains(&k) => Ok(Share { first: k - 1, of: n }),
        _ => Err("write which share of how many, such as 1/4".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_counted_from_one() {
        assert_eq!(share("1/4"), Ok(Share { first: 0, of: 4 }));
        assert_eq!(share("4/4"), Ok(Share { first: 3, of: 4 }));
        for wrong in ["0/4", "5/4", "1/0", "1", "a/b"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
