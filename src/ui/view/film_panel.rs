use std::rc::Rc;

use lungfield_reader::{Class, Manifest, ReportedHeatmap};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{
    failure::Failure, heat::HeatControls, model_facts::ModelFacts, result::ResultCard, stage::Stage, words::use_words,
};
use crate::{
    bridge::{Answer, FilmId},
    ui::state::{Engine, Film},
};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub film: Film,
    pub manifest: Option<Rc<Manifest>>,
    pub engine: Engine,
}

/// How the heatmap is shown; kept from film to film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct HeatSettings {
    pub shown: bool,
    /// From 0 to 1.
    pub opacity: f64,
    /// The class whose evidence is shown, where the user has chosen one; for that film only.
    pub chosen: Option<(FilmId, Class)>,
}

/// One film: its picture with the heatmap, and what is said of it.
#[component]
pub(in crate::ui) fn FilmPanel(props: &Props) -> Html {
    let texts = use_words().texts;
    let heat = use_state(|| HeatSettings { shown: true, opacity: 0.6, chosen: None });
    let title = use_node_ref();
    // The button that brought the first film is gone from the page: without this the keyboard's place would be lost.
    use_effect_with(title.clone(), |title| {
        if let Some(title) = title.cast::<HtmlElement>() {
            let _ = title.focus();
        }
    });

    let film = &props.film;
    let map = film.answer().and_then(|answer| explained(answer, chosen_class(&heat, film)));
    let change = {
        let heat = heat.clone();
        Callback::from(move |settings| heat.set(settings))
    };
    let failed = film.answer().filter(|answer| answer.reading.reason.is_some());
    html! {
        <>
            <section class="viewer" aria-labelledby="film-title">
                <h1 id="film-title" ref={title} tabindex="-1">{ &*film.name }</h1>
                if let Some(answer) = failed {
                    <Failure reading={answer.reading.clone()} />
                } else {
                    <Stage film={film.clone()} map={map.clone()} shown={heat.shown} opacity={heat.opacity} engine={props.engine.clone()} />
                }
                if let Some(map) = map {
                    <HeatControls film={film.id} class={map.class} settings={*heat} {change} />
                }
            </section>
            if let (Some(answer), Some(manifest)) = (film.answer(), &props.manifest) {
                <section class="result" aria-label={texts.result.title.as_str()}>
                    <ResultCard reading={answer.reading.clone()} manifest={manifest.clone()} />
                    <ModelFacts reading={answer.reading.clone()} manifest={manifest.clone()} />
                </section>
            }
        </>
    }
}

fn chosen_class(settings: &HeatSettings, film: &Film) -> Option<Class> {
    settings.chosen.filter(|(id, _)| *id == film.id).map(|(_, class)| class)
}

/// The map of the chosen class, else the one that belongs to the answer.
fn explained(answer: &Answer, chosen: Option<Class>) -> Option<Rc<ReportedHeatmap>> {
    let own = answer.reading.heatmap.as_ref()?;
    match &answer.other {
        Some(other) if chosen == Some(other.class) => Some(other.clone()),
        _ => Some(Rc::new(own.clone())),
    }
}
