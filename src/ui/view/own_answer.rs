use std::rc::Rc;

use js_sys::Uint8Array;
use lungfield_contract::{OwnFacts, OwnFinding, OwnReading, Status};
use lungfield_presenter::{HeatView, interpolate};
use yew::prelude::*;

use super::{locale::Locale, sign};
use crate::platform;

/// What a model of the user's own says of a film, and whose it is: apart from Lungfield's answer, and never as one. `drawn` is the
/// class whose places are drawn on the film.
pub(super) fn own_answer(
    locale: Locale,
    facts: &OwnFacts,
    reading: Option<&Rc<OwnReading>>,
    drawn: Option<usize>,
    draw: &Callback<Option<usize>>,
) -> Html {
    let texts = &locale.texts.own;
    let title = interpolate(&texts.answer, &[("site", &facts.model.site)]);
    let finding = |(nth, found): (usize, &OwnFinding)| {
        let drawn = drawn == Some(nth);
        let toggle = draw.reform(move |_: MouseEvent| (!drawn).then_some(nth));
        let label = interpolate(&texts.r#where, &[("class", &found.class)]);
        html! {
            <li data-testid="own-finding" data-class={found.class.clone()} data-probability={found.probability.to_string()}>
                <strong>{ &found.class }</strong>{ " " }{ locale.probability(found.probability) }
                if let Some(outcome) = found.outcome {
                    { " · " }<span class="verdict">{ sign::shape(outcome.into()) }{ &locale.texts.outcome(outcome).zone }</span>
                }
                if let Some(heatmap) = &found.heatmap {
                    <button type="button" role="switch" class="switch" data-testid="own-where" aria-checked={drawn.to_string()} onclick={toggle}>
                        <span class="knob" aria-hidden="true" /><span>{ label }</span>
                    </button>
                    if drawn {
                        <p role="status" data-testid="own-evidence">{ HeatView::of(&heatmap.painted(), None, locale.texts).text }</p>
                    }
                }
            </li>
        }
    };
    let save = reading.cloned().map(|reading| move |_: MouseEvent| save(&reading));
    html! {
        <section class="card own" data-testid="own-answer" aria-label={title.clone()}>
            <h2>{ title }</h2>
            <p><small>{ format!("{} {} · {}", facts.model.name, facts.model.version, facts.model.sha256) }</small></p>
            if let Some(reading) = reading {
                if reading.status == Status::Read {
                    <ul>{ for reading.findings.iter().enumerate().map(finding) }</ul>
                } else if let Some(reason) = &reading.reason {
                    <p data-testid="own-no-answer">{ &texts.no_answer }{ " " }{ &locale.texts.reason(reason.kind).what }</p>
                }
                <ul>{ for reading.warnings.iter().map(|warning| html! { <li>{ locale.texts.warnings.get(&warning.kind) }</li> }) }</ul>
            } else {
                <p role="status">{ &texts.reading }</p>
            }
            if let Some(save) = save {
                <p class="buttons"><button type="button" class="button" data-testid="own-save" onclick={save}>{ &texts.save }</button></p>
            }
        </section>
    }
}

fn save(reading: &OwnReading) {
    let Ok(mut json) = serde_json::to_vec(reading) else { return };
    json.push(b'\n');
    let own = reading.file.rsplit('/').next().unwrap_or(&reading.file);
    let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
    let name = format!("{stem}-{}.json", reading.model.name);
    if let Some(file) = platform::made_file(&Uint8Array::from(json.as_slice()).buffer(), &name, "application/json") {
        platform::hand_over(&file);
    }
}
