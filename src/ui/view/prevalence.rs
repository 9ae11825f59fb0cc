use std::rc::Rc;

use lungfield_contract::{Manifest, Prevalence, Probability};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::locale::{Locale, use_locale};
use crate::ui::{
    prevalence::{as_typed, restate, typed},
    text::interpolate,
};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub probability: Probability,
    pub manifest: Rc<Manifest>,
    pub prevalence: Option<Prevalence>,
    pub change: Callback<Option<Prevalence>>,
}

/// The answer where pneumonia is as common as the user says.
#[component]
pub(super) fn PrevalenceDetails(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.prevalence;
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
                if let Some(prevalence) = props.prevalence {
                    { restated(locale, props, prevalence) }
                }
            </div>
        </details>
    }
}

fn restated(locale: Locale, props: &Props, prevalence: Prevalence) -> Html {
    let texts = &locale.texts.prevalence;
    let restated = restate(props.probability, prevalence, &props.manifest);
    let entry = |name: String, value: Option<f64>, id: &'static str| {
        html! {
            if let Some(value) = value {
                <dt>{ name }</dt><dd data-testid={id} data-value={value.to_string()}>{ locale.probability(value) }</dd>
            }
        }
    };
    let probability = entry(texts.probability.clone(), Some(restated.probability.value()), "restated");
    let balanced = restated.balanced.map(|(point, values)| {
        let at = locale.percent(point.probability);
        let name = |text: &str| interpolate(text, &[("at", &at)]);
        html! {
            <>
                { entry(name(&texts.positive), values.positive, "positive") }
                { entry(name(&texts.negative), values.negative, "negative") }
            </>
        }
    });
    html! {
        <>
            <dl>{ probability }{ balanced }</dl>
            <p>{ &texts.stays }</p>
        </>
    }
}
