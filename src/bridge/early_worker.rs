use js_sys::{Array, Reflect};
use wasm_bindgen::JsCast;
use web_sys::{Event, Worker};

/// The worker that the page's start script (`www/start.js`) has started, and the events that it has had so far. It is taken
/// once: the script listens no longer then.
pub(super) fn early_worker() -> Option<(Worker, Vec<Event>)> {
    let early: Array = Reflect::get(&js_sys::global(), &"earlyWorker".into()).ok()?.dyn_into().ok()?;
    let (worker, events) = (early.get(0).dyn_into().ok()?, early.get(1).dyn_into::<Array>().ok()?);
    early.set_length(0);
    Some((worker, events.iter().map(Event::from).collect()))
}
