use std::io::Read;

use lungfield_contract::{ByHand, Error, Kind, Limits, Milliseconds, Reading, Stage};
use lungfield_reader::{
    Preview, ReadOptions, Reader, film_header,
    study::{FileKind, archive, file_set, is_jpeg_or_png},
};
use wasm_bindgen::{JsCast, UnwrapThrowExt};
use web_sys::{DedicatedWorkerGlobalScope, File};

use super::stream::FileStream;
use crate::bridge::{FilmId, FromWorker, Location, Member, Port, unreadable};

/// Whether this worker reads more than JPEG and PNG. What a branch on it leaves out need not be downloaded.
const ALL_FORMATS: bool = cfg!(feature = "all-formats");
/// The longer side of a photograph as the page gets it, in pixels: enough to see a film's corners.
const PHOTOGRAPH_SIDE: u32 = 800;
/// The side of a thumbnail in pixels: twice what the list shows, for dense screens.
const THUMBNAIL_SIDE: u32 = 96;

/// What is asked of the worker about one film; see [`crate::bridge::ToWorker::Read`].
pub(super) struct Request<'a> {
    pub film: FilmId,
    pub name: &'a str,
    pub location: Location,
    pub by_hand: ByHand,
    pub visible: bool,
}

/// Reads one film and tells the page each stage and the end; or the films that the file holds.
///
/// Nothing here waits: a panic leaves the message's listener as an uncaught error, which is what the page hears.
pub(super) fn read(port: &Port, reader: &Reader, request: Request, file: Option<&File>) {
    let Request { film, name, location, by_hand, visible } = request;
    match open(name, location, file) {
        Ok(Opened::Film(bytes)) => {
            let clock = clock();
            let on_stage = &mut |stage| port.send(&FromWorker::Stage { film, stage });
            let options =
                ReadOptions { by_hand, clock: Some(&clock), on_stage: Some(on_stage), ..ReadOptions::default() };
            let read = reader.read(name, &bytes, options);
            let header = visible.then(|| film_header(&bytes, &Limits::default())).flatten();
            drop(bytes);
            let size = read.radiograph.as_ref().map(|film| (film.width(), film.height()));
            let thumbnail = read.radiograph.as_ref().map(|film| Preview::middle(film, THUMBNAIL_SIDE));
            let preview = read.radiograph.as_ref().filter(|_| visible).map(Preview::of);
            let photograph =
                read.picture.as_ref().filter(|_| visible).map(|picture| Preview::within(picture, PHOTOGRAPH_SIDE));
            port.send_read(film, read.reading, read.other, [thumbnail, preview, photograph], size, header);
        }
        Ok(Opened::Members(members)) => port.send(&FromWorker::Expanded { film, members }),
        Ok(Opened::Model) => port.send(&FromWorker::IsModel { film }),
        Ok(Opened::OtherFormat) => port.send(&FromWorker::NeedsAllFormats { film }),
        Err(error) => {
            let reading = Reading::without_answer(name, reader.manifest(), &error, Milliseconds::default());
            port.send_read(film, reading, None, [None, None, None], None, None);
        }
    }
}

/// What a location holds.
pub(super) enum Opened {
    /// A film's bytes.
    Film(Vec<u8>),
    /// Several films, by their names.
    Members(Vec<(String, Member)>),
    /// No film, but a model of somebody's own.
    Model,
    /// Something that another build of the worker reads.
    OtherFormat,
}

pub(super) fn open(name: &str, location: Location, file: Option<&File>) -> Result<Opened, Error> {
    let limits = Limits::default();
    let file = match (&location, file) {
        (Location::Missing(reason), _) => return Err(reason.clone()),
        (_, file) => file.ok_or_else(unreadable)?,
    };
    let mut stream = FileStream::open(file).map_err(|_| unreadable())?;
    if !ALL_FORMATS {
        let is_read = matches!(location, Location::File) && is_jpeg_or_png(&head(file)?);
        return if is_read {
            bytes(file, &mut stream, limits.bytes).map(Opened::Film)
        } else {
            Ok(Opened::OtherFormat)
        };
    }
    match location {
        Location::Missing(reason) => Err(reason),
        Location::Entry(entry) => archive::unpack(&entry, &mut stream, &limits).map(Opened::Film),
        Location::FileSet { names, directory } => {
            let index = bytes(file, &mut stream, limits.index_bytes);
            let films = file_set::films_or_all(&names, directory, index, &limits).into_iter();
            let member = |place: Result<usize, Error>| place.map_or_else(Member::Missing, Member::File);
            Ok(Opened::Members(films.map(|film| (film.name, member(film.place))).collect()))
        }
        Location::File if FileKind::of(&head(file)?) == FileKind::Archive => {
            let films = archive::films(&mut stream, &limits)?;
            if archive::is_model(&films) {
                return Ok(Opened::Model);
            }
            let films = films.into_iter();
            let member = |place: Result<_, Error>| place.map_or_else(Member::Missing, Member::Entry);
            Ok(Opened::Members(films.map(|film| (format!("{name}/{}", film.name), member(film.place))).collect()))
        }
        Location::File => bytes(file, &mut stream, limits.bytes).map(Opened::Film),
    }
}

/// What tells a file's kind.
fn head(file: &File) -> Result<Vec<u8>, Error> {
    let mut head = Vec::with_capacity(FileKind::HEAD);
    let stream = FileStream::open(file).map_err(|_| unreadable())?;
    stream.take(FileKind::HEAD as u64).read_to_end(&mut head).map_err(|_| unreadable())?;
    Ok(head)
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
