//! What the browser gives, each in one place: files that come in, the page's root element, what is kept for offline use.

mod demo;
mod device;
mod dropped;
mod file_input;
mod incoming;
mod language;
mod leaving;
mod offline;
mod root;
mod stepping;

pub use demo::fetch_demo;
pub use device::worker_limit;
pub use file_input::{can_choose_folders, chosen_files, chosen_folder};
pub use incoming::Incoming;
pub use language::{Language, fetch_locale, languages, remember_language};
pub use leaving::AskBeforeLeaving;
pub use offline::keep_for_offline_use;
pub use root::{Readiness, address, focus_on, meta, reload, set_language, set_readiness};
pub use stepping::Stepping;

use web_sys::{Document, Window};

fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

fn document() -> Document {
    window().document().expect("the window has a document")
}
