//! Everything that passes between the page and its workers.
//!
//! ```text
//! page                                   worker        (started by the page's start script, beside the page's own code)
//!   |  <------------- Started (protocol) -  |   the worker's code has loaded
//!   |  --- Load (manifest's address) ---->  |
//!   |  <-- Downloading, Preparing, Ready -  |
//!   |  --- Show (film) + File ----------->  |   meanwhile, where the model takes its time: the film as it came
//!   |  <-- Shown + pixels ----------------  |
//!   |  --- Read (film, location) + File ->  |   one film at a time; the others wait in the page's queue
//!   |  <-- Stage ... Read + pixels -------  |
//!   |  <-- Expanded (members) ------------  |   instead: it is an archive or a DICOM directory, and these are in it
//!   |  --- Look (film, part) + File ----->  |   a part of a film with its detail, once it has been read
//!   |  <-- Looked + samples --------------  |
//! ```
//!
//! What is taken away is made by a worker of its own, one a file: `export.rs`, `exporter.rs`. What is kept of readings is kept by
//! another, which alone has the key: `history.rs`, `historian.rs`.
//!
//! The service worker, which keeps builds of the app, is asked by `service_worker.rs` and tells every page what changes.
//!
//! A message is a JSON head and at most one attachment, which is a `File` on the way out and a transferred `ArrayBuffer`
//! on the way back: no film is ever copied, and the page never holds a film's bytes. Of an archive it holds each film's
//! entry; whichever worker reads the film unpacks it from the archive's `File`.

#[cfg(feature = "page")]
mod early_worker;
#[cfg(feature = "browser")]
mod envelope;
mod event;
mod export;
#[cfg(feature = "exporter")]
mod export_port;
#[cfg(feature = "page")]
mod exporter;
#[cfg(feature = "page")]
mod historian;
#[cfg(any(feature = "page", feature = "history"))]
mod history;
#[cfg(feature = "history")]
mod history_port;
mod kept;
mod message;
mod own_event;
#[cfg(feature = "page")]
mod own_models;
#[cfg(feature = "page")]
mod pool_state;
#[cfg(feature = "worker")]
mod port;
#[cfg(any(feature = "page", test))]
mod queue;
#[cfg(feature = "page")]
mod service_worker;
#[cfg(feature = "page")]
mod source;
#[cfg(feature = "page")]
mod worker_handle;
#[cfg(feature = "page")]
mod worker_pool;

pub use event::{Answer, CACHED_PICTURES, Detail, Picture, Samples, WorkerEvent};
pub use export::{FilmExport, FromExporter, ToExporter};
#[cfg(feature = "exporter")]
pub use export_port::answer_exports;
#[cfg(feature = "page")]
pub use exporter::{ExportFailure, Exporter};
#[cfg(feature = "page")]
pub use historian::Historian;
#[cfg(any(feature = "page", feature = "history"))]
pub use history::{FromHistory, History, HistoryFailure, Listed, OpenHistory, ToHistory};
#[cfg(feature = "history")]
pub use history_port::HistoryPort;
pub use kept::{Build, Kept, Offer};
pub use message::{FilmId, FromWorker, LoadFailure, Location, Member, PROTOCOL, ToWorker, unreadable};
pub use own_event::{OwnEvent, OwnRefusal};
#[cfg(feature = "page")]
pub use own_models::OwnModels;
#[cfg(feature = "worker")]
pub use port::Port;
#[cfg(feature = "page")]
pub use service_worker::{Keeper, Said, Shared, listen, shared_films};
#[cfg(feature = "page")]
pub use source::NamedFile;
#[cfg(feature = "page")]
pub use worker_pool::WorkerPool;
