use lungfield_contract::{Finding, Flaw, Grade, Quality};
use yew::prelude::*;

use super::locale::Locale;
use crate::ui::text::interpolate;

/// How good the film is to read, and what it lacks, each with what was measured.
pub(super) fn quality(locale: Locale, quality: &Quality) -> Html {
    let texts = &locale.texts.quality;
    let Some(grade) = texts.grades.get(&quality.grade) else { return Html::default() };
    let class = (quality.grade != Grade::Adequate).then_some("flawed");
    html! {
        <div class={classes!("quality", class)} data-testid="quality">
            <p><strong>{ &texts.title }{ ": " }{ grade }</strong></p>
            if quality.grade != Grade::Adequate {
                <ul>{ for quality.flaws().map(|finding| flaw(locale, finding)) }</ul>
            }
        </div>
    }
}

fn flaw(locale: Locale, finding: &Finding) -> Html {
    let texts = &locale.texts.quality;
    let digits = match finding.kind {
        Flaw::Tilted | Flaw::Small => 0,
        Flaw::Moire => 1,
        _ => 3,
    };
    let number = |value| locale.number(value, digits);
    let measured =
        interpolate(&texts.measured, &[("value", &number(finding.value)), ("limit", &number(finding.limit))]);
    html! {
        <li>
            { texts.flaws.get(&finding.kind) }{ " " }<small>{ measured }</small>
        </li>
    }
}
