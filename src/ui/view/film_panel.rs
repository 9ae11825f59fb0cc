use std::rc::Rc;

use gloo::timers::callback::Timeout;
use lungfield_contract::{
    Class, Corners, Kind, Lungs, Manifest, OwnFacts, Prevalence, Rectangle, ReportedHeatmap, Seen,
};
use lungfield_presenter::{Verdict, View};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{
    answer::AnswerCard,
    corners::CornerEditor,
    deferred::Deferred,
    failure::Failure,
    heat_controls::{HeatControls, HeatFound, HeatSettings, heat_switch},
    lazy_details::LazyDetails,
    locale::use_locale,
    lung_editor::LungEditor,
    model_facts::ModelFacts,
    own_answer::own_answer,
    read_first::ReadFirst,
    result::AboutAnswer,
    take_away::TakeAway,
    viewer::{Tags, Viewer},
    withheld::Withheld,
};
use crate::{
    bridge::{Answer, Detail, FilmId, Picture},
    ui::state::{Engine, Film},
};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub film: Film,
    pub manifest: Option<Rc<Manifest>>,
    pub engine: Engine,
    /// The user's own model, if one reads films.
    pub own: Option<Rc<OwnFacts>>,
    /// To the film so many places on.
    pub step: Callback<isize>,
    /// A film that failed is to be read once more.
    pub retry: Callback<FilmId>,
    /// The part of the film that has come with its detail, and asks for one.
    pub detail: Option<Rc<Detail>>,
    pub look: Callback<(FilmId, Rectangle, [u32; 2])>,
    /// What the user saw on a film before she is shown its answer; nothing where she does not say.
    pub saw: Callback<(FilmId, Option<Seen>)>,
    /// A film's answer is to be shown even if it is withheld.
    pub reveal: Callback<FilmId>,
    /// A photograph is to be read once more, with the film's corners here.
    pub set_corners: Callback<(FilmId, Corners)>,
    /// A film is to be read once more by the lungs in this rectangle, or by those that are found.
    pub set_lungs: Callback<(FilmId, Option<Rectangle>)>,
    /// Whether tract runs the networks; `None` of a build without it.
    pub tract: Option<bool>,
    /// Tract is to run them, or no longer.
    pub use_tract: Callback<bool>,
    pub prevalence: Option<Prevalence>,
    pub set_prevalence: Callback<Option<Prevalence>>,
}

