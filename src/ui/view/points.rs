use std::rc::Rc;

use lungfield_presenter::interpolate;
use web_sys::Element;
use yew::prelude::*;

use super::{
    canvas::GreyCanvas,
    handle::{arrow, grab},
    locale::{Locale, use_locale},
};
use crate::bridge::Picture;

/// How far an arrow key moves a point, as a share of the picture, and how far with Shift held.
const STEP: f64 = 0.005;
const LARGE_STEP: f64 = 0.05;

/// Where a point is, as shares of the picture's width and height.
pub(super) type Point = [f64; 2];

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub picture: Rc<Picture>,
    /// What the picture shows.
    pub label: AttrValue,
    /// The points that can be moved.
    pub points: Vec<Point>,
    /// What they are called.
    pub names: Vec<AttrValue>,
    /// The corners of what lies between them, in order.
    pub outline: [Point; 4],
    /// One of them, by its number, has been moved to a place on the picture.
    pub moved: Callback<(usize, Point)>,
    /// What tests call a point.
    pub testid: &'static str,
}

/// A picture with points on it that are moved by finger, mouse or arrow keys.
#[component]
pub(super) fn PointEditor(props: &Props) -> Html {
    let locale = use_locale();
    let held = use_state_eq(|| None::<usize>);
    let surface = use_node_ref();
    let onpointermove = {
        let (held, surface, moved) = (held.clone(), surface.clone(), props.moved.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((point, place)) = (*held).zip(place_of(&surface, &event)) {
                moved.emit((point, on_picture(place)));
            }
        })
    };
    let release = {
        let held = held.clone();
        Callback::from(move |_: PointerEvent| held.set(None))
    };
    let lines = (0..4).map(|i| line(props.outline[i], props.outline[(i + 1) % 4]));
    html! {
        <div class="surface">
            <GreyCanvas picture={props.picture.clone()} label={props.label.clone()} />
            <svg ref={surface} {onpointermove} onpointerup={release.clone()} onpointercancel={release}>
                { for lines }
                { for (0..props.points.len()).map(|point| handle(locale, point, props, &held)) }
            </svg>
        </div>
    }
}

fn per_cent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

fn line([ax, ay]: Point, [bx, by]: Point) -> Html {
    html! { <line x1={per_cent(ax)} y1={per_cent(ay)} x2={per_cent(bx)} y2={per_cent(by)} /> }
}

fn handle(locale: Locale, point: usize, props: &Props, held: &UseStateHandle<Option<usize>>) -> Html {
    let [x, y] = props.points[point];
    let texts = &locale.texts.photograph;
    let at = interpolate(&texts.at, &[("across", &locale.percent(x)), ("down", &locale.percent(y))]);
    let onpointerdown = {
        let held = held.clone();
        Callback::from(move |event: PointerEvent| {
            grab(&event);
            held.set(Some(point));
        })
    };
    let onkeydown = {
        let moved = props.moved.clone();
        Callback::from(move |event: KeyboardEvent| {
            let Some([across, down]) = arrow(&event) else { return };
            let step = if event.shift_key() { LARGE_STEP } else { STEP };
            event.prevent_default();
            moved.emit((point, on_picture([x + across * step, y + down * step])));
        })
    };
    html! {
        <circle cx={per_cent(x)} cy={per_cent(y)} r="22" tabindex="0" role="slider" aria-label={props.names[point].clone()} aria-valuetext={at}
            aria-valuemin="0" aria-valuemax="100" aria-valuenow={format!("{:.1}", x * 100.0)} data-testid={props.testid}
            {onpointerdown} {onkeydown} />
    }
}

fn on_picture(place: Point) -> Point {
    place.map(|share| share.clamp(0.0, 1.0))
}

/// Where a pointer is on the picture.
fn place_of(surface: &NodeRef, event: &PointerEvent) -> Option<Point> {
    let area = surface.cast::<Element>()?.get_bounding_client_rect();
    let inside = area.width() > 0.0 && area.height() > 0.0;
    inside.then(|| {
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        [(x - area.left()) / area.width(), (y - area.top()) / area.height()]
    })
}
