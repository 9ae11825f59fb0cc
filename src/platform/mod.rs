//! What the browser gives, each in one place: files that come in, the page's root element, what is kept for offline use.

mod decode_text;
mod demo;
mod device;
mod dropped;
mod early;
mod engine;
mod file_input;
mod incoming;
mod install;
mod language;
mod launched;
mod leaving;
mod own_model;
mod root;
mod settings;
mod stepping;
mod storage;
mod take_away;

pub use decode_text::decoded;
pub use demo::fetch_demo;
pub use device::worker_limit;
pub use early::{address_of, early_films, forget, listen_to_early_inputs};
pub use engine::{asks_for_tract, has_tract, worker_script};
pub use file_input::{can_choose_folders, chosen_bytes, chosen_file, chosen_files, chosen_folder, input, typed};
pub use incoming::Incoming;
pub use install::{Install, listen_for_install};
pub use language::{Language, fetch_locale, languages};
pub use launched::{Purpose, listen_for_launch, purpose};
pub use leaving::AskBeforeLeaving;
pub use own_model::{forget_model, keep_model, kept_model};
pub use root::{Readiness, address, focus_on, meta, on_returned, on_shown, reload, set_language, set_readiness, today};
pub use settings::Setting;
pub use stepping::Stepping;
pub use storage::{Room, room, saves_data};
pub use take_away::{
    can_share, can_share_text, copy, hand_over, made_file, only_shares, print, save, share_file, share_text,
};

use web_sys::{Document, Window};

fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

fn document() -> Document {
    window().document().expect("the window has a document")
}
