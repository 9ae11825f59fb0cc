use std::rc::Rc;

use lungfield_contract::FilmHeader;
use lungfield_presenter::Measured;
use yew::prelude::*;

use super::{
    Tool,
    keys::{LARGER, STEP},
    tone_panel::tone_panel,
};
use crate::ui::{
    state::ViewAction,
    tone::Tone,
    view::{icon, locale::use_locale},
};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// Pixels of the screen for one of the film's.
    pub magnification: f64,
    /// The film is larger than where it just fits.
    pub is_enlarged: bool,
    pub tone: Tone,
    pub change: Callback<ViewAction>,
    pub tool: Tool,
    pub set_tool: Callback<Tool>,
    /// The film has all the room.
    pub wide: bool,
    pub set_wide: Callback<bool>,
    /// What the film's header says, of a film that was inverted to be hung or not.
    pub header: Option<Rc<FilmHeader>>,
    pub inverted: bool,
    /// What is usually shown of the film's values, where there are more.
    pub shown: Option<[f64; 2]>,
    /// What belongs to a tool that is in the hand.
    pub children: Children,
}

/// Everything that can be done to the view of a film, by single presses.
#[component]
pub(super) fn Tools(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.viewer;
    let step = |id, name: &str, icon, action| step(props, id, name, icon, action);
    let toggle = |id: &'static str, name: &str, icon: Html, on: bool, onclick: Callback<MouseEvent>| {
        html! {
            <button type="button" class="tool" title={name.to_owned()} aria-label={name.to_owned()} data-testid={id} aria-pressed={on.to_string()}
                {onclick}>{ icon }</button>
        }
    };
    let moved = |id: &'static str, name: &str, path: &'static str, x: f64, y: f64| {
        step(id, name, icon::chevron(path), ViewAction::Pan([x * STEP, y * STEP]))
    };
    let measure = |id: &'static str, name: &str, icon: Html, measured: Measured| {
        let tool = Tool::Measure(measured);
        toggle(id, name, icon, props.tool == tool, props.set_tool.reform(move |_: MouseEvent| tool))
    };
    let [invert, tone, wide] =
        [props.change.reform(|_: MouseEvent| ViewAction::Invert), props.set_tool.reform(|_: MouseEvent| Tool::Tone), {
            let wide = props.wide;
            props.set_wide.reform(move |_: MouseEvent| !wide)
        }];
    html! {
        <div class="tools" role="group" aria-label={texts.tools.clone()}>
            <div class="tool-row">
                { step("smaller", &texts.smaller, icon::minus(), ViewAction::Zoom(1.0 / LARGER, [0.0; 2])) }
                <output class="magnification" data-testid="magnification">{ locale.percent(props.magnification) }</output>
                { step("larger", &texts.larger, icon::add(), ViewAction::Zoom(LARGER, [0.0; 2])) }
                { step("fit", &texts.fit, icon::fit(), ViewAction::Fit) }
                { step("own-pixels", &texts.own_pixels, html! { <span aria-hidden="true">{ "1:1" }</span> }, ViewAction::OwnPixels([0.0; 2])) }
                { step("turn-left", &texts.turn_left, icon::turn_left(), ViewAction::Turn(-1)) }
                { step("turn-right", &texts.turn_right, icon::turn_right(), ViewAction::Turn(1)) }
                { toggle("invert", &texts.invert, icon::invert(), props.tone.inverted, invert) }
                { toggle("tone", &texts.tone, icon::tone(), props.tool == Tool::Tone, tone) }
                { measure("length", &texts.length, icon::length(), Measured::Length) }
                { measure("angle", &texts.angle, icon::angle(), Measured::Angle) }
                { measure("ratio", &texts.ratio, icon::ratio(), Measured::CardiothoracicRatio) }
                { step("reset", &texts.reset, icon::reset(), ViewAction::Reset) }
                <span class="for-wide">{ toggle("wide", &texts.wide, icon::wide(), props.wide, wide) }</span>
            </div>
            if props.tool == Tool::Tone {
                { tone_panel(locale, props) }
            }
            { props.children.clone() }
            if props.is_enlarged {
                <div class="tool-row moves">
                    { moved("move-left", &texts.move_left, "M15 4 7 12l8 8", 1.0, 0.0) }
                    { moved("move-up", &texts.move_up, "M4 15l8-8 8 8", 0.0, 1.0) }
                    { moved("move-down", &texts.move_down, "M4 9l8 8 8-8", 0.0, -1.0) }
                    { moved("move-right", &texts.move_right, "M9 4l8 8-8 8", -1.0, 0.0) }
                </div>
            }
        </div>
    }
}

/// A tool that does one thing to the view.
pub(super) fn step(props: &Props, id: &'static str, name: &str, icon: Html, action: ViewAction) -> Html {
    let onclick = props.change.reform(move |_: MouseEvent| action);
    html! {
        <button type="button" class="tool" title={name.to_owned()} aria-label={name.to_owned()} data-testid={id} {onclick}>{ icon }</button>
    }
}
