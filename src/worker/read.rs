use js_sys::Uint8Array;
use lungfield_reader::{Corners, Error, Kind, Limits, Milliseconds, Preview, Reader, Reading, Stage};
use wasm_bindgen::{JsCast, UnwrapThrowExt};
use web_sys::{DedicatedWorkerGlobalScope, File, FileReaderSync};

use crate::bridge::{FilmId, FromWorker, Port};

/// The longer side of a photograph as the page gets it, in pixels: enough to see a film's corners.
const PHOTOGRAPH: u32 = 800;

/// Reads one film and tells the page each stage and the end.
///
/// Nothing here waits: a panic leaves the message's listener as an uncaught error, which is what the page hears.
pub(super) fn read(port: &Port, reader: &Reader, film: FilmId, name: &str, corners: Option<Corners>, file: &File) {
    match bytes(file) {
        Ok(bytes) => {
            let clock = clock();
            let entering = &mut |stage| port.send(&FromWorker::Stage { film, stage });
            let read = reader.read_between(name, &bytes, corners, &clock, entering);
            drop(bytes);
            let shown = read.radiograph.as_ref().map(Preview::of);
            let photograph = read.picture.as_ref().map(|picture| Preview::within(picture, PHOTOGRAPH));
            port.send_read(film, read.reading, read.other, [shown, photograph]);
        }
        Err(error) => {
            let reading = Reading::without_answer(name, reader.manifest(), &error, Milliseconds::default());
            port.send_read(film, reading, None, [None, None]);
        }
    }
}

/// The file's bytes. A file above the limit is refused before any memory is spent on it.
fn bytes(file: &File) -> Result<Vec<u8>, Error> {
    let limit = Limits::default().bytes as f64;
    if file.size() > limit {
        let detail = format!("the file has {:.0} MB, the limit is {:.0} MB", file.size() / 1e6, limit / 1e6);
        return Err(Error::new(Stage::Decode, Kind::TooLarge, detail));
    }
    let unreadable = |_| Error::new(Stage::Decode, Kind::Unreadable, "the browser could not open the file");
    let buffer = FileReaderSync::new().and_then(|reader| reader.read_as_array_buffer(file)).map_err(unreadable)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Milliseconds since the worker started, as exact as the browser tells them.
pub(super) fn clock() -> impl Fn() -> f64 {
    let worker: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().unwrap_throw();
    let performance = worker.performance().expect_throw("workers have a clock");
    move || performance.now()
}
