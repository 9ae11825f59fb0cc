use std::rc::Rc;

use lungfield_contract::{Manifest, Measurement, Metric, Source};
use yew::prelude::*;

use super::{
    locale::{Locale, use_locale},
    measured::of_films,
};
use crate::ui::text::interpolate;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub manifest: Rc<Manifest>,
}

/// What was measured of the answers, as people say it: of a hundred children. What others measured comes first.
#[component]
pub(super) fn HowGood(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.good;
    // The manifest's order: of what training measured, the change of the films that lowers specificity most.
    let first =
        |source: Source| props.manifest.measured.iter().find(|one| one.is_of_answers() && one.films.source == source);
    let independent = first(Source::Independent);
    html! {
        <>
            if independent.is_none() {
                <p>{ interpolate(&texts.not_independent, &[("version", &props.manifest.version)]) }</p>
            }
            { for independent.into_iter().chain(first(Source::Training)).map(|one| of_a_hundred(locale, one)) }
            <p>{ &texts.elsewhere }</p>
        </>
    }
}

fn of_a_hundred(locale: Locale, measured: &Measurement) -> Html {
    let texts = &locale.texts.good;
    let share = |metric: Metric, text: &str, counted: fn(f64) -> f64| {
        let found = measured.metrics.get(&metric)?;
        let number = |share: f64| locale.number(counted(share) * 100.0, 0);
        let mut ends = [found.low.unwrap_or(found.value), found.high.unwrap_or(found.value)].map(counted);
        ends.sort_by(f64::total_cmp);
        let [low, high] = ends.map(|share| locale.number(share * 100.0, 0));
        Some(interpolate(text, &[("value", &number(found.value)), ("low", &low), ("high", &high)]))
    };
    html! {
        <>
            <ul>
                <li>{ share(Metric::Sensitivity, &texts.finds, |found| found) }</li>
                <li>{ share(Metric::Specificity, &texts.alarms, |found| 1.0 - found) }</li>
            </ul>
            <p><small>{ of_films(locale, &measured.films) }</small></p>
        </>
    }
}
