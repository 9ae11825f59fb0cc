use std::rc::Rc;

use lungfield_presenter::{Said, View};
use yew::prelude::*;

use super::{locale::use_locale, quality::quality, sign};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub view: Rc<View>,
    /// The user wants to see the answer all the same.
    pub reveal: Callback<()>,
}

/// In the place of an answer that is likely to be wrong: why, and a way to see it all the same.
#[component]
pub(super) fn Withheld(props: &Props) -> Html {
    let texts = use_locale().texts;
    let view = &*props.view;
    let reveal = props.reveal.reform(|_: MouseEvent| ());
    html! {
        <div class={classes!("card", sign::class(view.sign))} data-testid="held-back">
            <h2 class="outcome">{ sign::shape(view.sign) }<span>{ &view.headline }</span></h2>
            { said(view) }
            { for view.quality.iter().filter(|quality| quality.withholds).map(quality) }
            <p class="buttons">
                <button type="button" class="button" data-testid="ask" onclick={reveal}>{ &texts.withheld.show }</button>
            </p>
        </div>
    }
}

/// What is said of the answer, each sentence with what was measured for it.
pub(super) fn said(view: &View) -> Html {
    let sentence = |said: &Said| {
        html! {
            <p class="what">
                { &said.text }
                if let Some(measured) = &said.measured {
                    { " " }<small>{ measured }</small>
                }
            </p>
        }
    };
    html! { { for view.said.iter().map(sentence) } }
}
