use lungfield_presenter::Measured;
use web_sys::Element;
use yew::prelude::*;

use super::Tool;
use crate::ui::{
    state::{View, ViewAction},
    view::handle::arrow,
};

/// How much larger one step makes the film.
pub(super) const LARGER: f64 = 1.25;
/// How far a step moves it, in CSS pixels, and how far with Shift held.
pub(super) const STEP: f64 = 40.0;
const LARGE_STEP: f64 = 160.0;
/// How far a step moves and widens the window, as a share of its width, and how far with Shift held.
pub(super) const TONE_STEP: f64 = 0.05;
const LARGE_TONE_STEP: f64 = 0.25;

/// What a key does that is pressed while the film, or one of its tools, has the focus.
pub(super) fn key_pressed(
    event: &KeyboardEvent,
    view: View,
    tool: Tool,
    change: &Callback<ViewAction>,
    set_tool: &Callback<Tool>,
    alone: &UseStateHandle<bool>,
) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    // The arrows and the space bar are a button's own while it has the focus.
    let on_film = event.target_dyn_into::<Element>().is_some_and(|element| element.class_list().contains("stage"));
    let across = |[x, y]: [f64; 2]| match tool {
        Tool::Tone => {
            let step = if event.shift_key() { LARGE_TONE_STEP } else { TONE_STEP };
            ViewAction::ChangeWindow([y * step, x * step])
        }
        Tool::Move | Tool::Measure(_) => {
            let step = if event.shift_key() { LARGE_STEP } else { STEP };
            ViewAction::Pan([-x * step, -y * step])
        }
    };
    // An arrow that moves nothing is the page's, which it scrolls.
    let arrows = on_film && (tool == Tool::Tone || view.is_enlarged());
    match event.key().as_str() {
        "+" => change.emit(ViewAction::Zoom(LARGER, [0.0; 2])),
        "-" => change.emit(ViewAction::Zoom(1.0 / LARGER, [0.0; 2])),
        "=" => change.emit(ViewAction::Fit),
        "1" => change.emit(ViewAction::OwnPixels([0.0; 2])),
        "i" => change.emit(ViewAction::Invert),
        "r" => change.emit(ViewAction::Turn(1)),
        "l" => change.emit(ViewAction::Turn(-1)),
        "m" => set_tool.emit(Tool::Measure(Measured::Length)),
        "w" => set_tool.emit(Tool::Tone),
        "Escape" if tool != Tool::Move => set_tool.emit(Tool::Move),
        "o" => alone.set(true),
        " " if on_film => change.emit(ViewAction::Reset),
        _ => match arrow(event) {
            Some(direction) if arrows => change.emit(across(direction)),
            _ => return,
        },
    }
    event.prevent_default();
}
