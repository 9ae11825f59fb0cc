use web_sys::HtmlDetailsElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// What is seen while the rest is folded away.
    pub summary: Html,
    pub children: Children,
    #[prop_or_default]
    pub id: Option<AttrValue>,
}

/// Something long that few look at: made when it is first unfolded, and kept then.
#[component]
pub(super) fn Folded(props: &Props) -> Html {
    let unfolded = use_state_eq(|| false);
    let ontoggle = {
        let unfolded = unfolded.setter();
        move |event: Event| {
            if event.target_unchecked_into::<HtmlDetailsElement>().open() {
                unfolded.set(true);
            }
        }
    };
    html! {
        <details {ontoggle} data-testid={props.id.clone()}>
            <summary>{ props.summary.clone() }</summary>
            if *unfolded {
                { props.children.clone() }
            }
        </details>
    }
}
