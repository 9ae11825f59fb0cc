use gloo::timers::callback::Timeout;
use lungfield_contract::{Outcome, Prevalence, Status};
use lungfield_presenter::{Verdict, interpolate};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{
    canvas::Thumbnail,
    icon,
    locale::{Locale, use_locale},
    read_first::ReadFirstSwitch,
    sign,
    take_away::TakeTable,
};
use crate::{
    bridge::FilmId,
    platform::focus_on,
    ui::state::{Ending, Film, Progress, agreement},
};

/// So many rows are drawn for the first time at once: those of a whole folder would hold the page up.
const CHUNK_ROWS: usize = 12;
/// The same when the list first comes, with all else that comes then.
const FIRST_ROWS: usize = 4;
/// So many films must wait for it to be worth offering to stop.
const STOPPABLE_FILMS: usize = 4;

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub films: Vec<Film>,
    /// Those of them that are listed.
    pub listed: Vec<Film>,
    /// How these ended, if not all are.
    pub only: Option<Ending>,
    pub list_only: Callback<Option<Ending>>,
    pub selected: FilmId,
    pub select: Callback<FilmId>,
    /// To the film so many places on.
    pub step: Callback<isize>,
    pub prevalence: Option<Prevalence>,
    /// The user says what she sees before each answer.
    pub read_first: bool,
    pub set_read_first: Callback<bool>,
    pub remove: Callback<Vec<FilmId>>,
    pub clear: Callback<()>,
}

/// What the browser opens as a sheet where there is no room for a column.
const SHEET: &str = "film-sheet";

/// The films in the order of input, with their outcomes; where there is no room for them, a sheet that is opened.
#[component]
pub(in crate::ui) fn FilmList(props: &Props) -> Html {
    let locale = use_locale();
    let listed = &props.listed;
    let (all, count) = (props.films.len(), listed.len());
    let drawn = use_drawn_rows(count);
    let place = listed.iter().position(|film| film.id == props.selected).unwrap_or_default();
    let number = |number: usize| locale.number(number as f64, 0);
    let texts = &locale.texts.films;
    let count_text = texts.count.of(all, &number(all));
    let place_text = interpolate(&texts.place, &[("place", &number(place + 1)), ("count", &number(count))]);
    let where_text = if all > 1 { &place_text } else { &count_text };
    let step = |places: isize, name: &str, icon: Html| {
        let step = props.step.reform(move |_: MouseEvent| places);
        let disabled = place.checked_add_signed(places).is_none_or(|there| there >= count);
        html! { <button type="button" class="step" aria-label={name.to_owned()} {disabled} onclick={step}>{ icon }</button> }
    };
    let clear = props.clear.reform(|_: MouseEvent| ());
    let clear_button = use_node_ref();
    let waiting = props.films.iter().filter(|film| film.progress == Progress::Waiting);
    let waiting: Vec<FilmId> = waiting.map(|film| film.id).collect();
    let stop = (waiting.len() >= STOPPABLE_FILMS).then(|| {
        let clear_button = clear_button.clone();
        props.remove.reform(move |_: MouseEvent| {
            // The button that was pressed is about to go.
            if let Some(stays) = clear_button.cast::<HtmlElement>() {
                let _ = stays.focus();
            }
            waiting.clone()
        })
    });
    let remove = props.remove.reform(|films| {
        // The button that was pressed goes with its film.
        focus_on(".selected .remove");
        films
    });
    html! {
        <section class={classes!("list", (all == 1).then_some("single"))} aria-labelledby="films-title">
            <div class="steps">
                if all > 1 {
                    { step(-1, &texts.previous, icon::chevron("M15 4 7 12l8 8")) }
                }
                <button type="button" class="quiet" popovertarget={SHEET} data-testid="where">{ where_text }{ icon::chevron("M5 14l7-7 7 7") }</button>
                if all > 1 {
                    { step(1, &texts.next, icon::chevron("M9 4l8 8-8 8")) }
                }
            </div>
            <div id={SHEET} class="sheet" popover="auto">
            <header>
                <h2 id="films-title">{ &count_text }</h2>
                if let Some(stop) = stop {
                    <button type="button" class="quiet" data-testid="stop" onclick={stop}>{ &texts.stop }</button>
                }
                <button ref={clear_button} type="button" class="quiet" data-testid="clear" onclick={clear}>{ &texts.clear }</button>
                <button type="button" class="step" popovertarget={SHEET} popovertargetaction="hide" aria-label={texts.close.as_str()}>
                    { icon::cross() }
                </button>
            </header>
            if all > 1 {
                <div class="tally">{ for Ending::ALL.map(|ending| chip(locale, props, ending)) }</div>
                { agreed(locale, &props.films) }
            }
            <ul>
                { for listed[..drawn.min(count)].chunks(CHUNK_ROWS).enumerate().map(|(nth, films)| html! {
                    <Chunk key={nth} films={films.to_vec()} selected={films.iter().map(|film| film.id).find(|id| *id == props.selected)}
                        select={props.select.clone()} remove={remove.clone()} />
                }) }
            </ul>
            if all > 1 {
                <TakeTable films={props.films.clone()} prevalence={props.prevalence} />
            }
            <ReadFirstSwitch on={props.read_first} change={props.set_read_first.clone()} />
            </div>
        </section>
    }
}

