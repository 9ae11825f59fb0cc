//! The index of an archive: which films there are and where their bytes lie, in parts of a thousand.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use lungfield_reader::{ArchiveEntry, Error as Reason};
use parquet::record::Row;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::error::{Error, Result};
use crate::table::{self, Column};

/// How many films a part has unless other is asked for; the last one may have fewer.
pub const PART_FILMS: usize = 1000;

/// The table of contents of an index, `index.json`: `lungfield.index/1`. The output has a copy, which says what must be in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Always `lungfield.index/1`.
    pub schema: String,
    /// What was indexed, as it was given.
    pub source: String,
    /// How many films there are.
    pub films: u64,
    /// Films that the source named again, which are listed once.
    pub named_again: u64,
    /// The parts, in order.
    pub parts: Vec<Part>,
}

/// A part of an index, and of the output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The name of its file, in the index and in the output.
    pub file: String,
    /// How many films it has.
    pub films: u64,
    /// SHA-256 of their identifiers in order, each after its length as 8 bytes, least first.
    pub ids_sha256: String,
}

impl Index {
    /// The name of its file.
    pub const FILE: &str = "index.json";

    /// Reads the table of contents in a folder.
    ///
    /// # Errors
    /// When there is none, or none of this version.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(Self::FILE);
        let json = fs::read(&path).map_err(|e| Error::read(&path, &e))?;
        let index: Self = serde_json::from_slice(&json).map_err(|e| Error::read(&path, &e))?;
        if index.schema != "lungfield.index/1" {
            let advice = "Make the index with this command.";
            return Err(Error::at(path.display(), format!("is a {}", index.schema), advice));
        }
        Ok(index)
    }

    /// Writes it to a folder.
    pub(crate) fn save(&self, folder: &Path) -> Result<()> {
        let path = folder.join(Self::FILE);
        table::write_beside(&path, |file| {
            let json = serde_json::to_vec_pretty(self).map_err(|e| Error::write(&path, &e))?;
            file.write_all(&json).map_err(|e| Error::write(&path, &e))
        })
    }
}

/// A film of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedFilm {
    /// What tells it from every other: its path, or its identifier.
    pub id: String,
    /// Where its bytes lie.
    pub place: Place,
    /// How many there are, where the source says.
    pub bytes: Option<u64>,
}

/// Where a film's bytes lie. A file is named by its absolute path; one that is all a film also by an `http`,
/// `https` or `s3` URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// They are all of this file.
    Whole(String),
    /// They are so many bytes of this file, from this one on: a slice `(file, offset, length)`, as in a tar archive.
    Slice(String, u64, u64),
    /// They are packed in this ZIP archive.
    Packed(String, ArchiveEntry),
    /// They are nowhere.
    Nowhere(Reason),
}

/// Writes an index: beside its place, then renamed.
pub struct IndexWriter {
    out: PathBuf,
    beside: TempDir,
    index: Index,
    pending: Vec<IndexedFilm>,
    part_films: usize,
    seen: HashSet<[u8; 16]>,
}

impl IndexWriter {
    /// An index of `source` that will be the folder `out`, in parts of so many films.
    ///
    /// # Errors
    /// When there is something of that name, or nothing can be written there.
    pub fn create(source: &str, out: &Path, part_films: usize) -> Result<Self> {
        if out.exists() {
            return Err(Error::at(out.display(), "exists", "Name a folder that is not there yet."));
        }
        let out = std::path::absolute(out).map_err(|e| Error::write(out, &e))?;
        let parent = out.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|e| Error::write(parent, &e))?;
        let mut beside = tempfile::Builder::new();
        beside.prefix(".lungfield-index.").suffix(".tmp");
        #[cfg(unix)]
        let everybody = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o777);
        #[cfg(unix)]
        beside.permissions(everybody);
        let beside = beside.tempdir_in(parent).map_err(|e| Error::write(parent, &e))?;
        let index = Index {
            schema: "lungfield.index/1".into(),
            source: source.to_owned(),
            films: 0,
            named_again: 0,
            parts: Vec::new(),
        };
        Ok(Self { out, beside, index, pending: Vec::new(), part_films: part_films.max(1), seen: HashSet::new() })
    }

    /// Lists a film; one that is listed already is only counted.
    ///
    /// # Errors
    /// When a part cannot be written.
    pub fn add(&mut self, film: IndexedFilm) -> Result<()> {
        if !self.seen.insert(fingerprint(&film.id)) {
            self.index.named_again += 1;
            return Ok(());
        }
        self.pending.push(film);
        if self.pending.len() == self.part_films { self.write_part() } else { Ok(()) }
    }

    /// Writes what is left, and puts the index in its place.
    ///
    /// # Errors
    /// When it cannot be written, or lists no film.
    pub fn finish(mut self) -> Result<Index> {
        if !self.pending.is_empty() {
            self.write_part()?;
        }
        if self.index.films == 0 {
            return Err(Error::at(&self.index.source, "no films are there", "Name a source that holds some."));
        }
        self.index.save(self.beside.path())?;
        fs::rename(self.beside.path(), &self.out).map_err(|e| Error::write(&self.out, &e))?;
        // What was renamed is not there to be removed.
        let _ = self.beside.keep();
        Ok(self.index)
    }

    fn write_part(&mut self) -> Result<()> {
        let films = std::mem::take(&mut self.pending);
        let file = format!("part-{:05}.parquet", self.index.parts.len());
        self.index.films += films.len() as u64;
        self.index.parts.push(Part {
            file: file.clone(),
            films: films.len() as u64,
            ids_sha256: ids_sha256(films.iter().map(|film| film.id.as_str())),
        });
        table::write(&self.beside.path().join(file), columns(&films))
    }
}

