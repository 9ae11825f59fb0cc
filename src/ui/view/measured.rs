use lungfield_contract::{Manifest, Measurement, OperatingPoint, Proportion};
use yew::prelude::*;

use super::locale::Locale;
use crate::ui::{
    measures::{self, is_share},
    text::interpolate,
};

/// The operating points: where each lies and what was measured there.
pub(super) fn operating_points(locale: Locale, manifest: &Manifest) -> Html {
    let texts = &locale.texts.model;
    let share = |what: &str, share: Proportion| {
        let value =
            interval(locale, &locale.percent(share.value), &locale.percent(share.low), &locale.percent(share.high));
        html! { <li>{ named(measure(locale, what), &value, &count(locale, share.n)) }</li> }
    };
    let point = |point: &OperatingPoint| {
        let name = texts.point_names.get(&point.name).unwrap_or(&point.name);
        html! {
            <>
                <h4>{ name }{ ", " }{ interpolate(&texts.from, &[("at", &locale.percent(point.probability))]) }</h4>
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
pub(super) fn of_answers(locale: Locale, manifest: &Manifest) -> Html {
    let item = |one: &&Measurement| html! { <li>{ named(measure(locale, &one.what), &value(locale, one), &count(locale, one.n)) }</li> };
    let group = |(films, members): measures::Group| {
        html! { <><h4>{ films }</h4><ul>{ for members.iter().map(item) }</ul></> }
    };
    html! { { for measures::of_answers(&manifest.measured).into_iter().map(group) } }
}

/// The numbers of pictures that get no answer, under what was measured.
pub(super) fn of_gate(locale: Locale, manifest: &Manifest) -> Html {
    let item =
        |one: &&Measurement| html! { <li>{ named(&one.films, &value(locale, one), &count(locale, one.n)) }</li> };
    let group = |(what, members): measures::Group| {
        html! { <><h4>{ measure(locale, what) }</h4><ul>{ for members.iter().map(item) }</ul></> }
    };
    html! { { for measures::of_gate(&manifest.measured).into_iter().map(group) } }
}

/// A measured number by itself: with its interval, how many films, and which, as the manifest says before a colon.
pub(super) fn measurement(locale: Locale, measured: &Measurement) -> Html {
    let count = locale.number(measured.n as f64, 0);
    let films = measured.films.split(':').next().unwrap_or_default();
    let on = interpolate(&locale.texts.model.on, &[("count", &count), ("films", measure(locale, films))]);
    named(measure(locale, &measured.what), &value(locale, measured), &on)
}

fn named(name: &str, value: &str, on: &str) -> Html {
    html! { <><strong>{ name }</strong>{ " " }{ value }{ " " }<small>{ on }</small></> }
}

/// The plain name of a measure, or of films, or its own where it is not known.
fn measure(locale: Locale, what: &str) -> &str {
    locale.texts.model.measures.get(what).map_or(what, String::as_str)
}

fn value(locale: Locale, measured: &Measurement) -> String {
    let write = |value: f64| if is_share(&measured.what) { locale.percent(value) } else { locale.number(value, 3) };
    match (measured.low, measured.high) {
        (Some(low), Some(high)) => interval(locale, &write(measured.value), &write(low), &write(high)),
        _ => write(measured.value),
    }
}

fn interval(locale: Locale, value: &str, low: &str, high: &str) -> String {
    interpolate(&locale.texts.model.interval, &[("value", value), ("low", low), ("high", high)])
}

fn count(locale: Locale, n: u64) -> String {
    interpolate(&locale.texts.model.count, &[("count", &locale.number(n as f64, 0))])
}
