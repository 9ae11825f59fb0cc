use std::{collections::HashMap, rc::Rc};

use js_sys::Uint8Array;
use lungfield_contract::{Class, Here, Manifest, Metric, Probability, Proportion, Site, TooFew, labels};
use lungfield_presenter::{interpolate, sites::in_words};
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{
    lazy_details::LazyDetails,
    locale::{Locale, use_locale},
};
use crate::{
    platform,
    ui::state::{Film, OwnThresholds},
};

/// The shares of films that may be called wrongly which are offered; the second is chosen at first.
const LEVELS: [f64; 4] = [0.02, 0.05, 0.1, 0.15];

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub films: Vec<Film>,
    /// The model's contract with its own thresholds.
    pub shipped: Rc<Manifest>,
    pub thresholds: OwnThresholds,
    /// Films are to be answered at these from now on, or at the model's.
    pub answer_at: Callback<Option<Rc<Site>>>,
}

/// That the site's thresholds do not hold any more.
pub(in crate::ui) fn void(locale: Locale) -> Html {
    html! { <p class="notice" role="alert" data-testid="site-void">{ &locale.texts.site.void }</p> }
}

/// How good the model is on films of this site whose answers are known, and the thresholds that the site may set on them.
pub(in crate::ui) fn site_thresholds(locale: Locale, props: Props) -> Html {
    let Props { films, shipped, thresholds, answer_at } = props;
    html! {
        <section class="app-facts" aria-label={locale.texts.site.title.as_str()}>
            <LazyDetails summary={html! { &locale.texts.site.title }} id="site">
                <Chooser {films} {shipped} {thresholds} {answer_at} />
            </LazyDetails>
        </section>
    }
}

/// The thresholds that hold, and the ways to carry them elsewhere. `refused` is whether a file was none.
fn in_use_here(locale: Locale, props: &Props, refused: &UseStateHandle<bool>) -> Html {
    let texts = &locale.texts.site;
    let take = {
        let (refused, shipped, answer_at) = (refused.setter(), props.shipped.clone(), props.answer_at.clone());
        move |event: Event| {
            let (refused, shipped, answer_at) = (refused.clone(), shipped.clone(), answer_at.clone());
            let input: HtmlInputElement = event.target_unchecked_into();
            spawn_local(async move {
                let Some(bytes) = platform::chosen_bytes(input).await else { return };
                let site = Site::from_json(&bytes).ok().filter(|site| site.is_for(&shipped));
                refused.set(site.is_none());
                if let Some(site) = site {
                    answer_at.emit(Some(Rc::new(site)));
                }
            });
        }
    };
    let save = props.thresholds.site().cloned().map(|site| move |_: MouseEvent| save(&site));
    let remove = props.answer_at.reform(|_: MouseEvent| None);
    html! {
        <>
            if let Some(site) = props.thresholds.site() {
                <p data-testid="site-in-use">{ in_use(&texts.now, site) }</p>
                <p>{ interpolate(&texts.promise, &[("level", &lungfield_presenter::numbers::percent(site.error_level, 1))]) }</p>
            }
            <p class="buttons">
                if let Some(save) = save {
                    <button type="button" class="button" data-testid="site-save" onclick={save}>{ &texts.save }</button>
                }
                if props.thresholds != OwnThresholds::None {
                    <button type="button" class="button" data-testid="site-remove" onclick={remove}>{ &texts.remove }</button>
                }
                <label class="button">
                    <input type="file" class="unseen" accept="application/json,.json" data-testid="site-file" onchange={take} />
                    { &texts.load }
                </label>
            </p>
            if **refused {
                <p role="alert">{ &texts.bad_file }</p>
            }
        </>
    }
}

/// The thresholds, and what they were chosen on.
fn in_use(text: &str, site: &Site) -> String {
    let percent = |value| lungfield_presenter::numbers::percent(value, 1);
    let [date, normal, pneumonia] = in_words(&site.films);
    let (below, from, point) = (percent(site.unlikely_below), percent(site.likely_from), percent(site.operating_point));
    let values = [("unlikely_below", &*below), ("likely_from", &from), ("operating_point", &point)];
    interpolate(text, &[&values[..], &[("date", &date), ("normal", &normal), ("pneumonia", &pneumonia)]].concat())
}

fn save(site: &Site) {
    let Ok(mut json) = serde_json::to_vec_pretty(site) else { return };
    json.push(b'\n');
    let bytes = Uint8Array::from(json.as_slice()).buffer();
    let Some(file) = platform::made_file(&bytes, "site.json", "application/json") else { return };
    platform::hand_over(&file);
}

/// The classes of a table, or why it is none.
type Table = Rc<Result<HashMap<String, Class>, String>>;

