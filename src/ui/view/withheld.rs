use std::rc::Rc;

use lungfield_contract::{Grade, Manifest, Reading, WarningKind};
use yew::prelude::*;

use super::{
    icon,
    locale::{Locale, use_locale},
    model_facts::population,
    quality::quality,
};
use crate::ui::text::interpolate;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub reading: Rc<Reading>,
    pub manifest: Rc<Manifest>,
    /// The user wants to see the answer all the same.
    pub reveal: Callback<()>,
}

/// In the place of an answer that is likely to be wrong: why, and a way to see it all the same.
#[component]
pub(super) fn Withheld(props: &Props) -> Html {
    let locale = use_locale();
    let texts = locale.texts;
    let reveal = props.reveal.reform(|_: MouseEvent| ());
    html! {
        <div class="card held-back" data-testid="held-back">
            <h2 class="outcome">{ icon::withheld() }<span>{ &texts.withheld.name }</span></h2>
            { reasons(locale, &props.reading, &props.manifest) }
            <p class="buttons">
                <button type="button" class="button" data-testid="ask" onclick={reveal}>{ &texts.withheld.show }</button>
            </p>
            <p class="statement">{ &texts.start.statement }</p>
        </div>
    }
}

/// Why the film is outside of what the model knows: each reason with what was found and the limit.
pub(super) fn reasons(locale: Locale, reading: &Reading, manifest: &Manifest) -> Html {
    let measured = |kind: WarningKind| {
        let texts = &locale.texts.withheld;
        let of = |text: &str, value: f64, limit: f64| {
            let [value, limit] = [value, limit].map(|number| locale.number(number, 2));
            html! { <small>{ interpolate(text, &[("value", &value), ("limit", &limit)]) }</small> }
        };
        match (kind, &reading.gate) {
            (WarningKind::AdultFilm, _) => html! { <small>{ population(locale, manifest) }</small> },
            (WarningKind::UnlikeTrainingFilms, Some(gate)) => match gate.adult_score {
                Some(score) if score >= 0.0 => of(&texts.adult, score, 0.0),
                _ => of(&texts.distance, gate.distance, gate.unlike_from),
            },
            _ => Html::default(),
        }
    };
    let withholding = reading.warnings.iter().filter(|warning| warning.kind.withholds_answer());
    let flawed = reading.quality.iter().filter(|found| found.grade == Grade::Uninterpretable);
    html! {
        <>
            { for withholding.map(|warning| html! { <p class="what">{ locale.warning(warning) }{ " " }{ measured(warning.kind) }</p> }) }
            { for flawed.map(|found| quality(locale, found)) }
        </>
    }
}
