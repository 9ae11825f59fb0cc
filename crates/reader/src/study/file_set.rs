//! A DICOM file-set (PS3.10, section 8): a folder of films with an index in it, the directory. Its files go by their paths,
//! `names`, and `directory` is the index of the directory's own. Nothing is opened here but the directory's bytes.

use std::collections::HashMap;

use super::FileKind;
use crate::decode::images;
use crate::guard::guarded;
use crate::listing::folder;
use crate::{Error, Kind, Limits, Listed, Result, Stage};

/// The films that the directory's image records reference, in its order; their places are indices of `names`. Files that it
/// does not reference, such as a viewer beside the films, are not listed. Upper and lower case are not told apart, as
/// media do not.
///
/// # Errors
/// When the directory is damaged or beyond the limits, lists no film, or none that is there.
pub fn films<S: AsRef<str>>(
    names: &[S],
    directory: usize,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Vec<Listed<usize>>> {
    let root = folder(names[directory].as_ref());
    let mut places: HashMap<String, usize> = HashMap::new();
    for (index, name) in names.iter().enumerate() {
        if let Some(below) = name.as_ref().strip_prefix(root) {
            places.entry(below.to_uppercase()).or_insert(index);
        }
    }
    let ids = guarded(|| images(bytes, limits))?;
    let count = ids.len();
    let mut found = Vec::with_capacity(count);
    let mut present = 0;
    for id in ids {
        // A file that several records reference is one film.
        let (name, place) = match id.as_ref().map(|id| (id, places.insert(id.to_uppercase(), TAKEN))) {
            Some((_, Some(TAKEN))) => continue,
            Some((_, Some(index))) => (names[index].as_ref().to_owned(), Ok(index)),
            Some((id, None)) => {
                let detail = "the DICOM directory names this file, and it is not there";
                (format!("{root}{id}"), Err(error(Kind::Missing, detail)))
            }
            None => {
                let detail = "the DICOM directory names a file that does not lie in its folder";
                (names[directory].as_ref().to_owned(), Err(error(Kind::Damaged, detail)))
            }
        };
        present += usize::from(place.is_ok());
        found.push(Listed { name, place });
    }
    match (count, present) {
        (0, _) => Err(error(Kind::UnsupportedVariant, "the DICOM directory lists no films")),
        (_, 0) => {
            Err(error(Kind::Missing, format!("none of the {count} films that the DICOM directory lists is there")))
        }
        _ => Ok(found),
    }
}

/// As [`films`]. A directory that is of no use, or that could not be read, is a film without a place, and all other files
/// are listed. So are all files of what only has the name of a directory.
pub fn films_or_all<S: AsRef<str>>(
    names: &[S],
    directory: usize,
    bytes: Result<Vec<u8>>,
    limits: &Limits,
) -> Vec<Listed<usize>> {
    let name = |index: usize| names[index].as_ref().to_owned();
    let listed = |index| Listed { name: name(index), place: Ok(index) };
    let found = match bytes {
        Ok(bytes) if FileKind::of(&bytes) != FileKind::Directory => return (0..names.len()).map(listed).collect(),
        bytes => bytes.and_then(|bytes| films(names, directory, &bytes, limits)),
    };
    found.unwrap_or_else(|error| {
        let unusable = Listed { name: name(directory), place: Err(error) };
        let others = (0..names.len()).filter(|&index| index != directory).map(listed);
        std::iter::once(unusable).chain(others).collect()
    })
}

/// The place of a file that is listed already.
const TAKEN: usize = usize::MAX;

fn error(kind: Kind, detail: impl Into<String>) -> Error {
    Error::new(Stage::Decode, kind, detail)
}