/// What tells identifiers apart, in 16 bytes.
pub fn fingerprint(id: &str) -> [u8; 16] {
    let mut first = [0; 16];
    first.copy_from_slice(&Sha256::digest(id)[..16]);
    first
}

/// The checksum of identifiers in order.
pub fn ids_sha256<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for id in ids {
        hash.update((id.len() as u64).to_le_bytes());
        hash.update(id);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn columns(films: &[IndexedFilm]) -> Vec<(&'static str, Column)> {
    let text = |of: fn(&IndexedFilm) -> Option<String>| Column::Text(films.iter().map(of).collect());
    let integer = |of: fn(&IndexedFilm) -> Option<u64>| {
        Column::Integer(films.iter().map(|film| of(film).and_then(|number| number.try_into().ok())).collect())
    };
    let entry = |of: fn(&ArchiveEntry) -> u64| {
        let of =
            |film: &IndexedFilm| if let Place::Packed(_, entry) = &film.place { Some(of(entry) as i64) } else { None };
        Column::Integer(films.iter().map(of).collect())
    };
    vec![
        ("id", text(|film| Some(film.id.clone()))),
        (
            "url",
            text(|film| match &film.place {
                Place::Whole(url) | Place::Slice(url, ..) | Place::Packed(url, _) => Some(url.clone()),
                Place::Nowhere(_) => None,
            }),
        ),
        (
            "offset",
            integer(|film| match film.place {
                Place::Slice(_, offset, _) => Some(offset),
                Place::Packed(_, ArchiveEntry { header, .. }) => Some(header),
                _ => None,
            }),
        ),
        (
            "length",
            integer(|film| match film.place {
                Place::Slice(_, _, length) => Some(length),
                Place::Packed(_, ArchiveEntry { packed, .. }) => Some(packed),
                _ => None,
            }),
        ),
        ("bytes", integer(|film| film.bytes)),
        ("crc32", entry(|entry| entry.crc32.into())),
        ("method", entry(|entry| entry.method.into())),
        ("encrypted", entry(|entry| entry.encrypted.into())),
        (
            "reason",
            text(|film| match &film.place {
                Place::Nowhere(reason) => serde_json::to_string(reason).ok(),
                _ => None,
            }),
        ),
    ]
}

/// The films of a part.
pub fn films(path: &Path) -> Result<Vec<IndexedFilm>> {
    table::rows(path, None)?
        .map(|row| film(&row?).ok_or_else(|| Error::read(path, &"it is no part of an index")))
        .collect()
}

fn film(row: &Row) -> Option<IndexedFilm> {
    IndexedFilm::of_columns(
        |name| table::text(table::value(row, name)?),
        |name| table::integer(table::value(row, name)?),
    )
}

impl IndexedFilm {
    /// The film of a row, whose columns are these texts and whole numbers by name; `None` of a row that no index has.
    pub fn of_columns(text: impl Fn(&str) -> Option<String>, number: impl Fn(&str) -> Option<u64>) -> Option<Self> {
        let [id, url, reason] = ["id", "url", "reason"].map(text);
        let [offset, length, bytes, crc32, method, encrypted] =
            ["offset", "length", "bytes", "crc32", "method", "encrypted"].map(number);
        let place = match (url, offset, length, method) {
            (Some(url), Some(header), Some(packed), Some(method)) => {
                let (crc32, method) = (crc32?.try_into().ok()?, method.try_into().ok()?);
                let encrypted = encrypted? != 0;
                Place::Packed(url, ArchiveEntry { header, packed, bytes: bytes?, crc32, method, encrypted })
            }
            (Some(url), Some(offset), Some(length), None) => Place::Slice(url, offset, length),
            (Some(url), ..) => Place::Whole(url),
            (None, ..) => Place::Nowhere(serde_json::from_str(&reason?).ok()?),
        };
        Some(Self { id: id?, place, bytes })
    }
}

/// The name of a plain enum's value, as it is written everywhere.
pub fn name(value: &impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}
