use std::rc::Rc;

use lungfield_contract::{Manifest, Outcome, Prevalence, Reading, ReportedThresholds, WarningKind};
use yew::prelude::*;

use super::{
    icon,
    later::Later,
    measured::measurement,
    prevalence::PrevalenceDetails,
    quality::quality,
    scale::Scale,
    words::{Words, use_words},
};
use crate::ui::text::fill;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub reading: Rc<Reading>,
    pub manifest: Rc<Manifest>,
    /// The answer was held back until the user asked for it.
    pub on_request: bool,
    pub prevalence: Option<Prevalence>,
    pub set_prevalence: Callback<Option<Prevalence>>,
}

/// The answer, how sure it is, and what that means.
#[component]
pub(super) fn ResultCard(props: &Props) -> Html {
    let words = use_words();
    let reading = &*props.reading;
    let (Some(outcome), Some(probability)) = (reading.outcome, reading.probability) else { return Html::default() };
    let Some(text) = words.texts.outcomes.get(&outcome) else { return Html::default() };
    html! {
        <div class={classes!("card", class(outcome))}>
            if props.on_request {
                <p class="caveat" data-testid="caveat">{ icon::held_back() }<span>{ &words.texts.held_back.shown }</span></p>
            }
            <h2 class="outcome" data-testid="outcome">{ icon::outcome(outcome) }<span>{ &text.name }</span></h2>
            <p class="probability">
                <span>{ &words.texts.result.probability }</span>
                <strong data-testid="probability" data-value={probability.value().to_string()}>
                    { words.probability(probability.value()) }
                </strong>
            </p>
            <Scale probability={probability.value()} {outcome} thresholds={reading.thresholds} />
            <p class="meaning">{ &text.meaning }</p>
            { for reading.quality.iter().map(|found| quality(words, found)) }
            { warnings(words, reading) }
            { operating_point(words, &reading.thresholds, &props.manifest) }
            <Later>
                <PrevalenceDetails {probability} manifest={props.manifest.clone()} prevalence={props.prevalence}
                    change={props.set_prevalence.clone()} />
            </Later>
            <p class="statement">{ &words.texts.start.statement }</p>
        </div>
    }
}

/// The style of an outcome.
pub(super) fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Likely => "likely",
        Outcome::Uncertain => "uncertain",
        Outcome::Unlikely => "unlikely",
    }
}

fn warnings(words: Words, reading: &Reading) -> Html {
    // What the film lacks is said with its quality.
    let said_above = |kind| matches!(kind, WarningKind::Suboptimal | WarningKind::Uninterpretable);
    let warnings: Vec<_> = reading.warnings.iter().filter(|warning| !said_above(warning.kind)).collect();
    if warnings.is_empty() {
        return Html::default();
    }
    html! {
        <div class="warnings">
            <h3>{ &words.texts.result.warnings }</h3>
            <ul>{ for warnings.into_iter().map(|warning| html! { <li>{ words.caution(warning) }</li> }) }</ul>
        </div>
    }
}

/// What the operating point is, and what was measured there: of each, what the manifest lists first. The rest is in
/// the model's facts.
fn operating_point(words: Words, thresholds: &ReportedThresholds, manifest: &Manifest) -> Html {
    let at = words.percent(thresholds.operating_point);
    let first = |what: &str| manifest.measured.iter().find(|measured| measured.what == what);
    let measured = [first("sensitivity"), first("specificity")].into_iter().flatten();
    html! {
        <div class="operating-point">
            <p>{ fill(&words.texts.result.operating_point, &[("operating_point", &at)]) }</p>
            <ul>{ for measured.map(|m| html! { <li>{ measurement(words, m) }</li> }) }</ul>
        </div>
    }
}
