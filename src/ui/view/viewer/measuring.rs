use lungfield_presenter::{Measured, Measurement, interpolate};
use yew::prelude::*;

use super::{loupe::Loupe, stage::from_middle};
use crate::ui::{
    state::View,
    view::{
        handle::{arrow, grab},
        locale::{Locale, use_locale},
    },
};

/// How far an arrow key moves a point on the stage, in CSS pixels, and how far with Shift held.
const STEP: f64 = 2.0;
const LARGE_STEP: f64 = 20.0;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub measurement: Measurement,
    pub view: View,
    pub stage: NodeRef,
    /// What the measurement becomes.
    pub set: Callback<Measurement>,
    /// A point that a tap on the film moves there: the last that was touched.
    pub choose: Callback<usize>,
}

/// The lines of a measurement over the film, with a handle for each point.
#[component]
pub(super) fn Measuring(props: &Props) -> Html {
    let locale = use_locale();
    let held = use_state_eq(|| None::<(usize, bool)>);
    let [width, height] = props.view.stage();
    let points: Vec<[f64; 2]> = props.measurement.points.iter().map(|point| props.view.to_stage(*point)).collect();
    let lines: &[[usize; 2]] = match props.measurement.measured {
        Measured::Length => &[[0, 1]],
        Measured::Angle => &[[0, 1], [1, 2]],
        Measured::CardiothoracicRatio => &[[0, 1], [2, 3]],
    };
    let line = |[a, b]: &[usize; 2]| {
        let [[x1, y1], [x2, y2]] = [points[*a], points[*b]].map(|point| point.map(|at| format!("{at:.1}")));
        html! { <line {x1} {y1} {x2} {y2} /> }
    };
    let onpointermove = {
        let (held, view, stage) = (held.clone(), props.view, props.stage.clone());
        let (measurement, set) = (props.measurement.clone(), props.set.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((nth, _)) = *held {
                let place = view.to_film(from_middle(&stage, [event.client_x(), event.client_y()]));
                set.emit(measurement.clone().with_point(nth, place));
            }
        })
    };
    let release = {
        let held = held.clone();
        Callback::from(move |_: PointerEvent| held.set(None))
    };
    let magnified = (*held).filter(|(_, by_finger)| *by_finger).and_then(|(nth, _)| props.measurement.points.get(nth));
    html! {
        <>
            <svg class="measure" viewBox={format!("{} {} {width} {height}", -width / 2.0, -height / 2.0)} data-testid="measure"
                {onpointermove} onpointerup={release.clone()} onpointercancel={release}>
                { for lines.iter().map(line) }
                { for points.iter().enumerate().map(|(nth, at)| handle(locale, props, nth, *at, &held)) }
            </svg>
            if let Some(place) = magnified {
                <Loupe place={*place} view={props.view} stage={props.stage.clone()} />
            }
        </>
    }
}

fn handle(
    locale: Locale,
    props: &Props,
    nth: usize,
    [x, y]: [f64; 2],
    held: &UseStateHandle<Option<(usize, bool)>>,
) -> Html {
    let texts = &locale.texts.viewer;
    let name = match (props.measurement.measured, nth) {
        (Measured::CardiothoracicRatio, 0 | 1) => texts.heart_edge.clone(),
        (Measured::CardiothoracicRatio, _) => texts.chest_edge.clone(),
        _ => interpolate(&texts.point, &[("number", &locale.number((nth + 1) as f64, 0))]),
    };
    let touch = {
        let measurement = props.measurement.clone();
        props.set.reform(move |()| {
            let point = measurement.points[nth];
            measurement.clone().with_point(nth, point)
        })
    };
    let onpointerdown = {
        let (held, choose, touch) = (held.clone(), props.choose.clone(), touch.clone());
        Callback::from(move |event: PointerEvent| {
            grab(&event);
            choose.emit(nth);
            touch.emit(());
            held.set(Some((nth, event.pointer_type() == "touch")));
        })
    };
    let onfocus = props.choose.reform(move |_: FocusEvent| nth);
    let onkeydown = {
        let (view, measurement, set) = (props.view, props.measurement.clone(), props.set.clone());
        Callback::from(move |event: KeyboardEvent| {
            let placed = (event.key() == "Enter").then_some([0.0; 2]);
            let Some([across, down]) = arrow(&event).or(placed) else { return };
            let step = if event.shift_key() { LARGE_STEP } else { STEP };
            event.prevent_default();
            let [x, y] = view.to_stage(measurement.points[nth]);
            set.emit(measurement.clone().with_point(nth, view.to_film([x + across * step, y + down * step])));
        })
    };
    let ([cx, cy], share) = ([x, y].map(|at| format!("{at:.1}")), props.measurement.points[nth]);
    let at = interpolate(
        &locale.texts.photograph.at,
        &[("across", &locale.percent(share[0])), ("down", &locale.percent(share[1]))],
    );
    html! {
        <g key={nth}>
            <circle class="dot" cx={cx.clone()} cy={cy.clone()} r="4" />
            <circle class={classes!("handle", props.measurement.is_placed(nth).then_some("placed"))} {cx} {cy} r="22" tabindex="0" role="slider" aria-label={name} aria-valuetext={at} aria-valuemin="0"
                aria-valuemax="100" aria-valuenow={format!("{:.1}", share[0] * 100.0)} data-testid="handle" {onpointerdown} {onkeydown} {onfocus} />
        </g>
    }
}
