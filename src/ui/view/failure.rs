use std::rc::Rc;

use lungfield_presenter::View;
use yew::prelude::*;

use super::{locale::use_locale, sign, withheld::said};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub view: Rc<View>,
    /// It is to be read once more; `None` where that cannot help.
    pub retry: Option<Callback<()>>,
}

/// Why a film has no answer, and what can be done.
#[component]
pub(super) fn Failure(props: &Props) -> Html {
    let texts = use_locale().texts;
    let view = &*props.view;
    html! {
        <div class={classes!("card", sign::class(view.sign))} data-testid="error">
            <h2 class="outcome">{ sign::shape(view.sign) }<span>{ &view.headline }</span></h2>
            { said(view) }
            { for view.warnings.iter().map(|warning| html! { <p>{ warning }</p> }) }
            <p class="do">{ view.to_do.as_ref() }</p>
            if let Some(retry) = &props.retry {
                <p class="buttons">
                    <button type="button" class="button" data-testid="retry" onclick={retry.reform(|_: MouseEvent| ())}>
                        { &texts.engine.retry }
                    </button>
                </p>
            }
            if let Some(detail) = &view.detail {
                <details>
                    <summary>{ &texts.failure.detail }</summary>
                    <p>{ detail }</p>
                </details>
            }
        </div>
    }
}
