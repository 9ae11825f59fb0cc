use std::rc::Rc;

use lungfield_contract::{Grade, Reading};
use yew::prelude::*;

use super::{icon, quality::quality, words::use_words};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub reading: Rc<Reading>,
    /// The user wants to see the answer all the same.
    pub ask: Callback<()>,
}

/// In the place of an answer that is likely to be wrong: why, and a way to see it all the same.
#[component]
pub(super) fn HeldBack(props: &Props) -> Html {
    let words = use_words();
    let texts = words.texts;
    let ask = props.ask.reform(|_: MouseEvent| ());
    let reasons = props.reading.warnings.iter().filter(|warning| warning.kind.withholds_answer());
    html! {
        <div class="card held-back" data-testid="held-back">
            <h2 class="outcome">{ icon::held_back() }<span>{ &texts.held_back.name }</span></h2>
            { for reasons.map(|warning| html! { <p class="what">{ words.caution(warning) }</p> }) }
            { for props.reading.quality.iter().filter(|found| found.grade == Grade::Uninterpretable).map(|found| quality(words, found)) }
            <p class="buttons">
                <button type="button" class="button" data-testid="ask" onclick={ask}>{ &texts.held_back.show }</button>
            </p>
            <p class="statement">{ &texts.start.statement }</p>
        </div>
    }
}
