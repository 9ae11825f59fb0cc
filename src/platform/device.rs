use js_sys::Reflect;

use super::window;

/// No more workers than this, however many cores there are: past it films are read no sooner, and memory is not endless.
const MAX_WORKERS: f64 = 4.0;

/// How many workers may read films at once: one a core, and one for every two gigabytes of memory where the browser says
/// how much there is.
pub fn worker_limit() -> usize {
    let navigator = window().navigator();
    // Only some browsers tell the memory, in gigabytes and never more than 8.
    let gigabytes = Reflect::get(&navigator, &"deviceMemory".into()).ok().and_then(|value| value.as_f64());
    let by_memory = gigabytes.map_or(MAX_WORKERS, |gigabytes| (gigabytes / 2.0).floor());
    navigator.hardware_concurrency().min(by_memory).clamp(1.0, MAX_WORKERS) as usize
}
