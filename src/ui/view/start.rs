use web_sys::HtmlElement;
use yew::prelude::*;

use super::locale::use_locale;

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    /// The user has had films here before and has removed them.
    pub returning: bool,
}

/// What this is, for somebody who has just come.
#[component]
pub(in crate::ui) fn Start(props: &Props) -> Html {
    let start = &use_locale().texts.start;
    let title = use_node_ref();
    // The button that removed the last film is gone from the page, and the keyboard's place with it.
    use_effect_with((props.returning, title.clone()), |(returning, title)| {
        if let Some(title) = title.cast::<HtmlElement>().filter(|_| *returning) {
            let _ = title.focus();
        }
    });
    html! {
        <header class="welcome">
            <h1 ref={title} tabindex="-1">{ &start.title }</h1>
            <p class="lead">{ &start.lead }</p>
            <p class="statement">{ &start.statement }</p>
        </header>
    }
}
