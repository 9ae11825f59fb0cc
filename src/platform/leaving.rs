use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::BeforeUnloadEvent;

use super::window;

/// While this is kept, the browser asks before it leaves the page: on the way back, on a reload, on closing it.
pub struct AskBeforeLeaving {
    _listener: EventListener,
}

impl AskBeforeLeaving {
    /// From now on.
    pub fn listen() -> Self {
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&window(), "beforeunload", options, |event| {
            event.prevent_default();
            // What older browsers look for; the words are the browser's own.
            event.unchecked_ref::<BeforeUnloadEvent>().set_return_value("?");
        });
        Self { _listener: listener }
    }
}
