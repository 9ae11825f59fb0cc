use std::rc::Rc;

use lungfield_contract::{Corners, FoundBy, Photograph};
use lungfield_presenter::interpolate;
use web_sys::Element;
use yew::prelude::*;

use super::{
    canvas::GreyCanvas,
    handle::{arrow, grab},
    locale::{Locale, use_locale},
};
use crate::bridge::Picture;

/// How far an arrow key moves a corner, as a share of the picture, and how far with Shift held.
const STEP: f64 = 0.005;
const LARGE_STEP: f64 = 0.05;

/// Four corners where the user may have put them: not every such four is a film's.
type CornerPoints = [[f64; 2]; 4];

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The photograph.
    pub picture: Rc<Picture>,
    /// Where the film was found in it.
    pub found: Photograph,
    /// The film is to be read between these corners.
    pub set: Callback<Corners>,
}

/// The photograph that a film was found in, with its corners to be put right by finger, mouse or arrow keys.
#[component]
pub(super) fn CornerEditor(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.photograph;
    let points = use_state(|| props.found.corners.places());
    let held = use_state_eq(|| None::<usize>);
    let surface = use_node_ref();
    {
        let points = points.clone();
        use_effect_with(props.found.corners, move |corners| points.set(corners.places()));
    }
    let corners = Corners::new(*points);
    let use_corners = {
        let (set, corners) = (props.set.clone(), corners.clone().ok());
        Callback::from(move |_: MouseEvent| corners.into_iter().for_each(|corners| set.emit(corners)))
    };
    let set_point = {
        let points = points.clone();
        Callback::from(move |(corner, point): (usize, [f64; 2])| {
            let mut next = *points;
            next[corner] = point.map(|share| share.clamp(0.0, 1.0));
            points.set(next);
        })
    };
    let onpointermove = {
        let (held, surface, set_point) = (held.clone(), surface.clone(), set_point.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((corner, point)) = (*held).zip(point_of(&surface, &event)) {
                set_point.emit((corner, point));
            }
        })
    };
    let release = {
        let held = held.clone();
        Callback::from(move |_: PointerEvent| held.set(None))
    };
    let found = match props.found.found_by {
        FoundBy::Outline => &texts.outline,
        FoundBy::User => &texts.user,
        FoundBy::Frame => &texts.frame,
    };
    html! {
        <details class="card corners" data-testid="corners" open={props.found.found_by == FoundBy::Frame}>
            <summary>{ &texts.title }</summary>
            <p>{ found }{ " " }{ &texts.how }</p>
            <div class="surface">
                <GreyCanvas picture={props.picture.clone()} label={AttrValue::from(texts.picture.clone())} />
                <svg ref={surface} {onpointermove} onpointerup={release.clone()} onpointercancel={release}>
                    { for (0..4).map(|i| edge(points[i], points[(i + 1) % 4])) }
                    { for (0..4).map(|i| handle(locale, i, *points, &held, &set_point)) }
                </svg>
            </div>
            <p class="buttons">
                <button type="button" class="button" data-testid="use-corners" disabled={corners.is_err()} onclick={use_corners}>
                    { &texts.use_corners }
                </button>
                if corners.is_err() {
                    <span role="status">{ &texts.bad }</span>
                }
            </p>
        </details>
    }
}

fn per_cent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

fn edge([ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> Html {
    html! { <line x1={per_cent(ax)} y1={per_cent(ay)} x2={per_cent(bx)} y2={per_cent(by)} /> }
}

fn handle(
    locale: Locale,
    corner: usize,
    points: CornerPoints,
    held: &UseStateHandle<Option<usize>>,
    set_point: &Callback<(usize, [f64; 2])>,
) -> Html {
    let texts = &locale.texts.photograph;
    let [x, y] = points[corner];
    let name = [&texts.top_left, &texts.top_right, &texts.bottom_right, &texts.bottom_left][corner].clone();
    let at = interpolate(&texts.at, &[("across", &locale.percent(x)), ("down", &locale.percent(y))]);
    let onpointerdown = {
        let held = held.clone();
        Callback::from(move |event: PointerEvent| {
            grab(&event);
            held.set(Some(corner));
        })
    };
    let onkeydown = {
        let set_point = set_point.clone();
        Callback::from(move |event: KeyboardEvent| {
            let Some([across, down]) = arrow(&event) else { return };
            let step = if event.shift_key() { LARGE_STEP } else { STEP };
            event.prevent_default();
            set_point.emit((corner, [x + across * step, y + down * step]));
        })
    };
    html! {
        <circle cx={per_cent(x)} cy={per_cent(y)} r="22" tabindex="0" role="slider" aria-label={name} aria-valuetext={at}
            aria-valuemin="0" aria-valuemax="100" aria-valuenow={format!("{:.1}", x * 100.0)} data-testid="corner"
            {onpointerdown} {onkeydown} />
    }
}

/// Where a pointer is on the picture, as shares of its width and height.
fn point_of(surface: &NodeRef, event: &PointerEvent) -> Option<[f64; 2]> {
    let area = surface.cast::<Element>()?.get_bounding_client_rect();
    let inside = area.width() > 0.0 && area.height() > 0.0;
    inside.then(|| {
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        [(x - area.left()) / area.width(), (y - area.top()) / area.height()]
    })
}
