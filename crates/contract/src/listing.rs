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

/// Files of a case that belong together, by their indices in the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileGroup {
    /// A file of its own.
    File(usize),
    /// A DICOM file-set: the files in the folder of its directory and below.
    FileSet {
        /// All of its files in order, the directory among them.
        files: Vec<usize>,
        /// Where among `files` the directory is.
        directory: usize,
    },
}

/// Groups the files of a case by the file-sets among them, which are where `is_directory` finds a directory. A directory
/// below another one's folder is a file like others. Groups are in the order of their first files.
pub fn group_file_sets<S: AsRef<str>>(names: &[S], is_directory: impl Fn(usize) -> bool) -> Vec<FileGroup> {
    let mut directories: HashMap<&str, usize> = HashMap::new();
    for (index, name) in names.iter().enumerate().filter(|(index, _)| is_directory(*index)) {
        directories.entry(folder(name.as_ref())).or_insert(index);
    }
    let mut groups = Vec::new();
    // The group that each folder with a directory has begun.
    let mut begun: HashMap<&str, usize> = HashMap::new();
    for (index, name) in names.iter().enumerate() {
        let name = name.as_ref();
        let mut folders =
            std::iter::once(0).chain(name.match_indices('/').map(|(at, _)| at + 1)).map(|end| &name[..end]);
        let Some(outermost) = folders.find(|folder| directories.contains_key(folder)) else {
            groups.push(FileGroup::File(index));
            continue;
        };
        let group = *begun.entry(outermost).or_insert_with(|| {
            groups.push(FileGroup::FileSet { files: Vec::new(), directory: 0 });
            groups.len() - 1
        });
        if let FileGroup::FileSet { files, directory } = &mut groups[group] {
            if directories[outermost] == index {
                *directory = files.len();
            }
            files.push(index);
        }
    }
    groups
}

/// The files of a folder or an archive that are the user's, in the order in which they are read: without hidden ones,
/// sorted by the names of their folders, then their own. `name` is a file's path below what the user gave.
pub fn visible_in_order<F>(mut files: Vec<F>, name: impl Fn(&F) -> &str) -> Vec<F> {
    files.retain(|file| !is_hidden(name(file)));
    files.sort_by(|a, b| in_order(name(a), name(b)));
    files
}

/// The folder that a name lies in, with the `/` at its end; empty for a name without one.
pub fn folder(name: &str) -> &str {
    &name[..name.rfind('/').map_or(0, |at| at + 1)]
}

/// Whether a file is called as a DICOM directory must be (PS3.10, section 8.6), in upper or lower case.
pub fn has_directory_name(name: &str) -> bool {
    name[folder(name).len()..].eq_ignore_ascii_case("DICOMDIR")
}

/// The order in which a folder's files are read: by the names of the folders, then of the files.
fn in_order(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

/// Whether a file is none of the user's: its name, or that of a folder above it, begins with a dot, or it lies in what
/// macOS adds to archives.
pub fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups_of(names: &[&str]) -> Vec<FileGroup> {
        group_file_sets(names, |index| names[index].ends_with("DIR"))
    }

    #[test]
    fn files_without_a_directory_stand_alone() {
        assert_eq!(groups_of(&["a", "b/c"]), [FileGroup::File(0), FileGroup::File(1)]);
    }

    #[test]
    fn a_directory_takes_its_folder_and_all_below_and_nothing_beside() {
        let found = groups_of(&["a", "CD/0", "CD/DIR", "CD/x/DIR", "CD/x/y", "CDs/1"]);
        let set = FileGroup::FileSet { directory: 1, files: vec![1, 2, 3, 4] };
        assert_eq!(found, [FileGroup::File(0), set, FileGroup::File(5)]);
    }

    #[test]
    fn several_directories_have_a_set_each() {
        let sets = [(0, vec![0, 1]), (0, vec![2, 3])];
        let sets = sets.map(|(directory, files)| FileGroup::FileSet { directory, files });
        assert_eq!(groups_of(&["a/DIR", "a/film", "b/DIR", "b/film"]), sets);
    }

    #[test]
    fn a_directory_beside_the_films_takes_them_all() {
        assert_eq!(groups_of(&["DIR", "a", "b/c"]), [FileGroup::FileSet { directory: 0, files: vec![0, 1, 2] }]);
    }

    #[test]
    fn a_directory_has_its_name_in_any_case_and_no_other() {
        let names = ["DICOMDIR", "cd/dicomdir", "DICOMDIR/a", "ADICOMDIR", "DICOMDIR.dcm", ""];
        assert_eq!(names.map(has_directory_name), [true, true, false, false, false, false]);
    }

    #[test]
    fn files_come_in_the_order_of_their_folders_without_hidden_ones() {
        let names = vec!["b.png", "b/1", "a/.z", "a/z", "b", ".c/1", "a", "__MACOSX/a"];
        assert_eq!(visible_in_order(names, |name| name), ["a", "a/z", "b", "b/1", "b.png"]);
    }
}
