//! `lungfield prepare`: films as arrays for training, through the reader's own preprocessing.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use lungfield_reader::{Decoded, Limits};

use crate::error::Result;
use crate::exit::Exit;
use crate::ordered;
use crate::prepared::{PreparedFilm, PreparedFilms};
use crate::progress::Progress;
use crate::sha256::sha256;
use crate::source::{self, Pending, Source};

/// Make arrays for training from films in folders or TFRecord files
///
/// Writes DIR/films.npy (uint8, films x rows x columns: the luma that the model sees, before mean and standard
/// deviation) and DIR/index.csv (row, path, label, patient, subtype, width, height, sha256). Folders come first, then
/// TFRecord pairs, each in the order given.
#[derive(Args)]
pub struct Prepare {
    /// Folders or ZIP archives that hold NORMAL/ and PNEUMONIA/, at any depth
    #[arg(value_name = "DIR", required_unless_present_any = ["tfrecord", "other"])]
    folders: Vec<PathBuf>,

    /// Two TFRecord files in step: the films' bytes and their paths; may be given several times
    #[arg(long, num_args = 2, value_names = ["IMAGES", "PATHS"])]
    tfrecord: Vec<PathBuf>,

    /// A folder of pictures that are no children's chest films, for the gate; the folder that a picture lies in is its kind
    #[arg(long, value_name = "DIR")]
    other: Vec<PathBuf>,

    /// Where films.npy and index.csv are written; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Height of the model's input in pixels
    #[arg(long, default_value_t = 224, value_parser = clap::value_parser!(u32).range(1..=4096))]
    rows: u32,

    /// Width of the model's input in pixels
    #[arg(long, default_value_t = 224, value_parser = clap::value_parser!(u32).range(1..=4096))]
    columns: u32,
}

impl Prepare {
    /// Prepares every film that can be read and names the others on standard error.
    ///
    /// # Errors
    /// When a source cannot be used or is damaged, or the output cannot be written.
    pub fn run(&self) -> Result<Exit> {
        let sources = self.sources()?;
        let progress = Progress::new(sources.iter().map(|source| source.films).sum());
        for name in sources.iter().flat_map(|source| &source.outside) {
            progress.note(format_args!("{name}: left out, it lies in no folder NORMAL or PNEUMONIA"));
        }
        let mut output = PreparedFilms::create(&self.out, self.rows as usize, self.columns as usize)?;
        let mut left_out = 0;
        ordered::each(
            sources.into_iter().flat_map(|source| source.pending),
            |pending| pending.map(|pending| (pending.name.clone(), self.film(pending))),
            |film| -> Result<()> {
                progress.step();
                let (name, film) = film?;
                match film {
                    Ok(film) => {
                        if let Some(twin) = output.push(film)? {
                            progress.note(format_args!("{name}: the same file as {twin}"));
                        }
                    }
                    Err(reason) => {
                        left_out += 1;
                        progress.note(format_args!("{name}: left out, {reason}"));
                    }
                }
                Ok(())
            },
        )?;
        drop(progress);
        let counts = output.finish()?;
        let (films, patients) = (counts.normal + counts.pneumonia, counts.patients.len());
        let mut out = io::stdout().lock();
        if films > 0 {
            let (normal, pneumonia) = (counts.normal, counts.pneumonia);
            write!(out, "{films} films ({normal} normal, {pneumonia} pneumonia) of {patients} patients")?;
        }
        if counts.other > 0 {
            write!(out, "{}{} other pictures", if films > 0 { " and " } else { "" }, counts.other)?;
        }
        writeln!(out, " in {}; {left_out} left out", self.out.display())?;
        Ok(Exit::after(left_out))
    }

    fn sources(&self) -> Result<Vec<Source>> {
        let folders = self.folders.iter().map(|folder| source::folder(folder, None));
        let pairs = self.tfrecord.chunks_exact(2).map(|pair| source::tfrecord(&pair[0], &pair[1]));
        let others = self.other.iter().map(|folder| source::others(folder));
        folders.chain(pairs).chain(others).collect()
    }

    /// One film through the reader's preprocessing, or the reason why there is none.
    fn film(&self, pending: Pending) -> std::result::Result<PreparedFilm, String> {
        let limits = Limits::default();
        let bytes = pending.content.bytes(&limits).map_err(|e| e.to_string())?;
        let film = Decoded::read(&bytes, &limits).map(|decoded| decoded.radiograph).map_err(|e| e.to_string())?;
        let squashed = film.resize(self.columns, self.rows);
        Ok(PreparedFilm {
            name: pending.name,
            label: pending.label,
            sha256: sha256(&bytes),
            width: film.width(),
            height: film.height(),
            pixels: squashed.luma().iter().map(|&luma| byte(luma)).collect(),
        })
    }
}

/// Luma `0..=65535` as the nearest of `0..=255`.
fn byte(luma: u16) -> u8 {
    (f32::from(luma) / 257.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_and_what_is_between_goes_to_the_nearest() {
        assert!((0..=255).all(|value: u8| byte(u16::from(value) * 257) == value));
        assert_eq!([byte(128), byte(129), byte(65535 - 129), byte(65535 - 128)], [0, 1, 254, 255]);
    }
}
