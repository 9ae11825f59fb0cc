use std::rc::Rc;

use lungfield_contract::{Manifest, Prevalence};
use lungfield_presenter::View;
use yew::prelude::*;

use super::{
    how_good::HowGood, lazy_details::LazyDetails, locale::use_locale, prevalence::PrevalenceDetails, quality::quality,
    withheld::said,
};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub view: Rc<View>,
    pub manifest: Rc<Manifest>,
    /// The answer is given at a site's own thresholds.
    pub at_site: bool,
    pub prevalence: Option<Prevalence>,
    pub set_prevalence: Callback<Option<Prevalence>>,
}

/// What the answer means and what to keep in mind with it; the rest behind the questions that people ask.
#[component]
pub(super) fn AboutAnswer(props: &Props) -> Html {
    let texts = use_locale().texts;
    let view = &*props.view;
    let (adequate, flawed): (Vec<_>, Vec<_>) = view.quality.iter().partition(|quality| quality.is_adequate);
    html! {
        <div class="about">
            if view.caveat.is_some() {
                { said(view) }
            } else {
                <p class="meaning">{ for view.said.iter().map(|said| html! { <>{ &*said.text }{ " " }</> }) }</p>
            }
            if let Some(seen) = &view.seen_first {
                <p data-testid="seen-first">{ seen }</p>
            }
            if !view.warnings.is_empty() {
                <div class="warnings">
                    <h3>{ &texts.result.warnings }</h3>
                    <ul>{ for view.warnings.iter().map(|warning| html! { <li>{ warning }</li> }) }</ul>
                </div>
            }
            { for flawed.into_iter().map(quality) }
            if let Some(out_of_population) = &view.out_of_population {
                <p data-testid="out-of-population">{ out_of_population }</p>
            } else {
                <LazyDetails summary={html! { &texts.good.title }} id="how-good">
                    <HowGood manifest={props.manifest.clone()} at_site={props.at_site} />
                </LazyDetails>
            }
            { for adequate.into_iter().map(|found| html! { <details><summary>{ &texts.result.good_enough }</summary>{ quality(found) }</details> }) }
            if view.out_of_population.is_none() {
                <PrevalenceDetails restated={view.restated.clone()} prevalence={props.prevalence} change={props.set_prevalence.clone()} />
            }
            <p class="statement">{ &view.statement }</p>
        </div>
    }
}
