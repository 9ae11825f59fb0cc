use std::rc::Rc;

use lungfield_contract::ReportedHeatmap;
use yew::prelude::*;

use super::{
    canvas::{GreyCanvas, HeatCanvas},
    header::engine_text,
    locale::{Locale, use_locale},
};
use crate::ui::{
    state::{Engine, Film, Progress},
    text::interpolate,
};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub film: Film,
    pub map: Option<Rc<ReportedHeatmap>>,
    pub shown: bool,
    /// From 0 to 1.
    pub opacity: f64,
    pub engine: Engine,
}

/// The film on a dark ground. Held, it is seen without the heatmap.
#[component]
pub(super) fn Viewport(props: &Props) -> Html {
    let locale = use_locale();
    let held = use_state_eq(|| false);
    let hold = |down: bool| {
        let held = held.clone();
        Callback::from(move |_: PointerEvent| held.set(down))
    };
    let picture = props.film.answer().and_then(|answer| answer.picture.clone());
    let shown = props.shown && !*held;
    html! {
        <div class="stage" onpointerdown={hold(true)} onpointerup={hold(false)} onpointerleave={hold(false)} onpointercancel={hold(false)}
            oncontextmenu={|event: MouseEvent| event.prevent_default()}>
            if let Some(picture) = picture {
                <GreyCanvas picture={picture.clone()} label={label(locale, props, shown)} testid="film-canvas" />
                if let Some(map) = &props.map {
                    <HeatCanvas map={map.clone()} film={(picture.width(), picture.height())} {shown} opacity={props.opacity} />
                }
            } else {
                <p class="doing"><span class="pulse" aria-hidden="true" />{ progress_text(locale, props) }</p>
            }
        </div>
    }
}

fn label(locale: Locale, props: &Props, shown: bool) -> String {
    let heat = &locale.texts.heat;
    let text = if shown && props.map.is_some() { &heat.film_with_heat } else { &heat.film };
    interpolate(text, &[("name", &props.film.name)])
}

/// What the film waits for.
fn progress_text(locale: Locale, props: &Props) -> String {
    let texts = locale.texts;
    match (&props.film.progress, &props.engine) {
        (Progress::Waiting, Engine::Ready) => texts.films.waiting.clone(),
        (Progress::Waiting, engine) => engine_text(locale, engine),
        (Progress::Reading(stage), _) => texts.stages.get(stage).cloned().unwrap_or_default(),
        (Progress::Ended(_), _) => texts.films.reading.clone(),
    }
}
