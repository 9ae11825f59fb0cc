use lungfield_contract::Outcome;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{
    icon,
    locale::{Locale, use_locale},
    sign,
};
use crate::{
    bridge::{Listed, ToHistory},
    ui::history::Wish,
};

/// So many rows are drawn at first, and more with each press.
const ROWS: usize = 30;

/// What a case ended with, as it is looked for.
const ENDINGS: [Option<Outcome>; 4] = [Some(Outcome::Likely), Some(Outcome::Uncertain), Some(Outcome::Unlikely), None];

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// In the order in which they were kept.
    pub cases: Vec<Listed>,
    pub ask: Callback<Wish>,
}

/// The cases, the newest first, by day and answer.
#[component]
pub(super) fn CaseList(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.history;
    let day = use_state_eq(String::new);
    let ending = use_state_eq(|| None::<Option<Outcome>>);
    let rows = use_state_eq(|| ROWS);
    let set_day = {
        let day = day.setter();
        move |event: InputEvent| day.set(event.target_unchecked_into::<HtmlInputElement>().value())
    };
    let set_ending = {
        let ending = ending.setter();
        move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
            ending.set(usize::try_from(chosen - 1).ok().and_then(|chosen| ENDINGS.get(chosen).copied()));
        }
    };
    let is_wanted = |listed: &&Listed| {
        (day.is_empty() || listed.brief.day() == *day) && ending.is_none_or(|ending| ended(listed) == ending)
    };
    let found: Vec<&Listed> = props.cases.iter().rev().filter(is_wanted).collect();
    let count = texts.cases.of(found.len(), &locale.number(found.len() as f64, 0));
    let more = {
        let rows = rows.clone();
        move |_: MouseEvent| rows.set(*rows + ROWS)
    };
    html! {
        <>
            <p class="choice">
                <label class="field"><span>{ &texts.day }</span><input type="date" data-testid="history-day" oninput={set_day} /></label>
                <label class="field"><span>{ &texts.answer }</span>
                    <select data-testid="history-answer" onchange={set_ending}>
                        <option selected={ending.is_none()}>{ &texts.all }</option>
                        { for ENDINGS.map(|of| html! { <option selected={*ending == Some(of)}>{ name(locale, of) }</option> }) }
                    </select>
                </label>
            </p>
            <p role="status" data-testid="history-count">{ count }</p>
            <ul class="cases">{ for found.iter().take(*rows).map(|listed| row(locale, listed, &props.ask)) }</ul>
            if found.len() > *rows {
                <p class="buttons"><button type="button" class="button" onclick={more}>{ &texts.more }</button></p>
            }
        </>
    }
}

/// Its answer; `None` where that was held back.
fn ended(listed: &Listed) -> Option<Outcome> {
    listed.brief.outcome.filter(|_| !listed.brief.held_back)
}

fn name(locale: Locale, ending: Option<Outcome>) -> &'static str {
    match ending {
        Some(outcome) => &locale.texts.outcome(outcome).zone,
        None => &locale.texts.withheld.zone,
    }
}

fn row(locale: Locale, listed: &Listed, ask: &Callback<Wish>) -> Html {
    let Listed { case, brief } = listed;
    let case = *case;
    let ending = ended(listed);
    let shape = ending.map_or_else(icon::withheld, |outcome| sign::shape(outcome.into()));
    let probability =
        ending.and(brief.probability).map(|probability| format!(" · {}", locale.probability(probability)));
    let open = ask.reform(move |_: MouseEvent| Wish::ask(ToHistory::Open(case)));
    html! {
        <li>
            <button type="button" class="case" data-testid="history-case" data-case={case.to_string()} onclick={open}>
                <span class="name">{ &brief.file }</span>
                <span class="verdict">{ shape }<span>{ name(locale, ending) }{ probability }</span></span>
                <small>{ locale.time(&brief.at) }{ " · " }{ &brief.who }</small>
            </button>
        </li>
    }
}
