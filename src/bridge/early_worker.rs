use js_sys::{Array, Reflect};
use wasm_bindgen::JsCast;
use web_sys::{Event, Worker};

/// The worker that the page's start script (`www/start.js`) has started, and the events that it has had so far.
pub(super) struct EarlyWorker {
    pub worker: Worker,
    pub events: Vec<Event>,
    /// It reads JPEG and PNG alone.
    pub is_small: bool,
}

/// It is taken once: the script listens no longer then.
pub(super) fn early_worker() -> Option<EarlyWorker> {
    let early: Array = Reflect::get(&js_sys::global(), &"earlyWorker".into()).ok()?.dyn_into().ok()?;
    let (worker, events) = (early.get(0).dyn_into().ok()?, early.get(1).dyn_into::<Array>().ok()?);
    let is_small = early.get(2).is_truthy();
    early.set_length(0);
    Some(EarlyWorker { worker, events: events.iter().map(Event::from).collect(), is_small })
}
