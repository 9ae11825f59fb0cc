use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};
use yew::prelude::*;

use crate::ui::state::View;

/// Its side in CSS pixels; the canvas has twice as many, for dense screens.
const SIDE: f64 = 128.0;
/// How much larger than on the stage the film is in it.
const LARGER: f64 = 2.5;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The place on the film that is seen.
    pub place: [f64; 2],
    pub view: View,
    pub stage: NodeRef,
}

/// What lies under the finger, larger, in the corner that is further from it.
#[component]
pub(super) fn Loupe(props: &Props) -> Html {
    let canvas = use_node_ref();
    let [x, y] = props.view.to_stage(props.place);
    let given = (props.place, props.view, props.stage.clone(), canvas.clone());
    use_effect_with(given, |(place, view, stage, canvas)| {
        let film = stage.cast::<Element>().and_then(|stage| stage.query_selector("canvas").ok().flatten());
        let film = film.and_then(|film| film.dyn_into::<HtmlCanvasElement>().ok());
        if let Some((film, canvas)) = film.zip(canvas.cast::<HtmlCanvasElement>()) {
            let _ = draw(&canvas, &film, *place, view);
        }
    });
    let side = (2.0 * SIDE).to_string();
    let class = classes!("loupe", (x < 0.0).then_some("right"), (y < 0.0).then_some("low"));
    html! {
        <canvas ref={canvas} {class} width={side.clone()} height={side} aria-hidden="true" data-testid="loupe" />
    }
}

fn draw(canvas: &HtmlCanvasElement, film: &HtmlCanvasElement, place: [f64; 2], view: &View) -> Result<(), JsValue> {
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.unchecked_into::<CanvasRenderingContext2d>();
    let pixels = [film.width(), film.height()].map(f64::from);
    let scale = 2.0 * LARGER * view.css_pixels() * view.film()[0] / pixels[0];
    context.reset_transform()?;
    context.clear_rect(0.0, 0.0, 2.0 * SIDE, 2.0 * SIDE);
    context.translate(SIDE, SIDE)?;
    context.rotate(f64::from(view.quarter_turns()) * std::f64::consts::FRAC_PI_2)?;
    context.scale(scale, scale)?;
    context.draw_image_with_html_canvas_element(film, -place[0] * pixels[0], -place[1] * pixels[1])
}
