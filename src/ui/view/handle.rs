//! What moves a handle that lies on a film.

use web_sys::Element;
use yew::prelude::*;

/// The pointer moves this handle until it is lifted, wherever it goes.
pub(super) fn grab(event: &PointerEvent) {
    if let Some(handle) = event.target_dyn_into::<Element>() {
        let _ = handle.set_pointer_capture(event.pointer_id());
    }
}

/// Where an arrow key points, by one to the right and downwards; `None` of any other key.
pub(super) fn arrow(event: &KeyboardEvent) -> Option<[f64; 2]> {
    Some(match event.key().as_str() {
        "ArrowLeft" => [-1.0, 0.0],
        "ArrowRight" => [1.0, 0.0],
        "ArrowUp" => [0.0, -1.0],
        "ArrowDown" => [0.0, 1.0],
        _ => return None,
    })
}
