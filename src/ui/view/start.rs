use yew::prelude::*;

use super::words::use_words;

/// What this is, for somebody who has just come.
#[component]
pub(in crate::ui) fn Start() -> Html {
    let start = &use_words().texts.start;
    html! {
        <header class="welcome">
            <h1>{ &start.title }</h1>
            <p class="lead">{ &start.lead }</p>
            <p class="statement">{ &start.statement }</p>
        </header>
    }
}
