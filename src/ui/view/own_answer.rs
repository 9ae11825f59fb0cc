use std::rc::Rc;

use js_sys::Uint8Array;
use lungfield_contract::{OwnFacts, OwnReading};
use lungfield_presenter::{OwnFindingView, OwnView};
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
    let OwnView { title, model, reading: busy, no_answer, findings, warnings, .. } =
        OwnView::of(facts, reading.map(|reading| &**reading), locale.texts);
    let finding = |(nth, found): (usize, OwnFindingView)| {
        let OwnFindingView { probability, outcome, place, evidence } = found;
        let drawn = drawn == Some(nth);
        let toggle = draw.reform(move |_: MouseEvent| (!drawn).then_some(nth));
        html! {
            <li data-testid="own-finding" data-class={probability.name.clone()} data-probability={probability.value.to_string()}>
                <strong>{ probability.name }</strong>{ " " }{ probability.text }
                if let Some((sign, name)) = outcome {
                    { " · " }<span class="verdict">{ sign::shape(sign) }{ name }</span>
                }
                if let Some(place) = place {
                    <button type="button" role="switch" class="switch" data-testid="own-where" aria-checked={drawn.to_string()} onclick={toggle}>
                        <span class="knob" aria-hidden="true" /><span>{ place }</span>
                    </button>
                    if drawn {
                        <p role="status" data-testid="own-evidence">{ evidence }</p>
                    }
                }
            </li>
        }
    };
    let save = reading.cloned().map(|reading| move |_: MouseEvent| save(&reading));
    html! {
        <section class="card own" data-testid="own-answer" aria-label={title.clone()}>
            <h2>{ title }</h2>
            <p><small>{ model }</small></p>
            if let Some(busy) = busy {
                <p role="status">{ busy }</p>
            }
            if let Some(no_answer) = no_answer {
                <p data-testid="own-no-answer">{ no_answer }</p>
            }
            if !findings.is_empty() {
                <ul>{ for findings.into_iter().enumerate().map(finding) }</ul>
            }
            if !warnings.is_empty() {
                <ul>{ for warnings.into_iter().map(|warning| html! { <li>{ warning }</li> }) }</ul>
            }
            if let Some(save) = save {
                <p class="buttons"><button type="button" class="button" data-testid="own-save" onclick={save}>{ &locale.texts.own.save }</button></p>
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
