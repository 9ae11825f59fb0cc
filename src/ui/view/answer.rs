use std::rc::Rc;

use lungfield_contract::Reading;
use yew::prelude::*;

use super::{icon, locale::use_locale, outcome_class::outcome_class, probability_scale::ProbabilityScale};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub reading: Rc<Reading>,
    /// The answer was withheld until the user asked for it.
    pub revealed: bool,
}

/// The answer and how sure it is: what is seen first, and always.
#[component]
pub(super) fn AnswerCard(props: &Props) -> Html {
    let locale = use_locale();
    let reading = &*props.reading;
    let (Some(outcome), Some(probability)) = (reading.outcome, reading.probability) else { return Html::default() };
    let name = locale.texts.outcomes.get(&outcome).map(|text| &text.name);
    let title =
        html! { <h2 class="outcome" data-testid="outcome">{ icon::outcome(outcome) }<span>{ name }</span></h2> };
    if props.revealed {
        let texts = &locale.texts.withheld;
        return html! {
            <div class="card outside">
                <p class="caveat" data-testid="caveat">{ icon::withheld() }<span>{ &texts.shown }</span></p>
                { title }
                <p class="no-number">{ &texts.no_number }</p>
            </div>
        };
    }
    html! {
        <div class={classes!("card", outcome_class(outcome))}>
            { title }
            <p class="probability">
                <span>{ &locale.texts.result.probability }</span>
                <strong data-testid="probability" data-value={probability.value().to_string()}>
                    { locale.probability(probability.value()) }
                </strong>
            </p>
            <ProbabilityScale probability={probability.value()} {outcome} thresholds={reading.thresholds} />
        </div>
    }
}
