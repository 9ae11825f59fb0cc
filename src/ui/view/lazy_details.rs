use web_sys::HtmlDetailsElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// What is seen while it is closed.
    pub summary: Html,
    pub children: Children,
    #[prop_or_default]
    pub id: Option<AttrValue>,
}

/// A `<details>` whose content few look at: drawn when it is first opened, and kept then.
#[component]
pub(super) fn LazyDetails(props: &Props) -> Html {
    let opened = use_state_eq(|| false);
    let ontoggle = {
        let opened = opened.setter();
        move |event: Event| {
            if event.target_unchecked_into::<HtmlDetailsElement>().open() {
                opened.set(true);
            }
        }
    };
    html! {
        <details {ontoggle} data-testid={props.id.clone()}>
            <summary>{ props.summary.clone() }</summary>
            if *opened {
                { props.children.clone() }
            }
        </details>
    }
}
