use std::io::Read;

use lungfield_contract::{ArchiveEntry, Corners, Error, Kind, Limits, Milliseconds, Reading, Stage};
use lungfield_reader::{
    Preview, ReadOptions, Reader,
    study::{FileKind, archive, file_set},
};
use wasm_bindgen::{JsCast, UnwrapThrowExt};
use web_sys::{DedicatedWorkerGlobalScope, File};

use super::stream::FileStream;
use crate::bridge::{FilmId, FromWorker, Held, Note, Place, Port, unreadable};

/// The longer side of a photograph as the page gets it, in pixels: enough to see a film's corners.
const PHOTOGRAPH: u32 = 800;
/// The side of a thumbnail in pixels: twice what the list shows, for dense screens.
const THUMBNAIL: u32 = 96;

/// Reads one film and tells the page each stage and the end; or the films that the file holds.
///
/// Nothing here waits: a panic leaves the message's listener as an uncaught error, which is what the page hears.
pub(super) fn read(
    port: &Port,
    reader: &Reader,
    film: FilmId,
    name: &str,
    place: Place,
    (corners, to_show): (Option<Corners>, bool),
    file: Option<&File>,
) {
    match open(name, place, file) {
        Ok(Found::Film(bytes)) => {
            let clock = clock();
            let on_stage = &mut |stage| port.send(&FromWorker::Stage { film, stage });
            let options =
                ReadOptions { corners, clock: Some(&clock), on_stage: Some(on_stage), ..ReadOptions::default() };
            let read = reader.read(name, &bytes, options);
            drop(bytes);
            let thumbnail = read.radiograph.as_ref().map(|film| Preview::middle(film, THUMBNAIL));
            let shown = read.radiograph.as_ref().filter(|_| to_show).map(Preview::of);
            let photograph =
                read.picture.as_ref().filter(|_| to_show).map(|picture| Preview::within(picture, PHOTOGRAPH));
            port.send_read(film, read.reading, read.other, [thumbnail, shown, photograph]);
        }
        Ok(Found::Films(films)) => port.send(&FromWorker::Holds { film, films }),
        Err(error) => {
            let reading = Reading::without_answer(name, reader.manifest(), &error, Milliseconds::default());
            port.send_read(film, reading, None, [None, None, None]);
        }
    }
}

/// What is at a film's place.
enum Found {
    /// The film's bytes.
    Film(Vec<u8>),
    /// Several films, by their names.
    Films(Vec<(String, Held)>),
}

fn open(name: &str, place: Place, file: Option<&File>) -> Result<Found, Error> {
    let limits = Limits::default();
    let Some(file) = file else {
        return Err(if let Place::Nowhere(reason) = place { reason } else { unreadable() });
    };
    let mut stream = FileStream::open(file).map_err(|_| unreadable())?;
    match place {
        Place::Nowhere(reason) => Err(reason),
        Place::Noted(note) => archive::unpack(&understood(&note)?, &mut stream, &limits).map(Found::Film),
        Place::FileSet { names, directory } => {
            let films =
                file_set::films_or_all(&names, directory, bytes(file, &mut stream, limits.index_bytes), &limits);
            let held =
                |place: Result<usize, Error>| place.map_or_else(|reason| Held::Noted(noted(Err(reason))), Held::File);
            Ok(Found::Films(films.into_iter().map(|film| (film.name, held(film.place))).collect()))
        }
        Place::File if holds_archive(file)? => {
            let films = archive::films(&mut stream, &limits)?.into_iter();
            let held = films.map(|film| (format!("{name}/{}", film.name), Held::Noted(noted(film.place))));
            Ok(Found::Films(held.collect()))
        }
        Place::File => bytes(file, &mut stream, limits.bytes).map(Found::Film),
    }
}

/// A note of where in a file a film is, or why there is none, for any worker.
fn noted(place: Result<ArchiveEntry, Error>) -> Note {
    Note(serde_json::to_string(&place).expect_throw("a place is plain"))
}

/// Where a note says that a film is.
fn understood(Note(note): &Note) -> Result<ArchiveEntry, Error> {
    serde_json::from_str::<Result<ArchiveEntry, Error>>(note).expect_throw("a note of this build")
}

fn holds_archive(file: &File) -> Result<bool, Error> {
    let mut head = Vec::with_capacity(FileKind::HEAD);
    let stream = FileStream::open(file).map_err(|_| unreadable())?;
    stream.take(FileKind::HEAD as u64).read_to_end(&mut head).map_err(|_| unreadable())?;
    Ok(FileKind::of(&head) == FileKind::Archive)
}

/// The file's bytes. A file above the limit is refused before any memory is spent on it.
fn bytes(file: &File, stream: &mut FileStream, limit: usize) -> Result<Vec<u8>, Error> {
    let (size, limit) = (file.size(), limit as f64);
    if size > limit {
        let detail = format!("the file has {:.0} MB, the limit is {:.0} MB", size / 1e6, limit / 1e6);
        return Err(Error::new(Stage::Decode, Kind::TooLarge, detail));
    }
    let mut bytes = vec![0; size as usize];
    stream.read_exact(&mut bytes).map_err(|_| unreadable())?;
    Ok(bytes)
}

/// Milliseconds since the worker started, as exact as the browser tells them.
pub(super) fn clock() -> impl Fn() -> f64 {
    let worker: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().unwrap_throw();
    let performance = worker.performance().expect_throw("workers have a clock");
    move || performance.now()
}
