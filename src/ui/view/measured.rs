use lungfield_contract::{Manifest, Measurement, OperatingPoint, Proportion};
use yew::prelude::*;

use super::words::Words;
use crate::ui::{
    measures::{self, is_share},
    text::fill,
};

/// The operating points: where each lies and what was measured there.
pub(super) fn operating_points(words: Words, manifest: &Manifest) -> Html {
    let texts = &words.texts.model;
    let share = |what: &str, share: Proportion| {
        let value = interval(words, &words.percent(share.value), &words.percent(share.low), &words.percent(share.high));
        html! { <li>{ named(measure(words, what), &value, &count(words, share.n)) }</li> }
    };
    let point = |point: &OperatingPoint| {
        let name = texts.point_names.get(&point.name).unwrap_or(&point.name);
        html! {
            <>
                <h4>{ name }{ ", " }{ fill(&texts.from, &[("at", &words.percent(point.probability))]) }</h4>
                <ul>
                    { share("sensitivity", point.sensitivity) }
                    { share("specificity", point.specificity) }
                    <li><small>{ &point.films }</small></li>
                </ul>
            </>
        }
    };
    html! { { for manifest.operating_points.iter().map(point) } }
}

/// The numbers of the answers, under the films that they were measured on.
pub(super) fn of_answers(words: Words, manifest: &Manifest) -> Html {
    let item = |one: &&Measurement| html! { <li>{ named(measure(words, &one.what), &value(words, one), &count(words, one.n)) }</li> };
    let group = |(films, members): measures::Group| {
        html! { <><h4>{ films }</h4><ul>{ for members.iter().map(item) }</ul></> }
    };
    html! { { for measures::of_answers(&manifest.measured).into_iter().map(group) } }
}

/// The numbers of pictures that get no answer, under what was measured.
pub(super) fn of_gate(words: Words, manifest: &Manifest) -> Html {
    let item = |one: &&Measurement| html! { <li>{ named(&one.films, &value(words, one), &count(words, one.n)) }</li> };
    let group = |(what, members): measures::Group| {
        html! { <><h4>{ measure(words, what) }</h4><ul>{ for members.iter().map(item) }</ul></> }
    };
    html! { { for measures::of_gate(&manifest.measured).into_iter().map(group) } }
}

/// A measured number by itself: with its interval, how many films, and which, as the manifest says before a colon.
pub(super) fn measurement(words: Words, measured: &Measurement) -> Html {
    let count = words.number(measured.n as f64, 0);
    let films = measured.films.split(':').next().unwrap_or_default();
    let on = fill(&words.texts.model.on, &[("count", &count), ("films", measure(words, films))]);
    named(measure(words, &measured.what), &value(words, measured), &on)
}

fn named(name: &str, value: &str, on: &str) -> Html {
    html! { <><strong>{ name }</strong>{ " " }{ value }{ " " }<small>{ on }</small></> }
}

/// The plain name of a measure, or of films, or its own where it is not known.
fn measure(words: Words, what: &str) -> &str {
    words.texts.model.measures.get(what).map_or(what, String::as_str)
}

fn value(words: Words, measured: &Measurement) -> String {
    let write = |value: f64| if is_share(&measured.what) { words.percent(value) } else { words.number(value, 3) };
    match (measured.low, measured.high) {
        (Some(low), Some(high)) => interval(words, &write(measured.value), &write(low), &write(high)),
        _ => write(measured.value),
    }
}

fn interval(words: Words, value: &str, low: &str, high: &str) -> String {
    fill(&words.texts.model.interval, &[("value", value), ("low", low), ("high", high)])
}

fn count(words: Words, n: u64) -> String {
    fill(&words.texts.model.count, &[("count", &words.number(n as f64, 0))])
}