/// One film: the answer, its picture, and what is to be said of the answer.
#[component]
pub(in crate::ui) fn FilmPanel(props: &Props) -> Html {
    let locale = use_locale();
    let texts = locale.texts;
    let heat = use_state(HeatSettings::default);
    let wide = use_state_eq(|| false);
    // The film whose own model's places are drawn, and of which class.
    let own_drawn = use_state_eq(|| None::<(FilmId, usize)>);
    let set_wide = {
        let wide = wide.setter();
        Callback::from(move |on| wide.set(on))
    };
    let (title, answer_place) = (use_node_ref(), use_node_ref());
    // The button that brought the first film is gone from the page: without this the keyboard's place would be lost.
    use_effect_with(title.clone(), |title| {
        let title = title.clone();
        // Not at once: the browser would have to lay the page out first.
        let later = Timeout::new(0, move || focus(&title));
        move || drop(later)
    });

    let film = &props.film;
    let verdict = film.verdict();
    let view = film
        .reading()
        .map(|reading| Rc::new(View::of(reading, props.manifest.as_deref(), texts, film.asked(props.prevalence))));
    let reveal = {
        let (reveal, film, place) = (props.reveal.clone(), film.id, answer_place.clone());
        Callback::from(move |()| {
            // The button goes when the answer comes.
            focus(&place);
            reveal.emit(film);
        })
    };
    let saw = {
        let (saw, film, place) = (props.saw.clone(), film.id, answer_place.clone());
        Callback::from(move |seen| {
            focus(&place);
            saw.emit((film, seen));
        })
    };
    let retry = film.answer().filter(|answer| answer.retriable).map(|_| {
        let (retry, film, place) = (props.retry.clone(), film.id, answer_place.clone());
        Callback::from(move |()| {
            focus(&place);
            retry.emit(film);
        })
    });
    let answered = film.answer().filter(|_| matches!(verdict, Some(Verdict::Answered { .. })));
    let own_class = own_drawn.filter(|(id, _)| *id == film.id).map(|(_, class)| class);
    let own_map = own_class
        .and_then(|class| film.own.as_ref()?.findings.get(class)?.heatmap.as_ref())
        .map(|heatmap| Rc::new(heatmap.painted()));
    let maps = match &own_map {
        Some(map) => vec![map.clone()],
        None => answered.filter(|_| heat.shown).map_or_else(Vec::new, |answer| maps(answer, heat.against)),
    };
    let own = props.own.clone().filter(|own| verdict.is_some_and(|verdict| verdict.lets_own(own.through_gate)));
    let draw_own = {
        let (own_drawn, id) = (own_drawn.setter(), film.id);
        Callback::from(move |class: Option<usize>| own_drawn.set(class.map(|class| (id, class))))
    };
    let change = {
        let heat = heat.clone();
        Callback::from(move |settings| heat.set(settings))
    };
    let use_tract = {
        let (use_tract, place) = (props.use_tract.clone(), answer_place.clone());
        Callback::from(move |on| {
            // The switch goes until the answer comes.
            focus(&place);
            use_tract.emit(on);
        })
    };
    let photograph = film.answer().and_then(|answer| answer.photograph.clone().zip(answer.reading.photograph));
    let set_corners = {
        let film = film.id;
        props.set_corners.reform(move |corners| (film, corners))
    };
    let with_lungs = film.answer().filter(|_| verdict != Some(Verdict::Later)).and_then(of_lungs);
    let set_lungs = {
        let film = film.id;
        props.set_lungs.reform(move |lungs| (film, lungs))
    };
    let unanswered = film.answer().filter(|_| matches!(verdict, Some(Verdict::Unanswered(_))));
    let answer = match (view.clone(), verdict) {
        (Some(view), Some(Verdict::Answered { .. })) => html! { <AnswerCard {view} /> },
        (Some(view), Some(Verdict::Later)) => html! { <ReadFirst key={film.id.0} {view} {saw} /> },
        (Some(view), Some(Verdict::Withheld)) => html! { <Withheld {view} {reveal} /> },
        (Some(view), Some(Verdict::Unanswered(_))) => html! { <Failure {view} {retry} /> },
        (None, _) | (_, None) => Html::default(),
    };
    html! {
        <>
            <section class="answer" ref={answer_place} tabindex="-1" aria-label={texts.result.title.as_str()}>
                { answer }
            </section>
            <section class={classes!("viewer", wide.then_some("wide"))} aria-labelledby="film-title">
                <h1 id="film-title" ref={title} tabindex="-1">{ &*film.name }</h1>
                if unanswered.is_none() || film.can_be_shown() {
                    <Viewer film={film.clone()} maps={maps.clone()} outlined={answered.is_some() && heat.lungs} engine={props.engine.clone()}
                        step={props.step.clone()} detail={props.detail.clone()} look={props.look.clone()} wide={*wide} {set_wide}>
                        if answered.is_some() {
                            { heat_switch(&texts.heat.show, *heat, &change) }
                        }
                    </Viewer>
                }
                if let Some(answer) = answered.filter(|_| own_map.is_none()) {
                    <HeatFound {maps} lungs={answer.reading.lungs.clone()} />
                    <Deferred><HeatControls settings={*heat} {change} /></Deferred>
                }
                if let Some(header) = film.answer().and_then(|answer| answer.header.clone()) {
                    <Deferred>
                        <LazyDetails key={film.id.0} summary={html! { &texts.viewer.tags }} id="header"><Tags {header} /></LazyDetails>
                    </Deferred>
                }
                if let Some((picture, found)) = photograph {
                    <CornerEditor key={film.id.0} {picture} {found} set={set_corners} />
                }
                if let Some(((picture, lungs), manifest)) = with_lungs.zip(props.manifest.as_ref()) {
                    <Deferred>
                        <LazyDetails key={film.id.0} summary={html! { &texts.lungs.title }} id="lung-editor"><LungEditor {picture} {lungs} least_side={f64::from(manifest.lungs.least_side)} set={set_lungs} /></LazyDetails>
                    </Deferred>
                }
            </section>
            if let (Some(answer), Some(manifest)) = (film.answer().filter(|_| verdict != Some(Verdict::Later)), &props.manifest) {
                <section class="result" aria-label={texts.result.about.as_str()}>
                    <h2 class="unseen">{ &texts.result.about }</h2>
                    if let Some(view) = view.clone().filter(|_| answered.is_some()) {
                        <AboutAnswer {view} manifest={manifest.clone()} at_site={answer.reading.thresholds.site.is_some()} prevalence={props.prevalence}
                            set_prevalence={props.set_prevalence.clone()} />
                    }
                    if let Some(view) = view.as_ref().filter(|_| verdict == Some(Verdict::Withheld)) {
                        <p class="statement">{ &view.statement }</p>
                    }
                    if let Some(facts) = own {
                        { own_answer(locale, &facts, film.own.as_ref(), own_class, &draw_own) }
                    }
                    if let Some(view) = view {
                        <LazyDetails key={film.id.0} summary={html! { &texts.take.title }} id="take-away">
                            <TakeAway film={film.clone()} {view} prevalence={props.prevalence} />
                        </LazyDetails>
                    }
                    <Deferred><ModelFacts reading={answer.reading.clone()} manifest={manifest.clone()} tract={props.tract} {use_tract} /></Deferred>
                </section>
            }
        </>
    }
}

fn focus(element: &NodeRef) {
    if let Some(element) = element.cast::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// A film that lungs were found in or looked for, with those that it was read by.
fn of_lungs(answer: &Answer) -> Option<(Rc<Picture>, Option<Lungs>)> {
    let lungs = answer.reading.lungs.clone();
    let were_looked_for = answer.reading.reason.as_ref().is_some_and(|reason| reason.kind == Kind::NoLungs);
    let picture = answer.picture.clone().filter(|_| lungs.is_some() || were_looked_for)?;
    Some((picture, lungs))
}

/// The map of what speaks for pneumonia, and if asked for of what speaks against it: never that one alone.
fn maps(answer: &Answer, against: bool) -> Vec<Rc<ReportedHeatmap>> {
    let own = answer.reading.heatmap.as_ref().map(|map| Rc::new(map.clone()));
    let mut maps: Vec<_> = own.into_iter().chain(answer.other.clone()).collect();
    maps.retain(|map| against || map.class == Class::Pneumonia);
    maps
}
