use web_sys::HtmlElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub class: &'static str,
    /// Where, by the properties of CSS.
    pub laid: Vec<(&'static str, String)>,
    pub children: Children,
}

/// What is laid where it is told, as one piece: the browser moves it without painting it again. The page's policy allows a style
/// to be set by a script, and none to be written into the page.
#[component]
pub(super) fn Plate(props: &Props) -> Html {
    let plate = use_node_ref();
    use_effect_with((props.laid.clone(), plate.clone()), |(laid, plate)| {
        if let Some(plate) = plate.cast::<HtmlElement>() {
            for (property, value) in laid {
                let _ = plate.style().set_property(property, value);
            }
        }
    });
    html! { <div ref={plate} class={props.class} data-testid={props.class}>{ props.children.clone() }</div> }
}
