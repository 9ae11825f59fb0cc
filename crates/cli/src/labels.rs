//! Films with a class: the folders `NORMAL` and `PNEUMONIA` that they lie in name it.

use std::collections::HashSet;
use std::path::Path;

use lungfield_reader::{Class, labels};

use crate::case::{self, Content};
use crate::error::{Error, Result};
use crate::files::to_slash;

/// A film whose folder says its class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledFilm {
    /// Its bytes, or where they are.
    pub content: Content,
    /// Its path below the folder that was searched, with `/` on every system.
    pub name: String,
    /// The class of the nearest folder named `NORMAL` or `PNEUMONIA`.
    pub label: Class,
}

/// What a picture is prepared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A child's chest film of this class.
    Film(Class),
    /// Anything else: what the gate learns to turn away.
    Other,
}

/// What a folder with `NORMAL/` and `PNEUMONIA/` in it holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LabelledFolder {
    /// The films, in the order of their paths.
    pub films: Vec<LabelledFilm>,
    /// Names of the films that lie in no such folder, and so have no class.
    pub outside: Vec<String>,
}

/// The films that a list names, one a line.
///
/// # Errors
/// When the list cannot be read or names nothing.
pub fn listed(list: &Path) -> Result<HashSet<String>> {
    let text = std::fs::read_to_string(list).map_err(|e| Error::read(list, &e))?;
    let names: HashSet<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if names.is_empty() {
        return Err(Error::at(list, "names no film", "Give a file with one path a line."));
    }
    Ok(names)
}

/// The films below `folder`, which may be an archive or lie in one, at any depth, by the class that their folders name.
///
/// # Errors
/// When it is not a folder that can be listed, or when no film below it has a class.
pub fn labelled(folder: &Path) -> Result<LabelledFolder> {
    const ADVICE: &str = "Name the folder that holds NORMAL/ and PNEUMONIA/, or list the films' classes with --labels.";
    let found = by(folder, ADVICE, labels::of_folder)?;
    if found.films.is_empty() {
        return Err(Error::at(folder, "no film below it lies in a folder NORMAL or PNEUMONIA", ADVICE));
    }
    Ok(found)
}

/// The same by a CSV file with the columns `file`, a path below the folder with `/`, and `class`, which is normal or pneumonia.
///
/// # Errors
/// When the list cannot be read or is none, names a film twice, or names one that is not there.
pub fn by_list(folder: &Path, list: &Path) -> Result<LabelledFolder> {
    const ADVICE: &str = "Give a CSV file with the columns file and class (normal or pneumonia).";
    let wrong = |reason: String| Error::at(list, reason, ADVICE);
    let csv = std::fs::read(list).map_err(|error| Error::read(list, &error))?;
    let classes = labels::of_table(&csv).map_err(wrong)?;
    let found = by(folder, "Name the folder that holds the listed films.", |name| classes.get(name).copied())?;
    let there: HashSet<&str> = found.films.iter().map(|film| film.name.as_str()).collect();
    let gone = classes.keys().filter(|name| !there.contains(name.as_str())).min();
    match gone {
        Some(name) => Err(wrong(format!("lists {name}, which is not in {}", folder.display()))),
        None => Ok(found),
    }
}

fn by(folder: &Path, advice: &str, class: impl Fn(&str) -> Option<Class>) -> Result<LabelledFolder> {
    let films = case::films(folder)?;
    if let [only] = films.as_slice()
        && only.path == folder
    {
        return Err(Error::at(folder, "is not a folder, and no archive of films", advice));
    }
    let mut found = LabelledFolder::default();
    for case::CaseFilm { path, content } in films {
        let name = to_slash(path.strip_prefix(folder).unwrap_or(&path));
        match class(&name) {
            Some(label) => found.films.push(LabelledFilm { content, name, label }),
            None => found.outside.push(name),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folder_with(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, b"").expect("a file");
        }
        folder
    }

    #[test]
    fn films_come_in_the_order_of_their_names_and_hidden_files_do_not() {
        let folder = folder_with(&[
            "b/PNEUMONIA/2.png",
            "b/PNEUMONIA/._2.png",
            "NORMAL/b.png",
            "NORMAL/a.png",
            "b/notes.txt",
            ".git/NORMAL/x",
        ]);
        let found = labelled(folder.path()).expect("a sound folder");
        let names: Vec<_> = found.films.iter().map(|film| (film.name.as_str(), film.label)).collect();
        assert_eq!(
            names,
            [("NORMAL/a.png", Class::Normal), ("NORMAL/b.png", Class::Normal), ("b/PNEUMONIA/2.png", Class::Pneumonia)]
        );
        assert_eq!(found.outside, ["b/notes.txt"]);
    }

    #[test]
    fn a_folder_without_classes_is_an_error_that_says_what_to_name() {
        let folder = folder_with(&["a.png"]);
        let message = labelled(folder.path()).expect_err("no classes").to_string();
        assert!(message.contains("NORMAL") && message.contains(&*folder.path().to_string_lossy()), "{message}");
        assert!(labelled(&folder.path().join("a.png")).is_err(), "a file is no folder");
    }
}
