use std::{collections::HashMap, rc::Rc};

use lungfield_reader::{
    Listed,
    archive::Entry,
    case::{Piece, has_directory_name, pieces},
};
use wasm_bindgen::JsValue;
use web_sys::File;

use super::{FilmId, Held, Place};

/// Where a film's bytes are.
#[derive(Clone)]
pub(super) enum Source {
    /// They are a file; or it holds several films.
    File(File),
    /// Packed in an archive.
    Entry(File, Entry),
    /// In the files of a DICOM file-set, of which the one with this index may be the directory.
    FileSet(Rc<[Listed<File>]>, usize),
}

impl Source {
    /// What the worker is told.
    pub fn place(&self) -> Place {
        match self {
            Self::File(_) => Place::File,
            Self::Entry(_, entry) => Place::Entry(entry.clone()),
            Self::FileSet(files, directory) => {
                let names = files.iter().map(|file| file.name.clone()).collect();
                Place::FileSet { names, directory: *directory }
            }
        }
    }

    /// What is attached to it.
    pub fn attachment(&self) -> JsValue {
        match self {
            Self::File(file) | Self::Entry(file, _) => file.into(),
            Self::FileSet(files, directory) => {
                files[*directory].place.as_ref().map_or(JsValue::UNDEFINED, JsValue::from)
            }
        }
    }

    /// A film that the worker has found here; `None` when there is no such place.
    fn held(&self, Listed { name, place }: Listed<Held>) -> Option<Listed<Source>> {
        let place = match (place, self) {
            (Ok(Held::Entry(entry)), Self::File(archive)) => Ok(Self::Entry(archive.clone(), entry)),
            (Ok(Held::File(index)), Self::FileSet(files, _)) => files.get(index)?.place.clone().map(Self::File),
            (Ok(_), _) => return None,
            (Err(reason), _) => Err(reason),
        };
        Some(Listed { name, place })
    }
}

/// The films that have come in, numbered in the order of input, and where their bytes are. A `File` is not the file's
/// bytes; the page never has those.
#[derive(Default)]
pub(super) struct Sources {
    films: HashMap<FilmId, Listed<Source>>,
    next: u32,
}

impl Sources {
    /// Adds files, in their order. What has the name of a DICOM directory stands for itself and for the files in its folder
    /// and below until a worker has looked into it.
    pub fn add(&mut self, files: Vec<Listed<File>>) -> Vec<FilmId> {
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let may_be_directory = |index: usize| files[index].place.is_ok() && has_directory_name(names[index]);
        let film = |piece| match piece {
            Piece::File(index) => {
                let Listed { name, place } = files[index].clone();
                Listed { name, place: place.map(Source::File) }
            }
            Piece::FileSet { directory, files: own } => {
                let name = files[directory].name.clone();
                let place = own.iter().position(|&index| index == directory).unwrap_or_default();
                let own = own.into_iter().map(|index| files[index].clone()).collect();
                Listed { name, place: Ok(Source::FileSet(own, place)) }
            }
        };
        pieces(&names, may_be_directory).into_iter().map(|piece| self.number(film(piece))).collect()
    }

    /// Puts the films that a worker has found in what was taken for one in its place; `None` if that is gone.
    pub fn replace(&mut self, film: FilmId, found: Vec<Listed<Held>>) -> Option<Vec<FilmId>> {
        let whole = self.films.remove(&film)?;
        let source = whole.place.as_ref().ok()?;
        Some(found.into_iter().filter_map(|found| source.held(found)).map(|film| self.number(film)).collect())
    }

    /// A film's name and where its bytes are.
    pub fn get(&self, film: FilmId) -> Option<&Listed<Source>> {
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

    fn number(&mut self, film: Listed<Source>) -> FilmId {
        let id = FilmId(self.next);
        self.next += 1;
        self.films.insert(id, film);
        id
    }
}