/// How often the user and the model say the same.
fn agreed(locale: Locale, films: &[Film]) -> Html {
    let (agreed, count) = agreement(films);
    if count == 0 {
        return Html::default();
    }
    let [agreed, count] = [agreed, count].map(|films| locale.number(films as f64, 0));
    let said = interpolate(&locale.texts.first.agreed, &[("agreed", &agreed), ("count", &count)]);
    html! { <p class="agreed" data-testid="agreed">{ said }</p> }
}

/// How many films ended so; pressed, it leaves only them in the list.
fn chip(locale: Locale, props: &Props, ending: Ending) -> Html {
    let (count, pressed) = (ending.count(&props.films), props.only == Some(ending));
    if count == 0 && !pressed {
        return Html::default();
    }
    let texts = locale.texts;
    let outcome = |outcome: Outcome| (sign::shape(outcome.into()), &*texts.outcome(outcome).zone);
    let (icon, name) = match ending {
        Ending::Likely => outcome(Outcome::Likely),
        Ending::Uncertain => outcome(Outcome::Uncertain),
        Ending::Unlikely => outcome(Outcome::Unlikely),
        Ending::Later => (icon::later(), &*texts.first.zone),
        Ending::Withheld => (icon::withheld(), &*texts.withheld.zone),
        Ending::NotRead => (icon::not_read(), &*texts.films.not_read),
        Ending::Pending => (icon::pending(), &*texts.films.waiting),
    };
    let press = props.list_only.reform(move |_: MouseEvent| (!pressed).then_some(ending));
    html! {
        <button type="button" class="chip" data-testid="chip" aria-pressed={pressed.to_string()} onclick={press}>
            { icon }{ name }{ " " }{ locale.number(count as f64, 0) }
        </button>
    }
}

#[derive(PartialEq, Properties)]
struct ChunkProps {
    films: Vec<Film>,
    /// The film that is shown, if it is one of these.
    selected: Option<FilmId>,
    select: Callback<FilmId>,
    remove: Callback<Vec<FilmId>>,
}

/// Some rows. A component, so that of a folder only the chunk that changes is gone through.
#[component]
fn Chunk(props: &ChunkProps) -> Html {
    html! {
        { for props.films.iter().map(|film| html! {
            <Row key={film.id.0} film={film.clone()} selected={Some(film.id) == props.selected}
                select={props.select.clone()} remove={props.remove.clone()} />
        }) }
    }
}

/// How many of `count` rows are drawn by now.
#[hook]
fn use_drawn_rows(count: usize) -> usize {
    let drawn = use_state(|| FIRST_ROWS);
    let so_far = *drawn;
    use_effect_with((count, so_far), move |_| {
        let next = if so_far < count { so_far + CHUNK_ROWS } else { count.max(FIRST_ROWS) };
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

/// A film's row. A component, so that of a chunk only the one that changes is drawn.
#[component]
fn Row(props: &RowProps) -> Html {
    let locale = use_locale();
    let RowProps { film, selected, .. } = props;
    let (id, selected) = (film.id, *selected);
    let verdict = film.verdict();
    let (answer, revealed) = match verdict {
        Some(Verdict::Answered { outcome, probability, revealed }) => (Some((outcome, probability)), revealed),
        _ => (None, false),
    };
    let show = props.select.reform(move |_: MouseEvent| id);
    let remove = props.remove.reform(move |_: MouseEvent| vec![id]);
    let remove_label = interpolate(&locale.texts.films.remove, &[("name", &film.name)]);
    html! {
        <li class={classes!("row", selected.then_some("selected"))}>
            <div data-testid="film-row" data-status={status(film)} data-outcome={answer.map(|(outcome, _)| sign::class(outcome.into()))}
                data-probability={answer.map(|(_, probability)| probability.value().to_string())}
                data-held-back={(verdict == Some(Verdict::Withheld)).then_some("true")}>
                <button type="button" class="show" popovertarget={SHEET} popovertargetaction="hide" aria-current={selected.then_some("true")} onclick={show}>
                    <span class="thumbnail">
                        if let Some(picture) = film.thumbnail() {
                            <Thumbnail picture={picture.clone()} />
                        }
                    </span>
                    <span class="name" title={film.name.to_string()}>{ &*film.name }</span>
                    <span class="verdict">{ icon_of(verdict) }<span>{ status_text(locale, film) }</span></span>
                    if revealed {
                        <span class="caveat">{ &locale.texts.withheld.unlike }</span>
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
        Some(Verdict::Later) => icon::later(),
        Some(Verdict::Withheld) => icon::withheld(),
        Some(Verdict::Unanswered(_)) => icon::not_read(),
        Some(Verdict::Answered { outcome, .. }) => sign::shape(outcome.into()),
    }
}

/// What is said of a film in a line; nothing of what is withheld.
pub(super) fn status_text(locale: Locale, film: &Film) -> String {
    let texts = locale.texts;
    match film.verdict() {
        None if film.progress == Progress::Waiting => texts.films.waiting.clone(),
        None => texts.films.reading.clone(),
        Some(Verdict::Later) => texts.first.zone.clone(),
        Some(Verdict::Withheld) => texts.withheld.zone.clone(),
        Some(Verdict::Unanswered(kind)) => texts.reason(kind).what.clone(),
        Some(Verdict::Answered { outcome, probability, revealed }) => {
            let zone = &*texts.outcome(outcome).zone;
            if revealed {
                return zone.to_owned();
            }
            format!("{zone} · {}", locale.probability(probability.value()))
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
