use std::rc::Rc;

use lungfield_contract::{Lungs, ReportedHeatmap};
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
    /// The maps to draw over it.
    pub maps: Vec<Rc<ReportedHeatmap>>,
    /// The lungs' outline is to be drawn.
    pub outlined: bool,
    pub engine: Engine,
    /// A finger has swept over it, to the film so many places on.
    pub step: Callback<isize>,
    /// What lies on the film to be pressed.
    pub children: Children,
}

/// A finger's way across that is a sweep, in CSS pixels.
const SWEEP: i32 = 60;

/// The film on a dark ground. Held, it is seen alone; swept aside, its neighbour comes.
#[component]
pub(super) fn Viewport(props: &Props) -> Html {
    let locale = use_locale();
    let held = use_state_eq(|| false);
    let began = use_mut_ref(|| None::<[i32; 2]>);
    let place = |event: &PointerEvent| [event.client_x(), event.client_y()];
    let down = {
        let (held, began) = (held.clone(), began.clone());
        Callback::from(move |event: PointerEvent| {
            held.set(true);
            *began.borrow_mut() = (event.pointer_type() == "touch").then(|| place(&event));
        })
    };
    let up = {
        let (held, began, step) = (held.clone(), began.clone(), props.step.clone());
        Callback::from(move |event: PointerEvent| {
            held.set(false);
            let Some([x, y]) = began.take() else { return };
            let [across, along] = [place(&event)[0] - x, place(&event)[1] - y];
            if across.abs() > SWEEP.max(2 * along.abs()) {
                step.emit(if across < 0 { 1 } else { -1 });
            }
        })
    };
    let away = {
        let held = held.clone();
        Callback::from(move |_: PointerEvent| {
            held.set(false);
            began.take();
        })
    };
    let picture = props.film.answer().and_then(|answer| answer.picture.clone());
    let lungs = props.film.reading().and_then(|reading| reading.lungs.as_ref());
    let shown = !props.maps.is_empty() && !*held;
    html! {
        <div class="stage" onpointerdown={down} onpointerup={up} onpointerleave={away.clone()} onpointercancel={away}
            oncontextmenu={|event: MouseEvent| event.prevent_default()}>
            if let Some(picture) = picture {
                <GreyCanvas picture={picture.clone()} label={label(locale, props, shown)} testid="film-canvas" />
                if !*held {
                    { for props.maps.iter().map(|map| html! {
                        <HeatCanvas key={format!("{:?}", map.class)} map={map.clone()} film={(picture.width(), picture.height())} lungs={lungs.cloned()} />
                    }) }
                    if let Some(lungs) = lungs.filter(|_| props.outlined) {
                        { outline(lungs, [picture.width(), picture.height()]) }
                    }
                }
                { props.children.clone() }
            } else {
                if let Some(address) = &props.film.early {
                    <img class="early" src={address.to_string()} alt={label(locale, props, false)} data-testid="early-film" />
                }
                <p class="doing"><span class="pulse" aria-hidden="true" />{ progress_text(locale, props) }</p>
            }
        </div>
    }
}

/// The lungs' outline, over the film in its proportions.
fn outline(lungs: &Lungs, [width, height]: [u32; 2]) -> Html {
    let line = |points: &Vec<[f32; 2]>| {
        let point = |[x, y]: &[f32; 2]| format!("{:.1},{:.1} ", x * width as f32, y * height as f32);
        html! { <polyline points={points.iter().map(point).collect::<String>()} /> }
    };
    html! {
        <svg class="lungs" viewBox={format!("0 0 {width} {height}")} aria-hidden="true" data-testid="lungs">
            { for lungs.outline.iter().map(line) }
        </svg>
    }
}

fn label(locale: Locale, props: &Props, shown: bool) -> String {
    let heat = &locale.texts.heat;
    let text = if shown { &heat.film_with_heat } else { &heat.film };
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
