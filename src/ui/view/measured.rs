use lungfield_contract::{Estimate, Manifest, Measurement, Metric, OperatingPoint};
use lungfield_presenter::{interpolate, measures::of_films};
use yew::prelude::*;

use super::locale::Locale;

/// The operating points: where each lies and what was measured there.
pub(super) fn operating_points(locale: Locale, manifest: &Manifest) -> Html {
    let texts = &locale.texts.model;
    let films = &manifest.thresholds.films;
    let share = |metric: Metric, share: &Estimate| {
        let n = share.n.unwrap_or(films.count);
        html! { <li>{ named(measure(locale, metric), &value(locale, metric, share), &count(locale, n)) }</li> }
    };
    let point = |point: &OperatingPoint| {
        let name = texts.point_names.get(&point.name).unwrap_or(&point.name);
        html! {
            <>
                <h4>{ name }{ ", " }{ interpolate(&texts.from, &[("at", &locale.percent(point.probability))]) }</h4>
                <ul>
                    { share(Metric::Sensitivity, &point.sensitivity) }
                    { share(Metric::Specificity, &point.specificity) }
                </ul>
            </>
        }
    };
    html! {
        <>
            <p>{ of_films(locale.texts, films) }</p>
            { for manifest.operating_points.iter().map(point) }
        </>
    }
}

/// The numbers of the answers, under the films that they were measured on.
pub(super) fn of_answers(locale: Locale, manifest: &Manifest) -> Html {
    listed(locale, "h4", manifest.measured.iter().filter(|one| one.is_of_answers()))
}

/// The numbers of pictures that get no answer, under the pictures.
pub(super) fn of_gate(locale: Locale, manifest: &Manifest) -> Html {
    listed(locale, "h3", manifest.measured.iter().filter(|one| !one.is_of_answers()))
}

/// Numbers under headings of this level, which say of which films.
fn listed<'a>(locale: Locale, heading: &'static str, measured: impl Iterator<Item = &'a Measurement>) -> Html {
    let item = |(metric, estimate, n): (Metric, Estimate, u64)| {
        html! { <li>{ named(measure(locale, metric), &value(locale, metric, &estimate), &count(locale, n)) }</li> }
    };
    let group = |one: &Measurement| {
        html! { <><@{heading}>{ of_films(locale.texts, &one.films) }</@><ul>{ for one.estimates().map(item) }</ul></> }
    };
    html! { { for measured.map(group) } }
}

fn named(name: &str, value: &str, on: &str) -> Html {
    html! { <><strong>{ name }</strong>{ " " }{ value }{ " " }<small>{ on }</small></> }
}

fn measure(locale: Locale, metric: Metric) -> &'static str {
    locale.texts.model.measures.get(&metric).map_or("", String::as_str)
}

fn value(locale: Locale, metric: Metric, estimate: &Estimate) -> String {
    let write = |value: f64| if metric.is_share() { locale.percent(value) } else { locale.number(value, 3) };
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => interpolate(
            &locale.texts.model.interval,
            &[("value", &write(estimate.value)), ("low", &write(low)), ("high", &write(high))],
        ),
        _ => write(estimate.value),
    }
}

fn count(locale: Locale, n: u64) -> String {
    interpolate(&locale.texts.model.count, &[("count", &locale.number(n as f64, 0))])
}
