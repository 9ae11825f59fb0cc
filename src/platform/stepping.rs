use std::{cell::Cell, rc::Rc};

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

use super::document;

/// What a finger sweeps over; the film itself has its own gestures.
const SWEPT: &str = ".answer, .steps";
/// What takes the arrow keys for itself.
const TAKES_ARROWS: &str = "input, select, textarea, [role=slider]";
/// A finger's way across that is a sweep, in CSS pixels.
const SWEEP: i32 = 60;

/// Listens for the arrow keys and for fingers that sweep across the answer, until it is dropped.
pub struct Stepping {
    _listeners: [EventListener; 4],
}

impl Stepping {
    /// `step` is told how many places on the film lies that is wanted. Keys that a part of the page has used are not listened to.
    pub fn listen(step: impl Fn(isize) + Clone + 'static) -> Self {
        let began = Rc::new(Cell::new(None));
        let [down, up, cancelled] = [began.clone(), began.clone(), began];
        let swept = step.clone();
        Self {
            _listeners: [
                on("pointerdown", move |event: &PointerEvent| {
                    let is_touch = event.pointer_type() == "touch" && event.is_primary() && starts_in(event, SWEPT);
                    down.set(is_touch.then(|| place(event)));
                }),
                on("pointerup", move |event: &PointerEvent| {
                    let Some([x, y]) = up.take() else { return };
                    let [across, along] = [place(event)[0] - x, place(event)[1] - y];
                    if across.abs() > SWEEP.max(2 * along.abs()) {
                        swept(if across < 0 { 1 } else { -1 });
                    }
                }),
                on("pointercancel", move |_: &PointerEvent| cancelled.set(None)),
                on("keydown", move |event: &KeyboardEvent| {
                    let modified = event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key();
                    if modified || event.default_prevented() || starts_in(event, TAKES_ARROWS) {
                        return;
                    }
                    match event.key().as_str() {
                        "ArrowRight" => step(1),
                        "ArrowLeft" => step(-1),
                        _ => {}
                    }
                }),
            ],
        }
    }
}

fn on<E: JsCast>(name: &'static str, handler: impl Fn(&E) + 'static) -> EventListener {
    EventListener::new_with_options(&document(), name, EventListenerOptions::default(), move |event| {
        handler(event.unchecked_ref());
    })
}

fn starts_in(event: &Event, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(selector).is_ok_and(|found| found.is_some()))
}

fn place(event: &PointerEvent) -> [i32; 2] {
    [event.client_x(), event.client_y()]
}
