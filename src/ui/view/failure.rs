use std::rc::Rc;

use lungfield_contract::{Reading, Status};
use yew::prelude::*;

use super::{icon, locale::use_locale};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub reading: Rc<Reading>,
    /// It is to be read once more; `None` where that cannot help.
    pub retry: Option<Callback<()>>,
}

/// Why a film has no answer, and what can be done.
#[component]
pub(super) fn Failure(props: &Props) -> Html {
    let locale = use_locale();
    let texts = locale.texts;
    let Some(reason) = &props.reading.reason else { return Html::default() };
    let title = match props.reading.status {
        Status::Refused => &texts.failure.refused,
        Status::Read | Status::Failed => &texts.failure.failed,
    };
    let text = texts.reason(reason.kind);
    html! {
        <div class="card no-answer" data-testid="error">
            <h2 class="outcome">{ icon::not_read() }<span>{ title }</span></h2>
            <p class="what">{ &text.what }</p>
            { for props.reading.warnings.iter().map(|warning| html! { <p>{ locale.warning(warning) }</p> }) }
            <p class="do">{ &text.r#do }</p>
            if let Some(retry) = &props.retry {
                <p class="buttons">
                    <button type="button" class="button" data-testid="retry" onclick={retry.reform(|_: MouseEvent| ())}>
                        { &texts.engine.retry }
                    </button>
                </p>
            }
            <details>
                <summary>{ &texts.failure.detail }</summary>
                <p>{ &reason.message }</p>
            </details>
        </div>
    }
}
