use std::rc::Rc;

use lungfield_contract::{Lungs, Rectangle};
use yew::prelude::*;

use super::{
    locale::use_locale,
    points::{Point, PointEditor},
};
use crate::bridge::Picture;

/// Where it is put where no lungs are found.
const USUAL: [Point; 2] = [[0.15, 0.15], [0.85, 0.85]];

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The film as it is hung.
    pub picture: Rc<Picture>,
    /// The lungs that it was read by, if there are any.
    pub lungs: Option<Lungs>,
    /// A rectangle around lungs takes at least so much of a side.
    pub least_side: f64,
    /// The film is to be read by the lungs in this rectangle; `None`: by those that are found.
    pub set: Callback<Option<Rectangle>>,
}

/// The film with the rectangle around its lungs, to be put right.
#[component]
pub(super) fn LungEditor(props: &Props) -> Html {
    let locale = use_locale();
    let (texts, corners) = (&locale.texts.lungs, &locale.texts.photograph);
    let found = props.lungs.as_ref().map_or(USUAL, |lungs| corners_of(lungs.rectangle));
    let points = use_state(|| found);
    {
        let points = points.clone();
        use_effect_with(found, move |found| points.set(*found));
    }
    let moved = {
        let (points, least) = (points.clone(), props.least_side);
        Callback::from(move |(corner, place): (usize, Point)| points.set(with(*points, corner, place, least)))
    };
    let [[left, top], [right, bottom]] = *points;
    let use_rectangle = {
        let [left, top, right, bottom] = [left, top, right, bottom].map(|share| share as f32);
        props.set.reform(move |_: MouseEvent| Some(Rectangle { left, top, right, bottom }))
    };
    let find = props.set.reform(|_: MouseEvent| None);
    let names: Vec<AttrValue> = vec![corners.top_left.clone().into(), corners.bottom_right.clone().into()];
    html! {
        <div class="corners">
            <p>{ &texts.how }</p>
            <PointEditor picture={props.picture.clone()} label={AttrValue::from(texts.picture.clone())} points={points.to_vec()} {names}
                outline={[[left, top], [right, top], [right, bottom], [left, bottom]]} {moved} testid="lung-corner" />
            <p class="buttons">
                <button type="button" class="button" data-testid="use-rectangle" onclick={use_rectangle}>{ &texts.use_rectangle }</button>
                if props.lungs.as_ref().is_some_and(|lungs| lungs.by_hand) {
                    <button type="button" class="button" data-testid="find-lungs" onclick={find}>{ &texts.find }</button>
                }
            </p>
        </div>
    }
}

/// The upper left and the lower right corner of what a rectangle has on the film.
fn corners_of(rectangle: Rectangle) -> [Point; 2] {
    let Rectangle { left, top, right, bottom } = rectangle;
    [[left, top], [right, bottom]].map(|corner| corner.map(|share| f64::from(share).clamp(0.0, 1.0)))
}

/// The two corners with one of them moved to a place, as near to the other as a rectangle lets it.
fn with(mut corners: [Point; 2], corner: usize, place: Point, least: f64) -> [Point; 2] {
    let other = corners[1 - corner];
    for side in 0..2 {
        corners[corner][side] = match corner {
            0 => place[side].min(other[side] - least).max(0.0),
            _ => place[side].max(other[side] + least).min(1.0),
        };
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corner_stops_before_the_other_and_at_the_edge() {
        let corners = [[0.2, 0.2], [0.8, 0.8]];
        assert_eq!(with(corners, 0, [0.1, 0.9], 0.25), [[0.1, 0.8 - 0.25], [0.8, 0.8]]);
        assert_eq!(with(corners, 1, [0.0, 1.0], 0.25), [[0.2, 0.2], [0.2 + 0.25, 1.0]]);
        assert_eq!(
            corners_of(Rectangle { left: -0.1, top: 0.25, right: 1.5, bottom: 0.75 }),
            [[0.0, 0.25], [1.0, 0.75]]
        );
    }
}
