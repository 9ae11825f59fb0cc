use std::rc::Rc;

use lungfield_presenter::View;
use yew::prelude::*;

use super::{icon, probability_scale::ProbabilityScale, sign};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub view: Rc<View>,
}

/// The answer and how sure it is: what is seen first, and always.
#[component]
pub(super) fn AnswerCard(props: &Props) -> Html {
    let view = &*props.view;
    let class = view.caveat.as_ref().map_or_else(|| sign::class(view.sign), |_| "outside");
    html! {
        <div class={classes!("card", class)}>
            if let Some(caveat) = &view.caveat {
                <p class="caveat" data-testid="caveat">{ icon::withheld() }<span>{ caveat }</span></p>
            }
            <h2 class="outcome" data-testid="outcome">{ sign::shape(view.sign) }<span>{ &view.headline }</span></h2>
            if let Some(no_number) = &view.no_number {
                <p class="no-number">{ no_number }</p>
            }
            if let Some(scale) = &view.probability {
                <p class="probability">
                    <span>{ &scale.probability.name }</span>
                    <strong data-testid="probability" data-value={scale.probability.value.to_string()}>
                        { &scale.probability.text }
                    </strong>
                </p>
                <ProbabilityScale scale={scale.clone()} />
            }
        </div>
    }
}
