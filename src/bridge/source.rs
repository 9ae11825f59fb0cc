use std::{collections::HashMap, rc::Rc};

use lungfield_contract::{
    Error, Kind, Stage,
    listing::{FileGroup, group_file_sets, has_directory_name},
};
use wasm_bindgen::JsValue;
use web_sys::File;

use super::{FilmId, Location, Member, unreadable};

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
    pub location: Location,
    /// The file that the location is in.
    file: Option<File>,
    /// The files of a [`Location::FileSet`], in the order of its names.
    file_set: Rc<[NamedFile]>,
}

impl Source {
    /// What is attached to its message.
    pub fn attachment(&self) -> JsValue {
        self.file.as_ref().map_or(JsValue::UNDEFINED, JsValue::from)
    }

    /// Whether there is a file to read it from.
    pub fn has_file(&self) -> bool {
        self.file.is_some()
    }

    /// A film that a worker has found here; `None` when there is no such file.
    fn member(&self, name: String, member: Member) -> Option<Self> {
        let location = match member {
            Member::File(index) => return self.file_set.get(index).cloned().map(Self::from),
            Member::Entry(entry) => Location::Entry(entry),
            Member::Missing(reason) => Location::Missing(reason),
        };
        Some(Self { name, location, file: self.file.clone(), file_set: Rc::default() })
    }
}

impl From<NamedFile> for Source {
    fn from(NamedFile { name, file }: NamedFile) -> Self {
        let (file, location) = match file {
            Ok(file) => (Some(file), Location::File),
            Err(reason) => (None, Location::Missing(reason)),
        };
        Self { name, location, file, file_set: Rc::default() }
    }
}

/// The films that have come in, numbered in the order of input.
#[derive(Default)]
pub(super) struct Sources {
    films: HashMap<FilmId, Source>,
    /// Those that were removed last and may come back.
    aside: HashMap<FilmId, Source>,
    next: u32,
}

impl Sources {
    /// Adds files, in their order. What has the name of a DICOM directory stands for itself and for the files in its folder
    /// and below until a worker has looked into it.
    pub fn add(&mut self, files: Vec<NamedFile>) -> Vec<FilmId> {
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let film = |group| match group {
            FileGroup::File(index) => Source::from(files[index].clone()),
            FileGroup::FileSet { files: members, directory } => {
                let whole = Source::from(files[members[directory]].clone());
                let names = members.iter().map(|&index| names[index].to_owned()).collect();
                let file_set = members.into_iter().map(|index| files[index].clone()).collect();
                Source { location: Location::FileSet { names, directory }, file_set, ..whole }
            }
        };
        // A directory that could not be opened lists nothing: its files are films of their own.
        let groups = group_file_sets(&names, |index| files[index].file.is_ok() && has_directory_name(names[index]));
        groups.into_iter().map(|group| self.number(film(group))).collect()
    }

    /// Puts the films that a worker has found in what was taken for one in its place; `None` if that is gone.
    pub fn replace(&mut self, film: FilmId, members: Vec<(String, Member)>) -> Option<Vec<FilmId>> {
        let whole = self.films.remove(&film)?;
        let films = members.into_iter().filter_map(|(name, member)| whole.member(name, member));
        Some(films.map(|film| self.number(film)).collect())
    }

    /// A film.
    pub fn get(&self, film: FilmId) -> Option<&Source> {
        self.films.get(&film)
    }

    /// Films with their names, without those that are gone.
    pub fn named(&self, films: &[FilmId]) -> Vec<(FilmId, String)> {
        films.iter().filter_map(|film| Some((*film, self.get(*film)?.name.clone()))).collect()
    }

    /// Sets these films aside, and forgets those that were aside before. Their numbers are not given again.
    pub fn set_aside(&mut self, is_removed: impl Fn(FilmId) -> bool) {
        self.aside = self.films.extract_if(|film, _| is_removed(*film)).collect();
    }

    /// Brings the films back that are aside.
    pub fn bring_back(&mut self) {
        self.films.extend(self.aside.drain());
    }

    /// Forgets the films that are aside.
    pub fn forget_aside(&mut self) {
        self.aside.clear();
    }

    fn number(&mut self, film: Source) -> FilmId {
        let id = FilmId(self.next);
        self.next += 1;
        self.films.insert(id, film);
        id
    }
}
