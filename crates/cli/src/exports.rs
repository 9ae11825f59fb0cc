//! What is taken away of the films that were read, as files in a folder.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lungfield_export::{Film, Format, Marks, Occasion, Picture, Words, export};
use lungfield_presenter::{LOCALES, Texts};
use lungfield_reader::{FilmReading, Limits, Manifest, Preview, Reading, film_header};
use lungfield_sheet::Fonts;

use crate::error::{Error, Result};

/// The table of all films.
const TABLE: &str = "readings.csv";

/// What a user may ask for.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// One table of all films.
    Csv,
    /// A file for each film.
    Film(Format),
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> std::result::Result<Self, String> {
        if name == "csv" { Ok(Kind::Csv) } else { name.parse().map(Kind::Film) }
    }
}

/// A language that sheets are written in.
#[derive(Clone, Copy, PartialEq)]
pub struct Language {
    tag: &'static str,
    json: &'static str,
}

impl FromStr for Language {
    type Err = String;

    fn from_str(tag: &str) -> std::result::Result<Self, String> {
        let tags = LOCALES.map(|(tag, _)| tag).join(", ");
        let found = LOCALES.into_iter().find(|(own, _)| *own == tag);
        found.map(|(tag, json)| Self { tag, json }).ok_or_else(|| format!("the languages are {tags}"))
    }
}

/// A folder of exports.
pub struct Exports {
    folder: PathBuf,
    formats: Vec<Format>,
    has_table: bool,
    language: Language,
    texts: Texts,
    fonts: Fonts,
    manifest: Manifest,
}

impl Exports {
    /// Exports of these kinds in `folder`, which is made if it is not there; sheets are in `language`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(folder: &Path, kinds: &[Kind], language: Language, manifest: &Manifest) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|e| Error::write(folder, &e))?;
        let formats = kinds.iter().filter_map(|kind| match kind {
            Kind::Csv => None,
            Kind::Film(format) => Some(*format),
        });
        let texts = Texts::from_json(language.json).map_err(|e| Error::write(folder, &io::Error::other(e)))?;
        Ok(Self {
            folder: folder.to_owned(),
            formats: formats.collect(),
            has_table: kinds.contains(&Kind::Csv),
            language,
            texts,
            fonts: Fonts::noto(),
            manifest: manifest.clone(),
        })
    }

    /// Writes a film's files, `NAME` with the formats' endings.
    ///
    /// # Errors
    /// When one cannot be made or written.
    pub fn write(&self, name: &str, film: &FilmReading, bytes: &[u8]) -> Result<()> {
        let preview = film.radiograph.as_ref().map(Preview::of);
        let picture =
            preview.as_ref().map(|Preview { width, height, grey }| Picture { width: *width, height: *height, grey });
        let header = film_header(bytes, &Limits::default());
        let exported = Film {
            reading: &film.reading,
            picture,
            header: header.as_ref(),
            marks: Marks::default(),
            captured: self.formats.contains(&Format::DicomSc),
        };
        let words =
            Words { language: self.language.tag, texts: &self.texts, manifest: &self.manifest, fonts: &self.fonts };
        let occasion = Occasion::new(&chrono::Local::now().fixed_offset(), random()?);
        for &format in &self.formats {
            let path = self.folder.join(format!("{name}.{}", format.ending()));
            let made = export(&exported, format, &occasion, &words)
                .map_err(|error| Error::at(&path, error.to_string(), "Leave that format out, or that film."))?;
            if let Some(bytes) = made {
                fs::write(&path, bytes).map_err(|e| Error::write(&path, &e))?;
            }
        }
        Ok(())
    }

    /// The table, if it was asked for.
    pub fn table(&self) -> Option<Result<Table>> {
        let path = self.folder.join(TABLE);
        self.has_table.then(|| {
            let file = File::create(&path).map_err(|e| Error::write(&path, &e))?;
            Ok(Table { table: lungfield_export::Table::new(BufWriter::new(file)), path })
        })
    }
}

/// The table of all films, a row a film.
pub struct Table {
    table: lungfield_export::Table<BufWriter<File>>,
    path: PathBuf,
}

impl Table {
    /// Adds a film.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, reading: &Reading) -> Result<()> {
        self.table.add(reading, Marks::default()).map_err(|error| failed(&self.path, error))
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<()> {
        let file = self.table.finish().map_err(|error| failed(&self.path, error))?;
        file.into_inner().map(drop).map_err(|error| Error::write(&self.path, error.error()))
    }
}

fn failed(path: &Path, error: lungfield_export::Error) -> Error {
    Error::write(path, &io::Error::other(error))
}

/// What makes the identifiers of one film's exports new ones.
fn random() -> Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|cause| Error::at(Path::new("the system's random numbers"), cause.to_string(), "Try again."))?;
    Ok(u128::from_be_bytes(bytes))
}
