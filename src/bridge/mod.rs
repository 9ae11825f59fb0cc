//! Everything that passes between the page and the worker.
//!
//! ```text
//! page                                   worker        (started by the page's start script, beside the page's own code)
//!   |  <------------- Awake (protocol) ---  |   the worker's code has loaded
//!   |  --- Load (manifest's address) ---->  |
//!   |  <-- Downloading, Preparing, Ready -  |
//!   |  --- Read (film, place) + File ---->  |   one film at a time; the others wait in the page's queue
//!   |  <-- Stage ... Read + pixels -------  |
//!   |  <-- Holds (films) -----------------  |   instead: it is an archive or a DICOM directory, and these are in it
//! ```
//!
//! A message is a JSON head and at most one attachment, which is a `File` on the way out and a transferred `ArrayBuffer`
//! on the way back: no film is ever copied, and the page never holds a film's bytes. Of an archive it holds a note
//! for each film of where it lies; whichever worker reads the film unpacks it from the archive's `File`.

#[cfg(feature = "page")]
mod early;
#[cfg(any(feature = "page", feature = "worker"))]
mod envelope;
mod message;
#[cfg(feature = "page")]
mod page;
#[cfg(any(feature = "page", test))]
mod queue;
#[cfg(feature = "page")]
mod source;
#[cfg(feature = "worker")]
mod worker;

pub use message::{
    AT_HAND, Answer, Event, FilmId, FromWorker, Held, LoadFailure, Note, PROTOCOL, Picture, Place, ToWorker, unreadable,
};
#[cfg(feature = "page")]
pub use page::FilmReader;
#[cfg(feature = "page")]
pub use source::NamedFile;
#[cfg(feature = "worker")]
pub use worker::Port;
