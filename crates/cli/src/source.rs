//! Where `prepare` takes films from: labelled folders and pairs of TFRecord files, one after the other.

use std::path::Path;

use lungfield_reader::Class;

use crate::case::{self, Content};
use crate::error::{Error, Result};
use crate::files::to_slash;
use crate::labels::{self, Label};
use crate::tfrecord::{Records, record_error};

/// A film that is not read yet.
pub struct Pending {
    /// Its path in the source, which `index.csv` names it by.
    pub name: String,
    /// What it is prepared as.
    pub label: Label,
    /// Its bytes, or where they are.
    pub content: Content,
}

/// A source of films: how many, and one after the other.
pub struct Source {
    /// How many films there are.
    pub films: usize,
    /// Files that lie in no labelled folder.
    pub outside: Vec<String>,
    /// The films, in order.
    pub pending: Box<dyn Iterator<Item = Result<Pending>>>,
}

/// The films below a folder or in an archive, by the classes that the list gives them, without one by the folders `NORMAL/` and
/// `PNEUMONIA/` in it.
///
/// # Errors
/// As [`labels::labelled`] and [`labels::by_list`].
pub fn folder(folder: &Path, list: Option<&Path>) -> Result<Source> {
    let found = list.map_or_else(|| labels::labelled(folder), |list| labels::by_list(folder, list))?;
    Ok(Source {
        films: found.films.len(),
        outside: found.outside,
        pending: Box::new(
            found
                .films
                .into_iter()
                .map(|film| Ok(Pending { name: film.name, label: Label::Film(film.label), content: film.content })),
        ),
    })
}

/// Every picture below a folder, none of them a child's chest film.
///
/// # Errors
/// When the folder cannot be listed or holds no files.
pub fn others(folder: &Path) -> Result<Source> {
    let found = case::films(folder)?;
    if found.is_empty() || !folder.is_dir() {
        return Err(Error::at(folder, "is not a folder with pictures", "Name a folder that holds some."));
    }
    let below = folder.to_owned();
    Ok(Source {
        films: found.len(),
        outside: Vec::new(),
        pending: Box::new(found.into_iter().map(move |film| {
            let name = to_slash(film.path.strip_prefix(&below).unwrap_or(&film.path));
            Ok(Pending { name, label: Label::Other, content: film.content })
        })),
    })
}

/// The films of two TFRecord files in step: record `i` of `images` is a film's bytes, record `i` of `paths` its path.
/// The paths are read and checked first, the films as they are asked for.
///
/// # Errors
/// When a file cannot be opened, or a path is damaged or names no class. An item is an error when a film's record is
/// damaged, or when there are more or fewer films than paths.
pub fn tfrecord(images: &Path, paths: &Path) -> Result<Source> {
    let named = Records::open(paths)?
        .enumerate()
        .map(|(record, path)| labelled_path(paths, record, path?))
        .collect::<Result<Vec<_>>>()?;
    let films = named.len();
    let (images, paths) = (images.to_owned(), paths.to_owned());
    let mut records = Records::open(&images)?;
    let mut named = named.into_iter().enumerate();
    let pending = std::iter::from_fn(move || match (records.next(), named.next()) {
        (Some(Ok(bytes)), Some((_, (name, label)))) => {
            Some(Ok(Pending { name, label: Label::Film(label), content: Content::Record(bytes) }))
        }
        (Some(Err(error)), _) => Some(Err(error)),
        (Some(Ok(_)), None) => {
            Some(Err(record_error(&paths, films, format!("there is none for the film in {}", images.display()))))
        }
        (None, Some((record, _))) => {
            Some(Err(record_error(&images, record, format!("there is none for the path in {}", paths.display()))))
        }
        (None, None) => None,
    });
    Ok(Source { films, outside: Vec::new(), pending: Box::new(pending) })
}

fn labelled_path(file: &Path, record: usize, path: Vec<u8>) -> Result<(String, Class)> {
    let path = String::from_utf8(path).map_err(|_| record_error(file, record, "the path is not UTF-8"))?;
    match lungfield_reader::labels::of_folder(&path) {
        Some(label) => Ok((path, label)),
        None => Err(record_error(file, record, format!("{path:?} lies in no folder NORMAL or PNEUMONIA"))),
    }
}
