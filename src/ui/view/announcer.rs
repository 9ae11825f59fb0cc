use yew::prelude::*;

use super::words::{Words, use_words};
use crate::ui::{
    state::{Film, Progress, Verdict, tally},
    text::fill,
};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub films: Vec<Film>,
}

/// Tells a screen reader how the films stand: of one film its answer, of several how many ended how.
#[component]
pub(in crate::ui) fn Announcer(props: &Props) -> Html {
    let words = use_words();
    html! { <p class="unseen" role="status" data-testid="announcer">{ said(words, &props.films) }</p> }
}

fn said(words: Words, films: &[Film]) -> String {
    let texts = &words.texts.said;
    let tally = tally(films);
    match films {
        [] => String::new(),
        _ if tally.pending > 0 => films
            .iter()
            .find(|film| matches!(film.progress, Progress::Reading(_)))
            .map_or_else(String::new, |film| fill(&texts.reading, &[("name", &film.name)])),
        [film] => answer(words, film),
        _ => {
            let counts = [
                ("likely", tally.likely),
                ("uncertain", tally.uncertain),
                ("unlikely", tally.unlikely),
                ("held_back", tally.held_back),
                ("not_read", tally.not_read),
            ];
            let counts = counts.map(|(place, count)| (place, words.number(count as f64, 0)));
            fill(&texts.several, &counts.each_ref().map(|(place, count)| (*place, count.as_str())))
        }
    }
}

fn answer(words: Words, film: &Film) -> String {
    let (texts, name) = (words.texts, ("name", &*film.name));
    match film.verdict() {
        None => String::new(),
        Some(Verdict::HeldBack) => fill(&texts.said.held_back, &[name, ("held_back", &texts.held_back.name)]),
        Some(Verdict::Unanswered(kind)) => {
            let reason = texts.reason(kind);
            fill(&texts.said.no_answer, &[name, ("what", &reason.what), ("do", &reason.r#do)])
        }
        Some(Verdict::Answered { outcome, probability, on_request }) => {
            let outcome = texts.outcomes.get(&outcome).map_or("", |text| &text.name);
            let probability = words.probability(probability.value());
            let answer = fill(&texts.said.answer, &[name, ("outcome", outcome), ("probability", &probability)]);
            match on_request {
                true => fill(&texts.said.on_request, &[("answer", &answer), ("shown", &texts.held_back.shown)]),
                false => answer,
            }
        }
    }
}
