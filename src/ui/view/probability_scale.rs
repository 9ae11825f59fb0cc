use lungfield_presenter::{ProbabilityView, Zone};
use yew::prelude::*;

use super::sign;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub scale: ProbabilityView,
}

/// Probability from 0 to 1: the three zones, the operating point, and where this film lies.
#[component]
pub(super) fn ProbabilityScale(props: &Props) -> Html {
    let scale = &props.scale;
    let zone = |zone: &Zone| {
        let width = share(zone.to - zone.from);
        html! { <rect class={classes!("zone", sign::class(zone.sign))} x={share(zone.from)} y="8" {width} height="12" /> }
    };
    let entry = |zone: &Zone| {
        html! {
            <li class={classes!(sign::class(zone.sign), zone.is_here.then_some("here"))} aria-current={zone.is_here.then_some("true")}>
                { sign::shape(zone.sign) }
                <span>{ &zone.name }</span>
                <small>{ &zone.range }</small>
            </li>
        }
    };
    let point = share(scale.operating_point);
    html! {
        <div class="zones">
            <svg width="100%" height="28" role="img" aria-label={scale.description.clone()}>
                { for scale.zones.iter().map(zone) }
                <line class="point" x1={point.clone()} x2={point} y1="3" y2="25" />
                <circle class="marker" cx={share(scale.probability.value)} cy="14" r="8" />
            </svg>
            <ul>{ for scale.zones.iter().map(entry) }</ul>
        </div>
    }
}

fn share(value: f64) -> String {
    format!("{:.2}%", value * 100.0)
}