/// What holds, what is measured on the films that are here, and thresholds chosen on them.
#[component]
fn Chooser(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.site;
    let table = use_state(|| None::<Table>);
    let level = use_state_eq(|| LEVELS[1]);
    let point = use_state_eq(|| None::<f64>);
    let too_few = use_state_eq(|| None::<(TooFew, f64)>);
    let refused = use_state_eq(|| false);
    let take = {
        let table = table.setter();
        Callback::from(move |event: Event| {
            let table = table.clone();
            let input: HtmlInputElement = event.target_unchecked_into();
            spawn_local(async move {
                if let Some(bytes) = platform::chosen_bytes(input).await {
                    table.set(Some(Rc::new(labels::of_table(&bytes))));
                }
            });
        })
    };
    let class_of = |name: &str| match table.as_deref() {
        Some(Ok(classes)) => labels::look_up(classes, name),
        Some(Err(_)) => None,
        None => labels::of_folder(name),
    };
    let known: Vec<(Probability, Class)> =
        props.films.iter().filter_map(|film| Some((film.reading()?.probability?, class_of(&film.name)?))).collect();
    let of = |class| known.iter().filter(|film| film.1 == class).count();
    let (normal, pneumonia) = (of(Class::Normal), of(Class::Pneumonia));
    let number = |count: usize| locale.number(count as f64, 0);
    let counts = interpolate(
        &texts.known,
        &[
            ("normal", &number(normal)),
            ("pneumonia", &number(pneumonia)),
            ("others", &number(props.films.len() - known.len())),
        ],
    );
    let choose = {
        let (shipped, answer_at, too_few) = (props.shipped.clone(), props.answer_at.clone(), too_few.setter());
        let (known, level) = (known.clone(), *level);
        let point = point.unwrap_or(shipped.thresholds.operating_point);
        move |_: MouseEvent| match Site::choose(&shipped, &known, point, level, platform::today()) {
            Ok(site) => {
                too_few.set(None);
                answer_at.emit(Some(Rc::new(site)));
            }
            Err(lacking) => too_few.set(Some((lacking, level))),
        }
    };
    let set_level = {
        let level = level.setter();
        move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
            level.set(usize::try_from(chosen).ok().and_then(|chosen| LEVELS.get(chosen).copied()).unwrap_or(LEVELS[1]));
        }
    };
    let set_point = {
        let point = point.setter();
        move |event: InputEvent| {
            let typed = event.target_unchecked_into::<HtmlInputElement>().value().trim().parse::<u8>();
            point
                .set(typed.ok().filter(|percent| (1..=99).contains(percent)).map(|percent| f64::from(percent) / 100.0));
        }
    };
    html! {
        <div class="facts site">
            <p>{ &texts.about }</p>
            { in_use_here(locale, props, &refused) }
            <p>{ &texts.how }</p>
            <p class="buttons">
                <label class="button">
                    <input type="file" class="unseen" accept="text/csv,.csv" data-testid="site-table" onchange={take} />
                    { &texts.table }
                </label>
            </p>
            if let Some(Err(reason)) = table.as_deref() {
                <p role="alert">{ &texts.bad_table }{ " " }<small lang="en">{ reason }</small></p>
            }
            if !known.is_empty() {
                <p data-testid="site-known">{ counts }</p>
                <h3>{ &texts.here }</h3>
                { measured(locale, &Here::of(&props.shipped, &known)) }
                <p class="choice">
                    <label>{ &texts.level }{ " " }
                        <select data-testid="site-level" onchange={set_level}>
                            { for LEVELS.map(|of| html! { <option selected={of == *level}>{ locale.percent(of) }</option> }) }
                        </select>
                    </label>
                </p>
                <p class="choice">
                    <label>{ &texts.point }{ " " }<input type="number" min="1" max="99" step="1" inputmode="numeric" data-testid="site-point" oninput={set_point} /></label>
                </p>
                <p class="buttons"><button type="button" class="button" data-testid="site-choose" onclick={choose}>{ &texts.r#use }</button></p>
                if let Some((TooFew { needed, .. }, level)) = *too_few {
                    <p role="alert" data-testid="site-too-few">{ interpolate(&texts.too_few, &[("needed", &number(needed)), ("level", &locale.percent(level)),
                        ("normal", &number(normal)), ("pneumonia", &number(pneumonia))]) }</p>
                }
            }
        </div>
    }
}

/// The shares with their intervals.
fn measured(locale: Locale, here: &Here) -> Html {
    let texts = &locale.texts.site;
    let measure = |metric| locale.texts.model.measures.get(&metric).map_or("", String::as_str);
    let rows = [
        (measure(Metric::Sensitivity), here.sensitivity, "site-sensitivity"),
        (measure(Metric::Specificity), here.specificity, "site-specificity"),
        (&texts.missed, here.missed, "site-missed"),
        (&texts.alarmed, here.alarmed, "site-alarmed"),
        (measure(Metric::Uncertain), here.uncertain, "site-uncertain"),
    ];
    let row = |(name, share, id): (&str, Option<Proportion>, &'static str)| {
        let Some(share) = share else { return Html::default() };
        let values = [
            ("value", locale.percent(share.value)),
            ("low", locale.percent(share.low)),
            ("high", locale.percent(share.high)),
        ];
        let interval =
            interpolate(&locale.texts.model.interval, &values.each_ref().map(|(name, value)| (*name, &**value)));
        let of = format!("{}/{}", share.count, share.of);
        html! {
            <li data-testid={id}><strong>{ name }</strong>{ " " }{ interval }{ " " }<small>{ of }</small>
                if share.says_little() {
                    { " " }<em>{ &texts.few }</em>
                }
            </li>
        }
    };
    html! { <ul>{ for rows.map(row) }</ul> }
}
