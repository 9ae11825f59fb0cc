use std::rc::Rc;

use lungfield_contract::{Corners, FoundBy, Photograph};
use yew::prelude::*;

use super::{
    locale::use_locale,
    points::{Point, PointEditor},
};
use crate::bridge::Picture;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The photograph.
    pub picture: Rc<Picture>,
    /// Where the film was found in it.
    pub found: Photograph,
    /// The film is to be read between these corners.
    pub set: Callback<Corners>,
}

/// The photograph that a film was found in, with its corners to be put right.
#[component]
pub(super) fn CornerEditor(props: &Props) -> Html {
    let texts = &use_locale().texts.photograph;
    // Not every such four are a film's.
    let points = use_state(|| props.found.corners.places());
    {
        let points = points.clone();
        use_effect_with(props.found.corners, move |corners| points.set(corners.places()));
    }
    let corners = Corners::new(*points);
    let use_corners = {
        let (set, corners) = (props.set.clone(), corners.clone().ok());
        Callback::from(move |_: MouseEvent| corners.into_iter().for_each(|corners| set.emit(corners)))
    };
    let moved = {
        let points = points.clone();
        Callback::from(move |(corner, place): (usize, Point)| {
            let mut next = *points;
            next[corner] = place;
            points.set(next);
        })
    };
    let found = match props.found.found_by {
        FoundBy::Outline => &texts.outline,
        FoundBy::User => &texts.user,
        FoundBy::Frame => &texts.frame,
    };
    let names = [&texts.top_left, &texts.top_right, &texts.bottom_right, &texts.bottom_left];
    let names: Vec<AttrValue> = names.map(|name| name.clone().into()).into();
    html! {
        <details class="card corners" data-testid="corners" open={props.found.found_by == FoundBy::Frame}>
            <summary>{ &texts.title }</summary>
            <p>{ found }{ " " }{ &texts.how }</p>
            <PointEditor picture={props.picture.clone()} label={AttrValue::from(texts.picture.clone())} points={points.to_vec()} {names} outline={*points}
                {moved} testid="corner" />
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
