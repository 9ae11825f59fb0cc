use std::{collections::HashMap, rc::Rc};

use lungfield_contract::{
    Error, Kind, Stage,
    listing::{FileGroup, group_file_sets, has_directory_name},
};
use wasm_bindgen::JsValue;
use web_sys::File;

use super::{FilmId, Held, Note, Place, unreadable};

/// A file as it has come in. A `File` is not the file's bytes; the page never has those.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedFile {
    /// Its name, after those of the folders that came with it.
    pub name: String,
    /// The file, or why there is none.
    pub file: Result<File, Error>,
}

impl NamedFile {
    /// One that the browser could not open.
    pub fn unreadable(name: String) -> Self {
        Self { name, file: Err(unreadable()) }
    }

    /// A folder in which there is nothing to read.
    pub fn empty_folder(name: String) -> Self {
        Self { name, file: Err(Error::new(Stage::Decode, Kind::Empty, "the folder holds no files")) }
    }
}

impl From<File> for NamedFile {
    fn from(file: File) -> Self {
        Self { name: file.name(), file: Ok(file) }
    }
}

/// A film: what it is called and where its bytes are.
#[derive(Clone)]
pub(super) struct Source {
    pub name: String,
    file: Option<File>,
    place: Whereabouts,
}

#[derive(Clone)]
enum Whereabouts {
    /// They are the file; or it holds several films.
    File,
    /// There is no file, for this reason.
    Nowhere(Error),
    /// Where in the file a worker has noted.
    Noted(Note),
    /// These files are a DICOM file-set, of which the one with this index may be the directory.
    FileSet(Rc<[NamedFile]>, usize),
}

impl Source {
    /// What the worker is told.
    pub fn place(&self) -> Place {
        match &self.place {
            Whereabouts::File => Place::File,
            Whereabouts::Nowhere(reason) => Place::Nowhere(reason.clone()),
            Whereabouts::Noted(note) => Place::Noted(note.clone()),
            Whereabouts::FileSet(files, directory) => {
                let names = files.iter().map(|file| file.name.clone()).collect();
                Place::FileSet { names, directory: *directory }
            }
        }
    }

    /// What is attached to it.
    pub fn attachment(&self) -> JsValue {
        self.file.as_ref().map_or(JsValue::UNDEFINED, JsValue::from)
    }

    /// A film that the worker has found here; `None` when there is no such place.
    fn held(&self, name: String, held: Held) -> Option<Self> {
        match (held, &self.place) {
            (Held::Noted(note), _) => Some(Self { name, file: self.file.clone(), place: Whereabouts::Noted(note) }),
            (Held::File(index), Whereabouts::FileSet(files, _)) => files.get(index).cloned().map(Self::from),
            (Held::File(_), _) => None,
        }
    }
}

impl From<NamedFile> for Source {
    fn from(NamedFile { name, file }: NamedFile) -> Self {
        match file {
            Ok(file) => Self { name, file: Some(file), place: Whereabouts::File },
            Err(reason) => Self { name, file: None, place: Whereabouts::Nowhere(reason) },
        }
    }
}

/// The films that have come in, numbered in the order of input.
#[derive(Default)]
pub(super) struct Sources {
    films: HashMap<FilmId, Source>,
    next: u32,
}

impl Sources {
    /// Adds files, in their order. What has the name of a DICOM directory stands for itself and for the files in its folder
    /// and below until a worker has looked into it.
    pub fn add(&mut self, files: Vec<NamedFile>) -> Vec<FilmId> {
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let film = |group| match group {
            FileGroup::File(index) => Source::from(files[index].clone()),
            FileGroup::FileSet { files: own, directory } => {
                let whole = Source::from(files[own[directory]].clone());
                let own = own.into_iter().map(|index| files[index].clone()).collect();
                Source { place: Whereabouts::FileSet(own, directory), ..whole }
            }
        };
        let groups = group_file_sets(&names, |index| has_directory_name(names[index]));
        groups.into_iter().map(|group| self.number(film(group))).collect()
    }

    /// Puts the films that a worker has found in what was taken for one in its place; `None` if that is gone.
    pub fn replace(&mut self, film: FilmId, found: Vec<(String, Held)>) -> Option<Vec<FilmId>> {
        let whole = self.films.remove(&film)?;
        Some(found.into_iter().filter_map(|(name, held)| Some(self.number(whole.held(name, held)?))).collect())
    }

    /// A film.
    pub fn get(&self, film: FilmId) -> Option<&Source> {
        self.films.get(&film)
    }

    /// Forgets a film.
    pub fn remove(&mut self, film: FilmId) {
        self.films.remove(&film);
    }

    /// Forgets all films. Their numbers are not given again.
    pub fn clear(&mut self) {
        self.films.clear();
    }

    fn number(&mut self, film: Source) -> FilmId {
        let id = FilmId(self.next);
        self.next += 1;
        self.films.insert(id, film);
        id
    }
}
