use gloo::timers::callback::Timeout;
use lungfield_contract::{Outcome, Status};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{
    canvas::Thumbnail,
    icon,
    words::{Words, use_words},
};
use crate::{
    bridge::FilmId,
    ui::{
        state::{Film, Progress, Verdict},
        text::fill,
    },
};

/// So many lines are drawn for the first time at once: those of a whole folder would hold the page up.
const PORTION: usize = 12;
/// The same when the list first comes, with all else that comes then.
const FIRST: usize = 4;
/// So many films must wait for it to be worth offering to stop.
const MANY: usize = 4;

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub films: Vec<Film>,
    pub selected: FilmId,
    pub select: Callback<FilmId>,
    pub remove: Callback<Vec<FilmId>>,
    pub clear: Callback<()>,
}

/// The films in the order of input, with their outcomes.
#[component]
pub(in crate::ui) fn FilmList(props: &Props) -> Html {
    let words = use_words();
    let count = props.films.len();
    let drawn = use_lines(count);
    let clear = props.clear.reform(|_: MouseEvent| ());
    let clear_button = use_node_ref();
    let waiting = props.films.iter().filter(|film| film.progress == Progress::Waiting);
    let waiting: Vec<FilmId> = waiting.map(|film| film.id).collect();
    let stop = (waiting.len() >= MANY).then(|| {
        let clear_button = clear_button.clone();
        props.remove.reform(move |_: MouseEvent| {
            // The button that was pressed is about to go.
            if let Some(stays) = clear_button.cast::<HtmlElement>() {
                let _ = stays.focus();
            }
            waiting.clone()
        })
    });
    html! {
        <section class={classes!("list", (count == 1).then_some("single"))} aria-labelledby="films-title">
            <header>
                <h2 id="films-title">{ words.texts.films.count.of(count, &words.number(count as f64, 0)) }</h2>
                if let Some(stop) = stop {
                    <button type="button" class="quiet" data-testid="stop" onclick={stop}>{ &words.texts.films.stop }</button>
                }
                <button ref={clear_button} type="button" class="quiet" data-testid="clear" onclick={clear}>{ &words.texts.films.clear }</button>
            </header>
            <ul>
                { for props.films[..drawn.min(count)].chunks(PORTION).enumerate().map(|(nth, films)| html! {
                    <Portion key={nth} films={films.to_vec()} selected={films.iter().map(|film| film.id).find(|id| *id == props.selected)}
                        select={props.select.clone()} remove={props.remove.clone()} />
                }) }
            </ul>
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct PortionProps {
    films: Vec<Film>,
    /// The film that is shown, if it is one of these.
    selected: Option<FilmId>,
    select: Callback<FilmId>,
    remove: Callback<Vec<FilmId>>,
}

/// Some lines. A component, so that of a folder only the portion that changes is gone through.
#[component]
fn Portion(props: &PortionProps) -> Html {
    html! {
        { for props.films.iter().map(|film| html! {
            <Row key={film.id.0} film={film.clone()} selected={Some(film.id) == props.selected}
                select={props.select.clone()} remove={props.remove.clone()} />
        }) }
    }
}

/// How many of `count` lines are drawn by now.
#[hook]
fn use_lines(count: usize) -> usize {
    let drawn = use_state(|| FIRST);
    let so_far = *drawn;
    use_effect_with((count, so_far), move |_| {
        let next = if so_far < count { so_far + PORTION } else { count.max(FIRST) };
        let later = (next != so_far).then(|| Timeout::new(0, move || drawn.set(next)));
        move || drop(later)
    });
    so_far
}

#[derive(PartialEq, Properties)]
struct RowProps {
    film: Film,
    selected: bool,
    select: Callback<FilmId>,
    remove: Callback<Vec<FilmId>>,
}

/// A film's line. A component, so that of a portion only the one that changes is drawn.
#[component]
fn Row(props: &RowProps) -> Html {
    let words = use_words();
    let RowProps { film, selected, .. } = props;
    let (id, selected) = (film.id, *selected);
    let verdict = film.verdict();
    let (answer, on_request) = match verdict {
        Some(Verdict::Answered { outcome, probability, on_request }) => (Some((outcome, probability)), on_request),
        _ => (None, false),
    };
    let show = props.select.reform(move |_: MouseEvent| id);
    let remove = props.remove.reform(move |_: MouseEvent| vec![id]);
    let remove_label = fill(&words.texts.films.remove, &[("name", &film.name)]);
    html! {
        <li class={classes!("row", selected.then_some("selected"))}>
            <div data-testid="film-row" data-status={status(film)} data-outcome={answer.map(|(outcome, _)| outcome_name(outcome))}
                data-probability={answer.map(|(_, probability)| probability.value().to_string())}
                data-held-back={(verdict == Some(Verdict::HeldBack)).then_some("true")}>
                <button type="button" class="show" aria-current={selected.then_some("true")} onclick={show}>
                    <span class="thumbnail">
                        if let Some(picture) = film.thumbnail() {
                            <Thumbnail picture={picture.clone()} />
                        }
                    </span>
                    <span class="name" title={film.name.to_string()}>{ &*film.name }</span>
                    <span class="verdict">{ icon_of(verdict) }<span>{ said(words, film) }</span></span>
                    if on_request {
                        <span class="caveat">{ &words.texts.held_back.unlike }</span>
                    }
                </button>
            </div>
            if selected {
                <button type="button" class="remove" data-testid="remove" aria-label={remove_label} onclick={remove}>{ icon::cross() }</button>
            }
        </li>
    }
}

fn icon_of(verdict: Option<Verdict>) -> Html {
    match verdict {
        None => icon::pending(),
        Some(Verdict::HeldBack) => icon::held_back(),
        Some(Verdict::Unanswered(_)) => icon::not_read(),
        Some(Verdict::Answered { outcome, .. }) => icon::outcome(outcome),
    }
}

fn said(words: Words, film: &Film) -> String {
    let texts = words.texts;
    match film.verdict() {
        None if film.progress == Progress::Waiting => texts.films.waiting.clone(),
        None => texts.films.reading.clone(),
        Some(Verdict::HeldBack) => texts.held_back.zone.clone(),
        Some(Verdict::Unanswered(kind)) => texts.reason(kind).what.clone(),
        Some(Verdict::Answered { outcome, probability, .. }) => {
            let zone = texts.outcomes.get(&outcome).map_or("", |text| &text.zone);
            format!("{zone} · {}", words.probability(probability.value()))
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

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Likely => "likely",
        Outcome::Uncertain => "uncertain",
        Outcome::Unlikely => "unlikely",
    }
}
