use lungfield_presenter::{Preset, presets};
use yew::prelude::*;

use super::{
    keys::TONE_STEP,
    tools::{Props, step},
};
use crate::{
    platform::decoded,
    ui::{
        state::ViewAction,
        view::{icon, locale::Locale},
    },
};

/// Brightness and contrast, step by step or by name.
pub(super) fn tone_panel(locale: Locale, props: &Props) -> Html {
    let texts = &locale.texts.viewer;
    let window = props.tone.window;
    let step = |id, name: &str, icon, by| step(props, id, name, icon, ViewAction::ChangeWindow(by));
    let preset = |Preset { id, name, bytes, encoding, window: preset }: Preset| {
        let name = name.unwrap_or_else(|| decoded(encoding, &bytes));
        let onclick = props.change.reform(move |_: MouseEvent| ViewAction::SetWindow(preset));
        html! {
            <button type="button" class="tool named" data-testid={id} aria-pressed={(window == preset).to_string()} {onclick}>{ name }</button>
        }
    };
    let presets = presets(props.header.as_deref(), props.inverted, props.shown, locale.texts);
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
                { for presets.into_iter().map(preset) }
            </span>
        </div>
    }
}
