use lungfield_contract::Class;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{canvas::LegendCanvas, locale::use_locale};
use crate::bridge::FilmId;

/// How the heatmap is shown; kept from film to film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct HeatSettings {
    pub shown: bool,
    /// From 0 to 1.
    pub opacity: f64,
    /// The outline of the lungs is drawn.
    pub lungs: bool,
    /// The class whose evidence is shown, where the user has chosen one; for that film only.
    chosen: Option<(FilmId, Class)>,
}

impl Default for HeatSettings {
    fn default() -> Self {
        Self { shown: true, opacity: 0.6, lungs: false, chosen: None }
    }
}

impl HeatSettings {
    /// The class that the user has chosen for this film.
    pub fn chosen_class(self, film: FilmId) -> Option<Class> {
        self.chosen.filter(|(id, _)| *id == film).map(|(_, class)| class)
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub film: FilmId,
    /// The class whose evidence is shown.
    pub class: Class,
    pub settings: HeatSettings,
    pub change: Callback<HeatSettings>,
}

/// The heatmap's switch, strength, class and legend.
#[component]
pub(super) fn HeatControls(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.heat;
    let settings = props.settings;
    let toggle = props.change.reform(move |_: MouseEvent| HeatSettings { shown: !settings.shown, ..settings });
    let outline = props.change.reform(move |_: MouseEvent| HeatSettings { lungs: !settings.lungs, ..settings });
    let fade = props.change.reform(move |event: InputEvent| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value_as_number();
        HeatSettings { opacity: value / 100.0, ..settings }
    });
    let class = |class: Class| {
        let film = props.film;
        let choose =
            props.change.reform(move |_: Event| HeatSettings { chosen: Some((film, class)), shown: true, ..settings });
        html! {
            <label>
                <input type="radio" name="heat-class" class="unseen" checked={class == props.class} onchange={choose} />
                <span>{ texts.class(class) }</span>
            </label>
        }
    };
    html! {
        <div class="heat-controls" role="group" aria-label={texts.title.as_str()}>
            <button type="button" role="switch" class="switch" data-testid="heat-toggle" aria-checked={settings.shown.to_string()} onclick={toggle}>
                <span class="knob" aria-hidden="true" /><span>{ &texts.show }</span>
            </button>
            <label class="opacity">
                <span>{ &texts.opacity }</span>
                <input type="range" min="10" max="100" step="5" data-testid="heat-opacity" disabled={!settings.shown}
                    value={(settings.opacity * 100.0).round().to_string()} oninput={fade} />
            </label>
            <button type="button" role="switch" class="switch lungs" data-testid="lungs-toggle" aria-checked={settings.lungs.to_string()}
                onclick={outline}>
                <span class="knob" aria-hidden="true" /><span>{ &texts.lungs }</span>
            </button>
            <fieldset class="choice">
                <legend class="unseen">{ &texts.explains }</legend>
                { class(Class::Pneumonia) }
                { class(Class::Normal) }
            </fieldset>
            <figure class="legend">
                <div><span>{ &texts.none }</span><LegendCanvas /><span>{ &texts.strong }</span></div>
                <figcaption>
                    <strong>{ &texts.caption }</strong>
                    { " " }{ &texts.fixed }{ " " }{ &texts.hold }
                </figcaption>
            </figure>
        </div>
    }
}
