use lungfield_contract::{Outcome, ReportedThresholds};
use yew::prelude::*;

use super::{icon, locale::use_locale, outcome_class::outcome_class};
use crate::ui::text::interpolate;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub probability: f64,
    pub outcome: Outcome,
    pub thresholds: ReportedThresholds,
}

/// Probability from 0 to 1: the three zones, the operating point, and where this film lies.
#[component]
pub(super) fn ProbabilityScale(props: &Props) -> Html {
    let locale = use_locale();
    let ReportedThresholds { unlikely_below, operating_point, likely_from } = props.thresholds;
    let values = [
        ("probability", locale.probability(props.probability)),
        ("unlikely_below", locale.percent(unlikely_below)),
        ("likely_from", locale.percent(likely_from)),
        ("operating_point", locale.percent(operating_point)),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(place, value)| (*place, value.as_str())).collect();
    let zone = |outcome: Outcome, from: f64, to: f64| {
        html! { <rect class={classes!("zone", outcome_class(outcome))} x={share(from)} y="8" width={share(to - from)} height="12" /> }
    };
    let entry = |outcome: Outcome| {
        let here = outcome == props.outcome;
        let text = locale.texts.outcomes.get(&outcome);
        html! {
            <li class={classes!(outcome_class(outcome), here.then_some("here"))} aria-current={here.then_some("true")}>
                { icon::outcome(outcome) }
                <span>{ text.map(|text| text.zone.clone()) }</span>
                <small>{ text.map(|text| interpolate(&text.range, &values)) }</small>
            </li>
        }
    };
    html! {
        <div class="zones">
            <svg width="100%" height="28" role="img" aria-label={interpolate(&locale.texts.result.scale, &values)}>
                { zone(Outcome::Unlikely, 0.0, unlikely_below) }
                { zone(Outcome::Uncertain, unlikely_below, likely_from) }
                { zone(Outcome::Likely, likely_from, 1.0) }
                <line class="point" x1={share(operating_point)} x2={share(operating_point)} y1="3" y2="25" />
                <circle class="marker" cx={share(props.probability)} cy="14" r="8" />
            </svg>
            <ul>
                { entry(Outcome::Unlikely) }
                { entry(Outcome::Uncertain) }
                { entry(Outcome::Likely) }
            </ul>
        </div>
    }
}

fn share(value: f64) -> String {
    format!("{:.2}%", value * 100.0)
}
