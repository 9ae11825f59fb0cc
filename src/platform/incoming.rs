use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ClipboardEvent, DragEvent};

use super::{document, dropped::Dropped, file_input};
use crate::bridge::NamedFile;

/// Listens for films that are dropped on the page or pasted into it, until it is dropped itself.
pub struct Incoming {
    _listeners: [EventListener; 4],
}

impl Incoming {
    /// Listens on the whole document: a film that misses the drop area must not make the browser leave the page.
    /// `hovering` is told when files come over the page and when they leave it.
    pub fn listen(files: impl Fn(Vec<NamedFile>) + Clone + 'static, hovering: impl Fn(bool) + Clone + 'static) -> Self {
        let document = document();
        let on = |name: &'static str, handler: Box<dyn Fn(&web_sys::Event)>| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&document, name, options, move |event| handler(event))
        };
        let (over, leave, dropped) = (hovering.clone(), hovering.clone(), files.clone());
        let drag_over = Box::new(move |event: &web_sys::Event| {
            event.prevent_default();
            over(true);
        });
        // Also sent for every element inside the page; only the page's edge has nothing beyond it.
        let drag_leave = Box::new(move |event: &web_sys::Event| {
            if event.dyn_ref::<DragEvent>().is_some_and(|drag| drag.related_target().is_none()) {
                leave(false);
            }
        });
        let drop = Box::new(move |event: &web_sys::Event| {
            event.prevent_default();
            hovering(false);
            let drag = event.dyn_ref::<DragEvent>();
            match Dropped::of(drag.and_then(DragEvent::data_transfer)) {
                Dropped::Files(found) => give(&dropped, found),
                Dropped::WithFolders(found) => {
                    let dropped = dropped.clone();
                    spawn_local(async move { give(&dropped, found.files().await) });
                }
            }
        });
        let paste = Box::new(move |event: &web_sys::Event| {
            let clipboard = event.dyn_ref::<ClipboardEvent>().and_then(|paste| paste.clipboard_data());
            give(
                &files,
                file_input::files(clipboard.and_then(|data| data.files())).into_iter().map(NamedFile::from).collect(),
            );
        });
        Self {
            _listeners: [on("dragover", drag_over), on("dragleave", drag_leave), on("drop", drop), on("paste", paste)],
        }
    }
}

fn give(files: &impl Fn(Vec<NamedFile>), found: Vec<NamedFile>) {
    if !found.is_empty() {
        files(found);
    }
}
