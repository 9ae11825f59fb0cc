use std::rc::Rc;

use lungfield_contract::{Format, Prevalence, Status};
use lungfield_presenter::{Verdict, View, interpolate};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::prelude::*;

use super::{
    film_list::status_text,
    lazy_details::LazyDetails,
    locale::{Locale, use_locale},
};
use crate::{
    bridge::ExportFailure,
    platform,
    ui::{
        state::Film,
        taking::{Made, Wanted, make},
    },
};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub film: Film,
    pub view: Rc<View>,
    pub prevalence: Option<Prevalence>,
}

/// How far it has come.
#[derive(Clone, PartialEq)]
enum Step {
    Nothing,
    Copied,
    Making,
    Made(Made),
    Unshared(File),
}

/// What is said of one film, as text, on paper, and as files for others.
#[component]
pub(super) fn TakeAway(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.take;
    let step = use_state_eq(|| Step::Nothing);
    // A file says what was said when it was made.
    let said = (props.view.clone(), props.film.id, locale);
    let fresh = step.setter();
    use_effect_with(said, move |_| fresh.set(Step::Nothing));
    let Some(reading) = props.film.reading() else { return Html::default() };
    let text = props.view.plain(reading, locale.texts);
    let has_picture = props.film.answer().is_some_and(|answer| answer.picture.is_some());
    let button = |format: Format| {
        let (film, prevalence) = (props.film.clone(), props.prevalence);
        let wanted = move || Wanted::Film(Box::new(film.clone()), format, prevalence);
        // The header comes with the picture.
        let needs_picture = matches!(format, Format::Png | Format::Pdf | Format::DicomSc | Format::DicomSr);
        let disabled = *step == Step::Making || (needs_picture && !has_picture);
        make_button(locale, format.name(), disabled, wanted, &step)
    };
    let (for_people, for_systems): (Vec<_>, Vec<_>) = Format::ALL
        .into_iter()
        .filter(|format| reading.status == Status::Read || *format == Format::Json)
        .partition(|format| matches!(format, Format::Pdf | Format::Png));
    html! {
        <div class="take">
            <p class="buttons">
                { as_text(locale, &step, move || text.clone()) }
                <button type="button" class="button" onclick={|_: MouseEvent| platform::print()}>{ &texts.print }</button>
            </p>
            if !for_people.is_empty() {
                <p class="buttons">{ for for_people.into_iter().map(&button) }</p>
            }
            <LazyDetails summary={html! { &texts.systems }} id="for-systems">
                <p class="buttons">{ for for_systems.into_iter().map(button) }</p>
            </LazyDetails>
            { outcome(locale, &step) }
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct TableProps {
    pub films: Vec<Film>,
    pub prevalence: Option<Prevalence>,
}

/// One table of all films that have ended.
#[component]
pub(super) fn TakeTable(props: &TableProps) -> Html {
    let locale = use_locale();
    let step = use_state_eq(|| Step::Nothing);
    let fresh = step.setter();
    use_effect_with((props.films.len(), props.prevalence), move |_| fresh.set(Step::Nothing));
    let wanted = {
        let (films, prevalence) = (props.films.clone(), props.prevalence);
        // Not those whose answer waits until the user has said what she sees.
        let is_told = |film: &&Film| film.verdict() != Some(Verdict::Later);
        move || {
            let told = films.iter().filter(is_told);
            let rows = told.filter_map(|film| Some((film.answer()?.reading.clone(), film.marks())));
            Wanted::Table(rows.collect(), prevalence)
        }
    };
    let films = props.films.clone();
    let text = move || {
        let line = |film: &Film| format!("{}: {}", film.name, in_a_line(locale, film));
        let lines = films.iter().map(line).chain([locale.texts.start.statement.clone()]);
        lines.collect::<Vec<_>>().join("\n")
    };
    html! {
        <div class="take">
            <p class="buttons">
                { as_text(locale, &step, text) }
                { make_button(locale, "csv", *step == Step::Making, wanted, &step) }
            </p>
            { outcome(locale, &step) }
        </div>
    }
}

/// What is said of a film in a line, which stands by itself.
fn in_a_line(locale: Locale, film: &Film) -> String {
    let Some(Verdict::Answered { outcome, probability, revealed }) = film.verdict() else {
        return status_text(locale, film);
    };
    let name = &locale.texts.outcome(outcome).name;
    let more = if revealed { locale.texts.withheld.unlike.clone() } else { locale.probability(probability.value()) };
    format!("{name} · {more}")
}

/// A press copies it, or hands it to another app.
fn as_text(locale: Locale, step: &UseStateHandle<Step>, text: impl Fn() -> String + Clone + 'static) -> Html {
    let texts = &locale.texts.take;
    let copy = {
        let (step, text) = (step.setter(), text.clone());
        move |_: MouseEvent| {
            let (step, text) = (step.clone(), text());
            spawn_local(async move {
                let copied = platform::copy(&text).await;
                step.set(if copied { Step::Copied } else { Step::Made(Err(ExportFailure::Refused(String::new()))) });
            });
        }
    };
    let share = move |_: MouseEvent| {
        let text = text();
        // One that the browser refuses leaves the other ways, which stand beside it.
        spawn_local(async move { drop(platform::share_text(&text).await) });
    };
    html! {
        <>
            <button type="button" class="button" data-testid="copy" onclick={copy}>{ &texts.copy }</button>
            if platform::can_share_text() {
                <button type="button" class="button" onclick={share}>{ &texts.text }</button>
            }
        </>
    }
}

/// A press has it made.
fn make_button(
    locale: Locale,
    name: &'static str,
    disabled: bool,
    wanted: impl Fn() -> Wanted + 'static,
    step: &UseStateHandle<Step>,
) -> Html {
    let label = locale.texts.take.formats.get(name).map_or(name, String::as_str).to_owned();
    let press = {
        let step = step.setter();
        move |_: MouseEvent| {
            let made = step.clone();
            step.set(Step::Making);
            let making = make(wanted(), locale);
            spawn_local(async move { made.set(Step::Made(making.await)) });
        }
    };
    html! { <button type="button" class="button" data-testid="take" data-format={name} {disabled} onclick={press}>{ label }</button> }
}

/// What has come of it: a file is shared from a press of its own, as browsers demand.
fn outcome(locale: Locale, step: &UseStateHandle<Step>) -> Html {
    let texts = &locale.texts.take;
    let said = match &**step {
        Step::Nothing => None,
        Step::Copied => Some(texts.copied.clone()),
        Step::Making => Some(texts.making.clone()),
        Step::Made(Ok(file)) => Some(interpolate(&texts.ready, &[("name", &file.name())])),
        Step::Made(Err(ExportFailure::Absent)) => Some(texts.absent.clone()),
        Step::Made(Err(ExportFailure::Refused(_))) => Some(texts.failed.clone()),
        Step::Unshared(_) => Some(texts.unshared.clone()),
    };
    let file = match &**step {
        Step::Made(Ok(file)) | Step::Unshared(file) => Some(file.clone()),
        _ => None,
    };
    let detail = match &**step {
        Step::Made(Err(ExportFailure::Refused(reason))) if !reason.is_empty() => Some(reason.clone()),
        _ => None,
    };
    html! {
        <>
            <p role="status" data-testid="taken">{ said }</p>
            if let Some(detail) = detail {
                <p class="detail">{ detail }</p>
            }
            { for file.map(|file| ways(locale, step, file)) }
        </>
    }
}

fn ways(locale: Locale, step: &UseStateHandle<Step>, file: File) -> Html {
    let texts = &locale.texts.take;
    let can_share = platform::can_share(&file);
    let saves = !can_share || !platform::only_shares() || matches!(&**step, Step::Unshared(_));
    let share = {
        let (file, step) = (file.clone(), step.setter());
        move |_: MouseEvent| {
            let (file, step) = (file.clone(), step.clone());
            spawn_local(async move {
                if platform::share_file(&file).await.is_err() {
                    step.set(Step::Unshared(file));
                }
            });
        }
    };
    html! {
        <p class="buttons">
            if can_share {
                <button type="button" class="button primary" onclick={share}>{ &texts.share }</button>
            }
            if saves {
                <button type="button" class="button" data-testid="save" onclick={move |_: MouseEvent| platform::save(&file)}>{ &texts.save }</button>
            }
        </p>
    }
}
