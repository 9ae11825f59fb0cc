use std::rc::Rc;

use lungfield_contract::{Lungs, ReportedHeatmap};
use lungfield_presenter::HeatView;
use yew::prelude::*;

use super::{canvas::SwatchCanvas, lazy_details::LazyDetails, locale::use_locale};

/// What is drawn over the films; kept from film to film.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct HeatSettings {
    /// Where the model looked.
    pub shown: bool,
    /// What speaks against pneumonia as well as what speaks for it.
    pub against: bool,
    /// The outline of the lungs.
    pub lungs: bool,
}

/// The switch on the film.
pub(super) fn heat_switch(text: &str, settings: HeatSettings, change: &Callback<HeatSettings>) -> Html {
    let toggle = change.reform(move |_: MouseEvent| HeatSettings { shown: !settings.shown, ..settings });
    html! {
        <button type="button" role="switch" class="switch on-film" data-testid="heat-toggle" aria-checked={settings.shown.to_string()} onclick={toggle}>
            <span class="knob" aria-hidden="true" /><span>{ text }</span>
        </button>
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct FoundProps {
    pub maps: Vec<Rc<ReportedHeatmap>>,
    pub lungs: Option<Lungs>,
}

/// What each map has to show, in words.
#[component]
pub(super) fn HeatFound(props: &FoundProps) -> Html {
    let texts = use_locale().texts;
    let line = |map: &Rc<ReportedHeatmap>| {
        let HeatView { class, name, text, caution, is_drawn } = HeatView::of(map, props.lungs.as_ref(), texts);
        html! {
            <>
                <p>
                    if is_drawn {
                        <SwatchCanvas {class} />
                    }
                    <strong>{ name }</strong>{ " " }{ text }
                </p>
                if let Some(caution) = caution {
                    <p class="flawed">{ caution }</p>
                }
            </>
        }
    };
    html! { <div class="found" role="status" data-testid="evidence">{ for props.maps.iter().map(line) }</div> }
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub settings: HeatSettings,
    pub change: Callback<HeatSettings>,
}

/// What else can be drawn over the film.
#[component]
pub(super) fn HeatControls(props: &Props) -> Html {
    let texts = &use_locale().texts.heat;
    let settings = props.settings;
    let switch = |text: &str, id: &'static str, on: bool, changed: HeatSettings| {
        let toggle = props.change.reform(move |_: MouseEvent| changed);
        html! {
            <button type="button" role="switch" class="switch" data-testid={id} aria-checked={on.to_string()} onclick={toggle}>
                <span class="knob" aria-hidden="true" /><span>{ text }</span>
            </button>
        }
    };
    let against = HeatSettings { against: !settings.against, shown: settings.shown || !settings.against, ..settings };
    html! {
        <div class="heat-controls">
            <LazyDetails summary={html! { &texts.more }} id="heat-more">
                { switch(&texts.lungs, "lungs-toggle", settings.lungs, HeatSettings { lungs: !settings.lungs, ..settings }) }
                { switch(&texts.against, "against-toggle", settings.against, against) }
                <p>{ &texts.caption }{ " " }{ &texts.hold }</p>
            </LazyDetails>
        </div>
    }
}
