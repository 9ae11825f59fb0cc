//! Lungfield in the browser: a page, a worker, and the messages between them.
//!
//! The page (`ui`, `platform`) shows; it never decodes a film and never runs the network. The worker (`worker`) reads
//! films, one after the other; it has no DOM. `bridge` holds every message that passes between the two and is the only
//! place that posts one. What is taken away is made by a worker of its own (`exporter`), which comes when it is asked for, and so is what is kept of
//! readings (`history`). The features `page`, `worker`, `exporter` and `history` build one program each, so that none links another's
//! half.

pub mod bridge;
#[cfg(any(feature = "exporter", feature = "history"))]
mod device;
#[cfg(feature = "exporter")]
pub mod exporter;
#[cfg(feature = "history")]
pub mod history;
#[cfg(feature = "page")]
pub mod platform;
pub mod ui;
#[cfg(feature = "worker")]
pub mod worker;
