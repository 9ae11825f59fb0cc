//! Lungfield in the browser: a page, a worker, and the messages between them.
//!
//! The page (`ui`, `platform`) shows; it never decodes a film and never runs the network. The worker (`worker`) reads
//! films, one after the other; it has no DOM. `bridge` holds every message that passes between the two and is the only
//! place that posts one. The features `page` and `worker` build one side each, so that neither links the other's half.

pub mod bridge;
#[cfg(feature = "page")]
pub mod platform;
pub mod ui;
#[cfg(feature = "worker")]
pub mod worker;
