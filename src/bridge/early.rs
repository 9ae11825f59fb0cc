use js_sys::{Array, Reflect};
use wasm_bindgen::JsCast;
use web_sys::{Event, Worker};

/// The worker that the page's start script has started, and what was heard of it so far. It is taken once: the script listens no
/// longer then.
pub(super) fn early() -> Option<(Worker, Vec<Event>)> {
    let early: Array = Reflect::get(&js_sys::global(), &"early".into()).ok()?.dyn_into().ok()?;
    let (worker, events) = (early.get(0).dyn_into().ok()?, early.get(1).dyn_into::<Array>().ok()?);
    early.set_length(0);
    Some((worker, events.iter().map(Event::from).collect()))
}
