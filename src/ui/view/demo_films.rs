use std::sync::LazyLock;

use lungfield_presenter::interpolate;
use serde::Deserialize;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::locale::use_locale;
use crate::{bridge::NamedFile, platform::fetch_demo};

/// A demo film, as `www/films/films.json` lists it.
#[derive(Deserialize)]
struct DemoFilm {
    /// The name of its file in `films/`.
    file: String,
    /// `normal`, `bacteria` or `virus`.
    subtype: String,
    /// A few do for a try; the others are for tests and benchmarks, and not on the page's server.
    #[serde(default)]
    offered: bool,
}

/// The list is part of the program: one that does not parse is a fault of the build.
static FILMS: LazyLock<Vec<DemoFilm>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../www/films/films.json")).expect("films.json lists the demo films")
});

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub add: Callback<Vec<NamedFile>>,
    /// Not beside a film. They stay in the page: their thumbnails would be requested again.
    pub hidden: bool,
}

/// Films to try, one tap away.
#[component]
pub(in crate::ui) fn DemoFilms(props: &Props) -> Html {
    let texts = &use_locale().texts.demo;
    let failed = use_state(|| false);
    let opening = use_state_eq(|| None::<&str>);
    let open = |film: &'static DemoFilm| {
        let (add, failed, opening) = (props.add.clone(), failed.setter(), opening.setter());
        Callback::from(move |_: MouseEvent| {
            let (add, failed, opening) = (add.clone(), failed.clone(), opening.clone());
            opening.set(Some(&film.file));
            spawn_local(async move {
                let file = fetch_demo(&film.file).await;
                failed.set(file.is_err());
                opening.set(None);
                if let Ok(file) = file {
                    add.emit(vec![file.into()]);
                }
            });
        })
    };
    let button = |(number, (index, film)): (usize, (usize, &'static DemoFilm))| {
        let label = texts.labels.get(&film.subtype).unwrap_or(&film.subtype);
        let name = interpolate(&texts.open, &[("number", &(number + 1).to_string()), ("label", label)]);
        html! {
            <li>
                <button type="button" data-testid="demo" data-file={film.file.as_str()} aria-label={name} aria-busy={(*opening == Some(&film.file)).to_string()} onclick={open(film)}>
                    { thumbnail(index) }
                    <span aria-hidden="true">{ label }</span>
                </button>
            </li>
        }
    };
    html! {
        <section class="demos" hidden={props.hidden} aria-labelledby="demos-title">
            <h2 id="demos-title">{ &texts.title }</h2>
            <ul>{ for FILMS.iter().enumerate().filter(|(_, film)| film.offered).enumerate().map(button) }</ul>
            <p class="attribution">{ &texts.attribution }</p>
            if opening.is_some() {
                <p role="status" class="opening" data-testid="opening">{ &texts.opening }</p>
            }
            if *failed {
                <p role="alert" class="notice">{ &texts.unavailable }</p>
            }
        </section>
    }
}

/// The `index`-th square of the sprite, which holds all thumbnails in one row.
fn thumbnail(index: usize) -> Html {
    const SIDE: usize = 96;
    let (x, width) = ((index * SIDE).to_string(), (FILMS.len() * SIDE).to_string());
    html! {
        <svg viewBox={format!("{x} 0 {SIDE} {SIDE}")} aria-hidden="true" focusable="false">
            <image href="films/thumbnails.jpeg" {width} height={SIDE.to_string()} />
        </svg>
    }
}
