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
    html! {
        <div class={classes!("card", outcome_class(outcome))}>
            if props.revealed {
                <p class="caveat" data-testid="caveat">{ icon::withheld() }<span>{ &locale.texts.withheld.shown }</span></p>
            }
            <h2 class="outcome" data-testid="outcome">{ icon::outcome(outcome) }<span>{ name }</span></h2>
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
