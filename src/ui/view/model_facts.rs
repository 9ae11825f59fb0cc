use std::rc::Rc;

use lungfield_contract::{Manifest, Reading, Status};
use yew::prelude::*;

use super::{
    folded::Folded,
    measured::{of_answers, of_gate, operating_points},
    words::{Words, use_words},
};

/// The model card, which the build puts beside the page.
const CARD: &str = "model-card.html";

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub reading: Rc<Reading>,
    pub manifest: Rc<Manifest>,
}

/// Which model answered, what was measured of it, and how long it took.
#[component]
pub(super) fn ModelFacts(props: &Props) -> Html {
    let words = use_words();
    let texts = &words.texts.model;
    let model = &props.reading.model;
    let title = html! {
        <>
            { &texts.title }
            <small data-testid="model-name">{ format!("{} {} · {}", model.name, model.version, short(&model.sha256)) }</small>
        </>
    };
    html! {
        <div class="facts">
            <Folded summary={title}>
                <OfTheModel reading={props.reading.clone()} manifest={props.manifest.clone()} />
            </Folded>
            <Folded summary={html! { &texts.no_answer }} id="gate-facts">
                <OfTheGate reading={props.reading.clone()} manifest={props.manifest.clone()} />
            </Folded>
            if props.reading.status == Status::Read {
                { timings(words, &props.reading) }
            }
        </div>
    }
}

#[component]
fn OfTheModel(props: &Props) -> Html {
    let words = use_words();
    let texts = &words.texts.model;
    let model = &props.reading.model;
    html! {
        <>
            <dl>
                { entry(&texts.name, &model.name) }
                { entry(&texts.version, &model.version) }
                <dt>{ &texts.sha256 }</dt><dd><code data-testid="model-hash">{ &model.sha256 }</code></dd>
                { entry(&texts.made_for, &props.manifest.intended_population) }
                { entry(&texts.data, &props.manifest.data) }
            </dl>
            <p><a href={CARD} hreflang="en" target="_blank" rel="noopener" data-testid="model-card">{ &texts.card }</a></p>
            <h3>{ &texts.points }</h3>
            { operating_points(words, &props.manifest) }
            <h3>{ &texts.measured }</h3>
            { of_answers(words, &props.manifest) }
        </>
    }
}

#[component]
fn OfTheGate(props: &Props) -> Html {
    let words = use_words();
    html! {
        <>
            <p>{ &words.texts.model.compared }</p>
            { of_gate(words, &props.manifest) }
        </>
    }
}

fn timings(words: Words, reading: &Reading) -> Html {
    let (texts, spent) = (&words.texts.timings, &reading.milliseconds);
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
            <summary>{ &texts.title }<small>{ words.milliseconds(total) }</small></summary>
            <dl>{ for stages.map(|(name, spent)| entry(name, &words.milliseconds(spent))) }</dl>
        </details>
    }
}

fn entry(name: &str, value: &str) -> Html {
    html! { <><dt>{ name }</dt><dd>{ value }</dd></> }
}

fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}
