//! A case: several films that lie together, in a folder, an archive or a file-set.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::Error;

/// A film of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<P> {
    /// Its path in the case, with `/` between the parts.
    pub name: String,
    /// Where its bytes are, or why there are none.
    pub place: Result<P, Error>,
}

/// Files of a case that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A file of its own.
    File(usize),
    /// A DICOM file-set: the files in the folder of its directory and below.
    FileSet {
        /// The directory.
        directory: usize,
        /// All of its files in order, the directory among them.
        files: Vec<usize>,
    },
}

/// Finds the file-sets among the files of a case by where `is_directory` finds a directory. A directory below another
/// one's folder is a file like others. Pieces are in the order of their first files.
pub fn pieces<S: AsRef<str>>(names: &[S], is_directory: impl Fn(usize) -> bool) -> Vec<Piece> {
    // Folders, each with its directory and, once it has begun, its piece.
    let mut sets: HashMap<&str, (usize, Option<usize>)> = HashMap::new();
    for (index, name) in names.iter().enumerate().filter(|(index, _)| is_directory(*index)) {
        sets.entry(folder(name.as_ref())).or_insert((index, None));
    }
    let mut pieces = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let name = name.as_ref();
        let folders = std::iter::once(0).chain(name.match_indices('/').map(|(at, _)| at + 1)).map(|end| &name[..end]);
        let Some(outermost) = folders.into_iter().find(|folder| sets.contains_key(folder)) else {
            pieces.push(Piece::File(index));
            continue;
        };
        let Some((directory, place)) = sets.get_mut(outermost) else { continue };
        match place.and_then(|place| pieces.get_mut(place)) {
            Some(Piece::FileSet { files, .. }) => files.push(index),
            _ => {
                *place = Some(pieces.len());
                pieces.push(Piece::FileSet { directory: *directory, files: vec![index] });
            }
        }
    }
    pieces
}

/// The folder that a name lies in, with the `/` at its end; empty for a name without one.
pub(crate) fn folder(name: &str) -> &str {
    &name[..name.rfind('/').map_or(0, |at| at + 1)]
}

/// Whether a file is called as a DICOM directory must be (PS3.10, section 8.6), in upper or lower case.
pub fn has_directory_name(name: &str) -> bool {
    name[folder(name).len()..].eq_ignore_ascii_case("DICOMDIR")
}

/// The order in which a folder's files are read: by the names of the folders, then of the files.
pub fn in_order(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

/// Whether a file in a folder is none of the user's: its name, or that of a folder above it, begins with a dot.
pub fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces_of(names: &[&str]) -> Vec<Piece> {
        pieces(names, |index| names[index].ends_with("DIR"))
    }

    #[test]
    fn files_without_a_directory_stand_alone() {
        assert_eq!(pieces_of(&["a", "b/c"]), [Piece::File(0), Piece::File(1)]);
    }

    #[test]
    fn a_directory_takes_its_folder_and_all_below_and_nothing_beside() {
        let found = pieces_of(&["a", "CD/0", "CD/DIR", "CD/x/DIR", "CD/x/y", "CDs/1"]);
        let set = Piece::FileSet { directory: 2, files: vec![1, 2, 3, 4] };
        assert_eq!(found, [Piece::File(0), set, Piece::File(5)]);
    }

    #[test]
    fn several_directories_have_a_set_each() {
        let sets = [(0, vec![0, 1]), (2, vec![2, 3])];
        let sets = sets.map(|(directory, files)| Piece::FileSet { directory, files });
        assert_eq!(pieces_of(&["a/DIR", "a/film", "b/DIR", "b/film"]), sets);
    }

    #[test]
    fn a_directory_beside_the_films_takes_them_all() {
        assert_eq!(pieces_of(&["DIR", "a", "b/c"]), [Piece::FileSet { directory: 0, files: vec![0, 1, 2] }]);
    }

    #[test]
    fn a_directory_has_its_name_in_any_case_and_no_other() {
        let names = ["DICOMDIR", "cd/dicomdir", "DICOMDIR/a", "ADICOMDIR", "DICOMDIR.dcm", ""];
        assert_eq!(names.map(has_directory_name), [true, true, false, false, false, false]);
    }

    #[test]
    fn folders_come_in_the_order_of_their_names() {
        let mut names = ["b.png", "b/1", "a/z", "b", "a"];
        names.sort_by(|a, b| in_order(a, b));
        assert_eq!(names, ["a", "a/z", "b", "b/1", "b.png"]);
    }
}
