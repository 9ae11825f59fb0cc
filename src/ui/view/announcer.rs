use yew::prelude::*;

use super::words::{Words, use_words};
use crate::ui::{
    state::{Film, Progress, tally},
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
            let counts = [tally.likely, tally.uncertain, tally.unlikely, tally.not_read];
            let [likely, uncertain, unlikely, not_read] = counts.map(|count| words.number(count as f64, 0));
            let values =
                [("likely", &*likely), ("uncertain", &*uncertain), ("unlikely", &*unlikely), ("not_read", &*not_read)];
            fill(&texts.several, &values)
        }
    }
}

fn answer(words: Words, film: &Film) -> String {
    let texts = words.texts;
    let Some(reading) = film.reading() else { return String::new() };
    match (reading.outcome.and_then(|outcome| texts.outcomes.get(&outcome)), reading.probability, &reading.reason) {
        (Some(outcome), Some(probability), _) => {
            let probability = words.probability(probability.value());
            let values = [("name", &*film.name), ("outcome", &*outcome.name), ("probability", &*probability)];
            fill(&texts.said.answer, &values)
        }
        (_, _, Some(reason)) => {
            let reason = texts.reason(reason.kind);
            fill(&texts.said.no_answer, &[("name", &*film.name), ("what", &*reason.what), ("do", &*reason.r#do)])
        }
        _ => String::new(),
    }
}
