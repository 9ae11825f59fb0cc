//! Names of the files that are written for films.

use std::collections::HashSet;
use std::path::Path;

/// The most characters of a film's name that such a file's has. Each may have 4 bytes; discs have room for 255.
const LONGEST: usize = 56;

/// The names that are taken in a folder.
#[derive(Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// A film's name without its ending, with a number where a film before it has the same one.
    pub fn of(&mut self, film: &Path) -> String {
        // An archive may hold longer names than a disc.
        let stem: String = film.file_stem().unwrap_or_default().to_string_lossy().chars().take(LONGEST).collect();
        let mut name = stem.clone();
        let mut number = 1;
        // Names that differ only in case are one file on some systems.
        while !self.0.insert(name.to_lowercase()) {
            number += 1;
            name = format!("{stem}-{number}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn films_of_one_name_have_files_of_their_own() {
        let mut names = Names::default();
        let made = ["a/film.png", "b/FILM.jpeg", "b/film-2.png", "film"].map(|film| names.of(Path::new(film)));
        assert_eq!(made, ["film", "FILM-2", "film-2-2", "film-3"]);
    }
}
