use lungfield_reader::Status;
use yew::prelude::*;

use super::{
    canvas::GreyCanvas,
    icon,
    words::{Words, use_words},
};
use crate::{
    bridge::FilmId,
    ui::{
        state::{Film, Progress},
        text::fill,
    },
};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub films: Vec<Film>,
    pub selected: FilmId,
    pub select: Callback<FilmId>,
    pub remove: Callback<FilmId>,
    pub clear: Callback<()>,
}

/// The films in the order of input, with their outcomes.
#[component]
pub(in crate::ui) fn FilmList(props: &Props) -> Html {
    let words = use_words();
    let count = props.films.len();
    let clear = props.clear.reform(|_: MouseEvent| ());
    html! {
        <section class={classes!("list", (count == 1).then_some("single"))} aria-labelledby="films-title">
            <header>
                <h2 id="films-title">{ words.texts.films.count.of(count, &words.number(count as f64, 0)) }</h2>
                <button type="button" class="quiet" data-testid="clear" onclick={clear}>{ &words.texts.films.clear }</button>
            </header>
            <ul>
                { for props.films.iter().map(|film| row(words, film, props)) }
            </ul>
        </section>
    }
}

fn row(words: Words, film: &Film, props: &Props) -> Html {
    let id = film.id;
    let selected = id == props.selected;
    let reading = film.reading();
    let outcome = reading.and_then(|reading| reading.outcome);
    let probability = reading.and_then(|reading| reading.probability).map(|probability| probability.value());
    let show = props.select.reform(move |_: MouseEvent| id);
    let remove = props.remove.reform(move |_: MouseEvent| id);
    let remove_label = fill(&words.texts.films.remove, &[("name", &film.name)]);
    html! {
        <li key={id.0} class={classes!("row", selected.then_some("selected"))}>
            <div data-testid="film-row" data-status={status(film)} data-outcome={outcome.map(outcome_name)}
                data-probability={probability.map(|value| value.to_string())}>
                <button type="button" class="show" aria-current={selected.then_some("true")} onclick={show}>
                    <span class="thumbnail">
                        if let Some(picture) = &film.thumbnail {
                            <GreyCanvas picture={picture.clone()} />
                        }
                    </span>
                    <span class="name" title={film.name.to_string()}>{ &*film.name }</span>
                    <span class="verdict">{ icon_of(film) }<span>{ verdict(words, film) }</span></span>
                </button>
            </div>
            if selected {
                <button type="button" class="remove" data-testid="remove" aria-label={remove_label} onclick={remove}>{ icon::cross() }</button>
            }
        </li>
    }
}

fn icon_of(film: &Film) -> Html {
    match film.reading() {
        None => icon::pending(),
        Some(reading) => reading.outcome.map_or_else(icon::not_read, icon::outcome),
    }
}

fn verdict(words: Words, film: &Film) -> String {
    let texts = words.texts;
    match &film.progress {
        Progress::Waiting => texts.films.waiting.clone(),
        Progress::Reading(_) => texts.films.reading.clone(),
        Progress::Ended(answer) => {
            let reading = &answer.reading;
            match (
                reading.outcome.and_then(|outcome| texts.outcomes.get(&outcome)),
                reading.probability,
                &reading.reason,
            ) {
                (Some(outcome), Some(probability), _) => {
                    format!("{} · {}", outcome.zone, words.probability(probability.value()))
                }
                (_, _, Some(reason)) => texts.reason(reason.kind).what.clone(),
                _ => texts.films.not_read.clone(),
            }
        }
    }
}

fn status(film: &Film) -> &'static str {
    match &film.progress {
        Progress::Waiting => "waiting",
        Progress::Reading(_) => "reading",
        Progress::Ended(answer) => match answer.reading.status {
            Status::Read => "read",
            Status::Refused => "refused",
            Status::Failed => "failed",
        },
    }
}

fn outcome_name(outcome: lungfield_reader::Outcome) -> &'static str {
    use lungfield_reader::Outcome;
    match outcome {
        Outcome::Likely => "likely",
        Outcome::Uncertain => "uncertain",
        Outcome::Unlikely => "unlikely",
    }
}
