//! rten for a browser's worker: its own bindings, exported.

pub use rten::*;
