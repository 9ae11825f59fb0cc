//! The films that a path stands for: a file, the files of a folder, those of a ZIP archive, those that a DICOMDIR lists.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use lungfield_reader::ArchiveEntry;
use lungfield_reader::listing::{FileGroup, group_file_sets};
use lungfield_reader::study::archive;
use lungfield_reader::study::{FileKind, file_set};
use lungfield_reader::{Error as Reason, Kind, Limits, Listed, Stage};

use crate::error::Result;
use crate::files::{self, to_slash};

/// A film of a case, not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFilm {
    /// Its path as the user would give it; through an archive, the file's path in it joined to the archive's.
    pub path: PathBuf,
    /// Its bytes, or where they are.
    pub content: Content,
}

/// A film's bytes, or where they are, so that they are fetched where the film is worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A file of its own.
    File(PathBuf),
    /// A file in this archive.
    ArchiveEntry(PathBuf, ArchiveEntry),
    /// A record, which has to be read in turn.
    Record(Vec<u8>),
    /// There are none.
    Absent(Reason),
}

impl Content {
    /// The bytes, at most one more than `limits` allow.
    ///
    /// # Errors
    /// When there are none, or a file or an archive cannot be read, for the reason that the film's reading states.
    pub fn bytes(self, limits: &Limits) -> lungfield_reader::Result<Vec<u8>> {
        match self {
            Content::File(path) => files::bytes(&path, limits.bytes).map_err(|cause| unreadable(&cause)),
            Content::ArchiveEntry(archive, entry) => {
                let mut file = File::open(archive).map_err(|cause| unreadable(&cause))?;
                archive::unpack(&entry, &mut file, limits)
            }
            Content::Record(bytes) => Ok(bytes),
            Content::Absent(reason) => Err(reason),
        }
    }
}

/// The films at or below `path`, in order. What a file is, its content tells. An archive's films have paths through it,
/// such as `case.zip/a/film.dcm`, and such a path stands for that film, or for the films in that folder.
///
/// # Errors
/// When a folder cannot be listed. A path that does not exist is no error here: reading it will say so.
pub fn films(path: &Path) -> Result<Vec<CaseFilm>> {
    if path.is_dir() {
        return below(path);
    }
    if file_kind(path) == FileKind::Directory {
        return listed_by(path);
    }
    let through_archive = if path.exists() { None } else { through_archive(path) };
    Ok(through_archive.unwrap_or_else(|| one(path)))
}

/// The films in a folder and below.
fn below(folder: &Path) -> Result<Vec<CaseFilm>> {
    let files = files::files(folder)?;
    let names = names(folder, &files);
    let kinds: Vec<FileKind> = files.iter().map(|path| file_kind(path)).collect();
    let mut films = Vec::with_capacity(files.len());
    for group in group_file_sets(&names, |index| kinds[index] == FileKind::Directory) {
        match group {
            FileGroup::File(index) => films.extend(held(&files[index], kinds[index])),
            FileGroup::FileSet { files: own, directory } => {
                let own_names: Vec<&str> = own.iter().map(|&index| names[index].as_str()).collect();
                let own_files: Vec<&Path> = own.iter().map(|&index| files[index].as_path()).collect();
                let bytes = index(own_files[directory]);
                let found = file_set::films_or_all(&own_names, directory, bytes, &Limits::default());
                films.extend(in_folder(folder, &own_files, found));
            }
        }
    }
    Ok(films)
}

/// The films that a directory lists, which lie in its folder and below. One that is of no use is a film without bytes.
fn listed_by(directory: &Path) -> Result<Vec<CaseFilm>> {
    let folder = directory.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let mut files = files::files(folder)?;
    files.push(folder.join(directory.file_name().unwrap_or_default()));
    let names = names(folder, &files);
    let found = index(directory)
        .and_then(|bytes| file_set::films(&names, names.len() - 1, &bytes, &Limits::default()))
        .map(|found| in_folder(folder, &files, found));
    Ok(found.unwrap_or_else(|reason| vec![absent(directory.to_owned(), reason)]))
}

/// The films of a file-set in a folder, whose places are indices of `files`.
fn in_folder(folder: &Path, files: &[impl AsRef<Path>], found: Vec<Listed<usize>>) -> Vec<CaseFilm> {
    let films = found.into_iter().flat_map(|film| match film.place {
        Ok(place) => one(files[place].as_ref()),
        Err(reason) => vec![absent(folder.join(film.name), reason)],
    });
    films.collect()
}

/// A file's film, or its films.
fn one(path: &Path) -> Vec<CaseFilm> {
    held(path, file_kind(path))
}

/// The same, of a file that is known to hold this.
fn held(path: &Path, kind: FileKind) -> Vec<CaseFilm> {
    match kind {
        FileKind::Archive => packed(path),
        FileKind::Film | FileKind::Directory => {
            vec![CaseFilm { path: path.to_owned(), content: Content::File(path.to_owned()) }]
        }
    }
}

/// The files' paths below a folder, with `/` between the parts.
fn names(folder: &Path, files: &[PathBuf]) -> Vec<String> {
    files.iter().map(|path| to_slash(path.strip_prefix(folder).unwrap_or(path))).collect()
}

/// The bytes of a DICOM directory.
fn index(directory: &Path) -> lungfield_reader::Result<Vec<u8>> {
    files::bytes(directory, Limits::default().index_bytes).map_err(|cause| unreadable(&cause))
}

/// The films of an archive; or the archive as one without bytes, and why.
fn packed(path: &Path) -> Vec<CaseFilm> {
    let listed = File::open(path)
        .map_err(|cause| unreadable(&cause))
        .and_then(|mut file| archive::films(&mut file, &Limits::default()));
    match listed {
        Ok(films) => films.into_iter().map(|film| in_archive(path, film)).collect(),
        Err(reason) => vec![absent(path.to_owned(), reason)],
    }
}

fn in_archive(archive: &Path, film: Listed<ArchiveEntry>) -> CaseFilm {
    let mut path = archive.as_os_str().to_owned();
    path.push("/");
    path.push(film.name);
    let content = match film.place {
        Ok(entry) => Content::ArchiveEntry(archive.to_owned(), entry),
        Err(reason) => Content::Absent(reason),
    };
    CaseFilm { path: path.into(), content }
}

/// The films that a path leads to through an archive; `None` when it leads through none, or to nothing.
fn through_archive(path: &Path) -> Option<Vec<CaseFilm>> {
    let archive = path.ancestors().skip(1).find(|above| above.is_file())?;
    if file_kind(archive) != FileKind::Archive {
        return None;
    }
    let films: Vec<CaseFilm> = packed(archive).into_iter().filter(|film| film.path.starts_with(path)).collect();
    (!films.is_empty()).then_some(films)
}

/// What a file holds. One that cannot be read holds a film that cannot, and of a pipe nothing may be read twice.
fn file_kind(path: &Path) -> FileKind {
    if !path.is_file() {
        return FileKind::Film;
    }
    let mut head = Vec::with_capacity(FileKind::HEAD);
    let read = File::open(path).and_then(|file| file.take(FileKind::HEAD as u64).read_to_end(&mut head));
    read.map_or(FileKind::Film, |_| FileKind::of(&head))
}

fn absent(path: PathBuf, reason: Reason) -> CaseFilm {
    CaseFilm { path, content: Content::Absent(reason) }
}

fn unreadable(cause: &io::Error) -> Reason {
    Reason::new(Stage::Decode, Kind::Unreadable, cause.to_string())
}
