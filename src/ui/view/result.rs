use std::rc::Rc;

use lungfield_contract::{Grade, Manifest, Prevalence, Reading, WarningKind};
use yew::prelude::*;

use super::{
    how_good::HowGood,
    lazy_details::LazyDetails,
    locale::{Locale, use_locale},
    prevalence::PrevalenceDetails,
    quality::quality,
    withheld::reasons,
};
use crate::ui::state::is_in_population;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub reading: Rc<Reading>,
    pub manifest: Rc<Manifest>,
    /// The answer was withheld until the user asked for it.
    pub revealed: bool,
    pub prevalence: Option<Prevalence>,
    pub set_prevalence: Callback<Option<Prevalence>>,
}

/// What the answer means and what to keep in mind with it; the rest behind the questions that people ask.
#[component]
pub(super) fn AboutAnswer(props: &Props) -> Html {
    let locale = use_locale();
    let reading = &*props.reading;
    let texts = &locale.texts.result;
    let text = reading.outcome.and_then(|outcome| locale.texts.outcomes.get(&outcome));
    let found = reading.quality.as_ref().map(|found| (found.grade == Grade::Adequate, quality(locale, found)));
    html! {
        <div class="about">
            if props.revealed {
                { reasons(locale, reading, &props.manifest) }
            } else {
                <p class="meaning">{ text.map(|text| &text.meaning) }</p>
            }
            { warnings(locale, reading) }
            if let Some((false, quality)) = found.as_ref().filter(|_| !props.revealed) {
                { quality.clone() }
            }
            if is_in_population(reading) {
                <LazyDetails summary={html! { &locale.texts.good.title }} id="how-good">
                    <HowGood manifest={props.manifest.clone()} />
                </LazyDetails>
            } else {
                <p data-testid="out-of-population">{ &texts.out_of_population }</p>
            }
            if let Some((true, quality)) = found {
                <details><summary>{ &texts.good_enough }</summary>{ quality }</details>
            }
            if let Some(probability) = reading.probability.filter(|_| is_in_population(reading)) {
                <PrevalenceDetails {probability} manifest={props.manifest.clone()} prevalence={props.prevalence}
                    change={props.set_prevalence.clone()} />
            }
            <p class="statement">{ &locale.texts.start.statement }</p>
        </div>
    }
}

fn warnings(locale: Locale, reading: &Reading) -> Html {
    // What the film lacks is said with its quality, and what withholds an answer with the reasons for that.
    let said_apart = |kind: WarningKind| kind == WarningKind::Suboptimal || kind.withholds_answer();
    let warnings: Vec<_> = reading.warnings.iter().filter(|warning| !said_apart(warning.kind)).collect();
    if warnings.is_empty() {
        return Html::default();
    }
    html! {
        <div class="warnings">
            <h3>{ &locale.texts.result.warnings }</h3>
            <ul>{ for warnings.into_iter().map(|warning| html! { <li>{ locale.warning(warning) }</li> }) }</ul>
        </div>
    }
}
