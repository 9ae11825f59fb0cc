use lungfield_contract::Prevalence;
use lungfield_presenter::{
    Named, RestatedView,
    prevalence::{as_typed, typed},
};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::locale::use_locale;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The probability where pneumonia is as common as the user says.
    pub restated: Option<RestatedView>,
    pub prevalence: Option<Prevalence>,
    pub change: Callback<Option<Prevalence>>,
}

/// The answer where pneumonia is as common as the user says.
#[component]
pub(super) fn PrevalenceDetails(props: &Props) -> Html {
    let texts = &use_locale().texts.prevalence;
    // What was typed may be no prevalence yet, and must not be taken away from under the user's hands.
    let text = use_state(|| props.prevalence.map(as_typed).unwrap_or_default());
    let input = {
        let (text, change) = (text.setter(), props.change.clone());
        Callback::from(move |event: InputEvent| {
            let value = event.target_unchecked_into::<HtmlInputElement>().value();
            change.emit(typed(&value));
            text.set(value);
        })
    };
    html! {
        <details class="prevalence" data-testid="prevalence">
            <summary>{ &texts.title }</summary>
            <p>{ &texts.even }</p>
            <label>
                <span>{ &texts.label }</span>
                <input type="number" min="1" max="99" step="1" inputmode="numeric" data-testid="prevalence-input"
                    aria-describedby="prevalence-range" value={(*text).clone()} oninput={input} />
            </label>
            <p id="prevalence-range"><small>{ &texts.range }</small></p>
            <div aria-live="polite">
                { for props.restated.iter().map(restated) }
            </div>
        </details>
    }
}

fn restated(view: &RestatedView) -> Html {
    let entry = |named: &Named, id: &'static str| {
        html! { <><dt>{ &named.name }</dt><dd data-testid={id} data-value={named.value.to_string()}>{ &named.text }</dd></> }
    };
    html! {
        <>
            <dl>
                { entry(&view.probability, "restated") }
                { for view.positive.iter().map(|named| entry(named, "positive")) }
                { for view.negative.iter().map(|named| entry(named, "negative")) }
            </dl>
            <p>{ &view.stays }</p>
        </>
    }
}
