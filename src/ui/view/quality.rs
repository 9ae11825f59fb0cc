use lungfield_contract::{Finding, Flaw, Grade, Quality};
use yew::prelude::*;

use super::words::Words;
use crate::ui::text::fill;

/// How good the film is to read, and what it lacks, each with what was measured.
pub(super) fn quality(words: Words, quality: &Quality) -> Html {
    let texts = &words.texts.quality;
    let Some(grade) = texts.grades.get(&quality.grade) else { return Html::default() };
    let class = (quality.grade != Grade::Adequate).then_some("flawed");
    html! {
        <div class={classes!("quality", class)} data-testid="quality">
            <p><strong>{ &texts.title }{ ": " }{ grade }</strong></p>
            if quality.grade != Grade::Adequate {
                <ul>{ for quality.flaws().map(|finding| flaw(words, finding)) }</ul>
            }
        </div>
    }
}

fn flaw(words: Words, finding: &Finding) -> Html {
    let texts = &words.texts.quality;
    let digits = match finding.kind {
        Flaw::Tilted | Flaw::Small => 0,
        Flaw::Moire => 1,
        _ => 3,
    };
    let number = |value| words.number(value, digits);
    let measured = fill(&texts.measured, &[("value", &number(finding.value)), ("limit", &number(finding.limit))]);
    html! {
        <li>
            { texts.flaws.get(&finding.kind) }{ " " }<small>{ measured }</small>
        </li>
    }
}
