use lungfield_presenter::interpolate;
use yew::prelude::*;

use super::{
    keys::TONE_STEP,
    tools::{Props, step},
};
use crate::{
    platform::decoded,
    ui::{
        identity::{bytes, encoding, windows},
        state::ViewAction,
        tone::Window,
        view::{icon, locale::Locale},
    },
};

/// Brightness and contrast, step by step or by name.
pub(super) fn tone_panel(locale: Locale, props: &Props) -> Html {
    let texts = &locale.texts.viewer;
    let from_header = props.header.as_ref().map_or_else(Vec::new, |header| {
        let name = |(nth, (name, window)): (usize, (Option<&str>, Window))| {
            let number = || interpolate(&texts.preset_header, &[("number", &locale.number((nth + 2) as f64, 0))]);
            (name.map_or_else(number, |name| decoded(encoding(header), &bytes(name))), window)
        };
        windows(header, props.inverted).into_iter().enumerate().map(name).collect()
    });
    let window = props.tone.window;
    let step = |id, name: &str, icon, by| step(props, id, name, icon, ViewAction::ChangeWindow(by));
    let preset = |id: &'static str, name: &str, preset: Window| {
        let onclick = props.change.reform(move |_: MouseEvent| ViewAction::SetWindow(preset));
        html! {
            <button type="button" class="tool named" data-testid={id} aria-pressed={(window == preset).to_string()} {onclick}>{ name }</button>
        }
    };
    html! {
        <div class="tool-row tone-panel">
            <span class="stepper">
                { step("darker", &texts.darker, icon::minus(), [TONE_STEP, 0.0]) }
                <span aria-hidden="true">{ &texts.brightness }</span>
                { step("brighter", &texts.brighter, icon::add(), [-TONE_STEP, 0.0]) }
            </span>
            <span class="stepper">
                { step("softer", &texts.softer, icon::minus(), [0.0, 2.0 * TONE_STEP]) }
                <span aria-hidden="true">{ &texts.contrast }</span>
                { step("harder", &texts.harder, icon::add(), [0.0, -2.0 * TONE_STEP]) }
            </span>
            <span class="presets">
                { preset("preset-whole", &texts.preset_whole, Window::WHOLE) }
                { preset("preset-lungs", &texts.preset_lungs, Window::LUNGS) }
                { preset("preset-dense", &texts.preset_dense, Window::DENSE) }
                { for from_header.iter().map(|(name, window)| preset("preset-header", name, *window)) }
                if let Some([middle, apart]) = props.shown {
                    { preset("preset-all", &texts.preset_all, Window::WHOLE.beside(Window { centre: middle, width: apart })) }
                }
            </span>
        </div>
    }
}
