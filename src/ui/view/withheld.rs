use std::rc::Rc;

use lungfield_contract::{Grade, Reading};
use yew::prelude::*;

use super::{icon, locale::use_locale, quality::quality};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub reading: Rc<Reading>,
    /// The user wants to see the answer all the same.
    pub reveal: Callback<()>,
}

/// In the place of an answer that is likely to be wrong: why, and a way to see it all the same.
#[component]
pub(super) fn Withheld(props: &Props) -> Html {
    let locale = use_locale();
    let texts = locale.texts;
    let reveal = props.reveal.reform(|_: MouseEvent| ());
    let reasons = props.reading.warnings.iter().filter(|warning| warning.kind.withholds_answer());
    html! {
        <div class="card held-back" data-testid="held-back">
            <h2 class="outcome">{ icon::withheld() }<span>{ &texts.withheld.name }</span></h2>
            { for reasons.map(|warning| html! { <p class="what">{ locale.warning(warning) }</p> }) }
            { for props.reading.quality.iter().filter(|found| found.grade == Grade::Uninterpretable).map(|found| quality(locale, found)) }
            <p class="buttons">
                <button type="button" class="button" data-testid="ask" onclick={reveal}>{ &texts.withheld.show }</button>
            </p>
            <p class="statement">{ &texts.start.statement }</p>
        </div>
    }
}
