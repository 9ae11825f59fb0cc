use std::rc::Rc;

use lungfield_contract::{Manifest, Reading, Status};
use lungfield_presenter::{interpolate, is_in_population, population};
use yew::prelude::*;

use super::{
    lazy_details::LazyDetails,
    locale::{Locale, use_locale},
    measured::{of_answers, of_gate, operating_points},
};

/// The model card, which the build puts beside the page.
const CARD: &str = "model-card.html";

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub reading: Rc<Reading>,
    pub manifest: Rc<Manifest>,
    /// Whether tract runs the networks; `None` of a build without it.
    #[prop_or_default]
    pub tract: Option<bool>,
    /// Tract is to run them, or no longer.
    #[prop_or_default]
    pub use_tract: Callback<bool>,
}

/// Which model answered, what was measured of it, and how long it took.
#[component]
pub(super) fn ModelFacts(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.model;
    let model = &props.reading.model;
    let title = html! {
        <>
            { &texts.title }
            <small data-testid="model-name">{ format!("{} {} · {}", model.name, model.version, short(&model.sha256)) }</small>
        </>
    };
    html! {
        <div class="facts">
            <LazyDetails summary={title}>
                <OfTheModel reading={props.reading.clone()} manifest={props.manifest.clone()} />
            </LazyDetails>
            <LazyDetails summary={html! { &texts.no_answer }} id="gate-facts">
                <OfTheGate reading={props.reading.clone()} manifest={props.manifest.clone()} />
            </LazyDetails>
            if props.reading.status == Status::Read {
                { timings(locale, &props.reading) }
            }
            if let Some(tract) = props.tract {
                <p class="choice">
                    <button type="button" role="switch" class="switch" data-testid="tract" aria-checked={tract.to_string()} aria-describedby="about-tract"
                        onclick={props.use_tract.reform(move |_: MouseEvent| !tract)}>
                        <span class="knob" aria-hidden="true" /><span>{ &texts.tract }</span>
                    </button>
                    <small id="about-tract">{ &texts.about_tract }</small>
                </p>
            }
        </div>
    }
}

#[component]
fn OfTheModel(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.model;
    let model = &props.reading.model;
    html! {
        <>
            <dl>
                { entry(&texts.name, &model.name) }
                { entry(&texts.version, &model.version) }
                <dt>{ &texts.sha256 }</dt><dd><code data-testid="model-hash">{ &model.sha256 }</code></dd>
                { entry(&texts.made_for, &population(&props.manifest, locale.texts)) }
                { entry(&texts.data, &data(locale, &props.manifest)) }
            </dl>
            <p><a href={CARD} hreflang="en" target="_blank" rel="noopener" data-testid="model-card">{ &texts.card }</a></p>
            if is_in_population(&props.reading) {
                <h3>{ &texts.points }</h3>
                { operating_points(locale, &props.manifest) }
                <h3>{ &texts.measured }</h3>
                { of_answers(locale, &props.manifest) }
            } else {
                <p>{ &locale.texts.result.out_of_population }</p>
            }
        </>
    }
}

#[component]
fn OfTheGate(props: &Props) -> Html {
    let locale = use_locale();
    html! {
        <>
            <p>{ &locale.texts.model.compared }</p>
            { of_gate(locale, &props.manifest) }
        </>
    }
}

/// What the model was trained on.
fn data(locale: Locale, manifest: &Manifest) -> String {
    let data = &manifest.data;
    let number = |n: u64| locale.number(n as f64, 0);
    let count = interpolate(
        &locale.texts.model.trained_on,
        &[("films", &number(data.films)), ("patients", &number(data.patients))],
    );
    format!("{} doi:{}, {}. {count}", data.citation, data.doi, data.licence)
}

fn timings(locale: Locale, reading: &Reading) -> Html {
    let (texts, spent) = (&locale.texts.timings, &reading.milliseconds);
    let stages = [
        (&texts.decode, spent.decode),
        (&texts.prepare, spent.prepare),
        (&texts.infer, spent.infer),
        (&texts.check, spent.check),
        (&texts.explain, spent.explain),
    ];
    let total = stages.iter().map(|(_, spent)| spent).sum();
    html! {
        <details data-testid="timings">
            <summary>{ &texts.title }<small>{ locale.milliseconds(total) }</small></summary>
            <dl>{ for stages.map(|(name, spent)| entry(name, &locale.milliseconds(spent))) }</dl>
        </details>
    }
}

fn entry(name: &str, value: &str) -> Html {
    html! { <><dt>{ name }</dt><dd>{ value }</dd></> }
}

fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}
