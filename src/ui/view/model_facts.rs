use std::rc::Rc;

use lungfield_reader::{Manifest, Measurement, Reading, Status};
use yew::prelude::*;

use super::words::{Words, use_words};
use crate::ui::text::fill;

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
    html! {
        <div class="facts">
            <details>
                <summary>
                    { &texts.title }
                    <small data-testid="model-name">{ format!("{} {} · {}", model.name, model.version, short(&model.sha256)) }</small>
                </summary>
                <dl>
                    { entry(&texts.name, &model.name) }
                    { entry(&texts.version, &model.version) }
                    <dt>{ &texts.sha256 }</dt><dd><code data-testid="model-hash">{ &model.sha256 }</code></dd>
                    { entry(&texts.made_for, &props.manifest.intended_population) }
                    { entry(&texts.data, &props.manifest.data) }
                </dl>
                <h3>{ &texts.measured }</h3>
                <ul>{ for props.manifest.measured.iter().map(|m| html! { <li>{ measurement(words, m) }</li> }) }</ul>
            </details>
            if props.reading.status == Status::Read {
                { timings(words, &props.reading) }
            }
        </div>
    }
}

/// A measured number with its interval, its films and how many they were.
pub(super) fn measurement(words: Words, measured: &Measurement) -> Html {
    let texts = &words.texts.model;
    // Shares of films are read best in per cent; areas, errors and scores are plain numbers.
    let write = |value: f64| match measured.what.as_str() {
        "sensitivity" | "specificity" | "precision" | "accuracy" | "uncertain_rate" => words.percent(value),
        _ => words.number(value, 3),
    };
    let value = match (measured.low, measured.high) {
        (Some(low), Some(high)) => {
            let (value, low, high) = (write(measured.value), write(low), write(high));
            fill(&texts.interval, &[("value", &value), ("low", &low), ("high", &high)])
        }
        _ => write(measured.value),
    };
    let count = words.number(measured.n as f64, 0);
    html! {
        <>
            <strong>{ texts.measures.get(&measured.what).unwrap_or(&measured.what) }</strong>
            { " " }{ value }{ " " }
            <small>{ fill(&texts.on, &[("count", &count), ("films", &measured.films)]) }</small>
        </>
    }
}

fn timings(words: Words, reading: &Reading) -> Html {
    let (texts, spent) = (&words.texts.timings, &reading.milliseconds);
    let stages = [
        (&texts.decode, spent.decode),
        (&texts.prepare, spent.prepare),
        (&texts.infer, spent.infer),
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
