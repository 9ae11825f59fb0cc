use std::collections::HashMap;

use crate::case::folder;
use crate::decode::{FileId, images};
use crate::{Error, Holding, Kind, Limits, Listed, Result, Stage};

/// The films of a DICOM file-set (PS3.10, section 8): those that its directory's image records reference, in its order.
/// Places are indices of `names`, the paths of the files; `directory` is the directory's, with its `bytes`. Files that it
/// does not reference, such as a viewer beside the films, are not listed. Upper and lower case are not told apart, as
/// media do not.
///
/// A directory that cannot be used, because it is damaged, lists no film or none that is there, is a film without a
/// place, and all other files are listed. So are all files of what only has the name of a directory.
pub fn file_set<S: AsRef<str>>(
    names: &[S],
    directory: usize,
    bytes: Result<Vec<u8>>,
    limits: &Limits,
) -> Vec<Listed<usize>> {
    let listed = |index: usize| Listed { name: names[index].as_ref().to_owned(), place: Ok(index) };
    let found = match &bytes {
        Ok(bytes) if Holding::of(bytes) != Holding::Directory => return (0..names.len()).map(listed).collect(),
        Ok(bytes) => images(bytes, limits).and_then(|ids| find(names, directory, ids)),
        Err(error) => Err(error.clone()),
    };
    found.unwrap_or_else(|error| {
        let unusable = Listed { name: names[directory].as_ref().to_owned(), place: Err(error) };
        let others = (0..names.len()).filter(|&index| index != directory).map(listed);
        std::iter::once(unusable).chain(others).collect()
    })
}

fn find<S: AsRef<str>>(names: &[S], directory: usize, ids: Vec<FileId>) -> Result<Vec<Listed<usize>>> {
    let root = folder(names[directory].as_ref());
    let mut places: HashMap<String, usize> = HashMap::new();
    for (index, name) in names.iter().enumerate() {
        if let Some(below) = name.as_ref().strip_prefix(root) {
            places.entry(below.to_uppercase()).or_insert(index);
        }
    }
    let count = ids.len();
    let mut found = Vec::with_capacity(count);
    let mut present = 0;
    for id in ids {
        let Some(id) = id else {
            let detail = "the DICOM directory names a file that does not lie in its folder";
            found.push(Listed { name: names[directory].as_ref().to_owned(), place: Err(error(Kind::Damaged, detail)) });
            continue;
        };
        // Removed: a file that several records reference is one film.
        match places.insert(id.to_uppercase(), TAKEN) {
            Some(TAKEN) => {}
            Some(index) => {
                present += 1;
                found.push(Listed { name: names[index].as_ref().to_owned(), place: Ok(index) });
            }
            None => {
                let missing = error(Kind::Missing, "the DICOM directory names this file, and it is not there");
                found.push(Listed { name: format!("{root}{id}"), place: Err(missing) });
            }
        }
    }
    match (count, present) {
        (0, _) => Err(error(Kind::Empty, "the DICOM directory lists no films")),
        (_, 0) => {
            Err(error(Kind::Missing, format!("none of the {count} films that the DICOM directory lists is there")))
        }
        _ => Ok(found),
    }
}

/// The place of a file that is listed already.
const TAKEN: usize = usize::MAX;

fn error(kind: Kind, detail: impl Into<String>) -> Error {
    Error::new(Stage::Decode, kind, detail)
}
