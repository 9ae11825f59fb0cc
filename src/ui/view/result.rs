use std::rc::Rc;

use lungfield_contract::{Manifest, Metric, Prevalence, Reading, ReportedThresholds, WarningKind};
use yew::prelude::*;

use super::{
    deferred::Deferred,
    icon,
    locale::{Locale, use_locale},
    measured::measurement,
    outcome_class::outcome_class,
    prevalence::PrevalenceDetails,
    probability_scale::ProbabilityScale,
    quality::quality,
};
use crate::ui::{state::is_in_population, text::interpolate};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub reading: Rc<Reading>,
    pub manifest: Rc<Manifest>,
    /// The answer was withheld until the user asked for it.
    pub revealed: bool,
    pub prevalence: Option<Prevalence>,
    pub set_prevalence: Callback<Option<Prevalence>>,
}

/// The answer, how sure it is, and what that means.
#[component]
pub(super) fn ResultCard(props: &Props) -> Html {
    let locale = use_locale();
    let reading = &*props.reading;
    let (Some(outcome), Some(probability)) = (reading.outcome, reading.probability) else { return Html::default() };
    let Some(text) = locale.texts.outcomes.get(&outcome) else { return Html::default() };
    html! {
        <div class={classes!("card", outcome_class(outcome))}>
            if props.revealed {
                <p class="caveat" data-testid="caveat">{ icon::withheld() }<span>{ &locale.texts.withheld.shown }</span></p>
            }
            <h2 class="outcome" data-testid="outcome">{ icon::outcome(outcome) }<span>{ &text.name }</span></h2>
            <p class="probability">
                <span>{ &locale.texts.result.probability }</span>
                <strong data-testid="probability" data-value={probability.value().to_string()}>
                    { locale.probability(probability.value()) }
                </strong>
            </p>
            <ProbabilityScale probability={probability.value()} {outcome} thresholds={reading.thresholds} />
            <p class="meaning">{ &text.meaning }</p>
            { for reading.quality.iter().map(|found| quality(locale, found)) }
            { warnings(locale, reading) }
            if is_in_population(reading) {
                { operating_point(locale, &reading.thresholds, &props.manifest) }
                <Deferred>
                    <PrevalenceDetails {probability} manifest={props.manifest.clone()} prevalence={props.prevalence}
                        change={props.set_prevalence.clone()} />
                </Deferred>
            } else {
                <p data-testid="out-of-population">{ &locale.texts.result.out_of_population }</p>
            }
            <p class="statement">{ &locale.texts.start.statement }</p>
        </div>
    }
}

fn warnings(locale: Locale, reading: &Reading) -> Html {
    // What the film lacks is said with its quality.
    let said_above = |kind| matches!(kind, WarningKind::Suboptimal | WarningKind::Uninterpretable);
    let warnings: Vec<_> = reading.warnings.iter().filter(|warning| !said_above(warning.kind)).collect();
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

/// What the operating point is, and what was measured there: of each, what the manifest lists first. The rest is in
/// the model's facts.
fn operating_point(locale: Locale, thresholds: &ReportedThresholds, manifest: &Manifest) -> Html {
    let at = locale.percent(thresholds.operating_point);
    let first = manifest.measured.iter().find(|measured| measured.is_of_answers());
    let measured = first.into_iter().flat_map(|measured| {
        [Metric::Sensitivity, Metric::Specificity].map(|metric| measurement(locale, measured, metric))
    });
    html! {
        <div class="operating-point">
            <p>{ interpolate(&locale.texts.result.operating_point, &[("operating_point", &at)]) }</p>
            <ul>{ for measured.map(|one| html! { <li>{ one }</li> }) }</ul>
        </div>
    }
}
