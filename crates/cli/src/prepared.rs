//! What `prepare` writes and `training/` reads: `films.npy` and `index.csv`.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use lungfield_reader::Class;

use crate::error::{Error, Result};
use crate::labels::Label;
use crate::npy::FilmsNpy;
use crate::patient::{class_name, non_chest, patient};

/// A film as it is written.
pub struct PreparedFilm {
    /// Its path in the source.
    pub name: String,
    /// What it is.
    pub label: Label,
    /// SHA-256 of its file.
    pub sha256: String,
    /// Width of the film in pixels, before it was squashed.
    pub width: u32,
    /// Height of the film in pixels, before it was squashed.
    pub height: u32,
    /// Luma `0..=255`, row by row.
    pub pixels: Vec<u8>,
}

/// The two files, while they are written.
pub struct PreparedFilms {
    array: (FilmsNpy<BufWriter<File>>, PathBuf),
    index: (csv::Writer<File>, PathBuf),
    counts: Counts,
    names: HashMap<String, String>,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Films without pneumonia.
    pub normal: usize,
    /// Films with pneumonia.
    pub pneumonia: usize,
    /// Pictures that are no children's chest films.
    pub other: usize,
    /// The patients' ids.
    pub patients: HashSet<String>,
}

impl PreparedFilms {
    /// Starts both files in `folder`, which is made if it is not there. Until [`Self::finish`] the array says that it
    /// holds no films.
    ///
    /// # Errors
    /// When the folder or a file cannot be written.
    pub fn create(folder: &Path, rows: usize, columns: usize) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|e| Error::write(folder, &e))?;
        let create = |name| {
            let path = folder.join(name);
            File::create(&path).map(|file| (file, path.clone())).map_err(|e| Error::write(&path, &e))
        };
        let (array, array_path) = create("films.npy")?;
        let array = FilmsNpy::new(BufWriter::new(array), rows, columns).map_err(|e| Error::write(&array_path, &e))?;
        let (index, index_path) = create("index.csv")?;
        let mut index = csv::Writer::from_writer(index);
        index
            .write_record(["row", "path", "label", "patient", "subtype", "width", "height", "sha256"])
            .map_err(|e| Error::write(&index_path, &e.into()))?;
        let (counts, names) = (Counts::default(), HashMap::new());
        Ok(Self { array: (array, array_path), index: (index, index_path), counts, names })
    }

    /// Appends a film. Returns the name of an earlier film with the same bytes; this one is appended all the same.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn push(&mut self, film: PreparedFilm) -> Result<Option<String>> {
        let (array, array_path) = &mut self.array;
        array.push(&film.pixels).map_err(|e| Error::write(array_path, &e))?;
        let (label, patient) = match film.label {
            Label::Film(class) => (class_name(class), patient(&film.name, class)),
            Label::Other => ("other", non_chest(&film.name)),
        };
        let (index, index_path) = &mut self.index;
        let row = self.counts.normal + self.counts.pneumonia + self.counts.other;
        index
            .write_record([
                &row.to_string(),
                &film.name,
                label,
                &patient.id,
                &patient.subtype,
                &film.width.to_string(),
                &film.height.to_string(),
                &film.sha256,
            ])
            .map_err(|e| Error::write(index_path, &e.into()))?;
        match film.label {
            Label::Film(Class::Normal) => self.counts.normal += 1,
            Label::Film(Class::Pneumonia) => self.counts.pneumonia += 1,
            Label::Other => self.counts.other += 1,
        }
        if film.label != Label::Other {
            self.counts.patients.insert(patient.id);
        }
        let twin = self.names.get(&film.sha256).cloned();
        if twin.is_none() {
            self.names.insert(film.sha256, film.name);
        }
        Ok(twin)
    }

    /// Completes both files.
    ///
    /// # Errors
    /// When a file cannot be written to its end.
    pub fn finish(self) -> Result<Counts> {
        let (mut index, index_path) = self.index;
        index.flush().map_err(|e| Error::write(&index_path, &e))?;
        let (array, array_path) = self.array;
        array.finish().map_err(|e| Error::write(&array_path, &e))?;
        Ok(self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(name: &str, label: Class, sha256: &str) -> PreparedFilm {
        PreparedFilm {
            name: name.into(),
            label: Label::Film(label),
            sha256: sha256.into(),
            width: 3,
            height: 2,
            pixels: vec![5; 4],
        }
    }

    #[test]
    fn rows_of_the_index_follow_the_films_and_twins_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut films = PreparedFilms::create(&folder.path().join("new"), 2, 2).expect("writes");
        let first = film("train/NORMAL/IM-0001-0001.jpeg", Class::Normal, "aa");
        assert_eq!(films.push(first).expect("writes"), None);
        assert_eq!(films.push(film("PNEUMONIA/a, b.png", Class::Pneumonia, "bb")).expect("writes"), None);
        let twin = films.push(film("train/NORMAL/IM-0001-0002.jpeg", Class::Normal, "aa")).expect("writes");
        assert_eq!(twin.as_deref(), Some("train/NORMAL/IM-0001-0001.jpeg"));
        let counts = films.finish().expect("writes");
        assert_eq!((counts.normal, counts.pneumonia, counts.patients.len()), (2, 1, 2));
        let index = fs::read_to_string(folder.path().join("new/index.csv")).expect("an index");
        assert_eq!(
            index,
            "row,path,label,patient,subtype,width,height,sha256\n\
             0,train/NORMAL/IM-0001-0001.jpeg,normal,IM-0001,normal,3,2,aa\n\
             1,\"PNEUMONIA/a, b.png\",pneumonia,\"a, b\",pneumonia,3,2,bb\n\
             2,train/NORMAL/IM-0001-0002.jpeg,normal,IM-0001,normal,3,2,aa\n"
        );
        assert_eq!(fs::metadata(folder.path().join("new/films.npy")).expect("an array").len(), 128 + 3 * 4);
    }
}
