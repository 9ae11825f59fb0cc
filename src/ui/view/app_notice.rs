use std::{collections::BTreeMap, rc::Rc};

use lungfield_presenter::interpolate;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::locale::{Locale, use_locale};
use crate::{
    bridge::{Build, Keeper, Kept, NamedFile, Offer},
    platform,
    ui::installed::Handed,
};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub kept: Option<Rc<Kept>>,
    pub handed: Handed,
    /// What is offered was put off.
    pub later: bool,
    /// Films are open: nothing is changed under them.
    pub case_open: bool,
    pub put_off: Callback<()>,
    /// Forgets what was handed over.
    pub dismiss: Callback<()>,
    pub add: Callback<Vec<NamedFile>>,
    /// Closes the films that are open.
    pub clear: Callback<()>,
}

/// What the user is asked or told of the app: films that were handed over, and other versions.
#[component]
pub(in crate::ui) fn AppNotice(props: &Props) -> Html {
    let locale = use_locale();
    html! {
        <div class="app-notices" role="status">
            { handed(locale, props) }
            { version(locale, props) }
        </div>
    }
}

fn button(class: &'static str, id: &'static str, text: &str, press: Callback<MouseEvent>) -> Html {
    html! { <button type="button" class={classes!("button", class)} data-testid={id} onclick={press}>{ text }</button> }
}

fn handed(locale: Locale, props: &Props) -> Html {
    let texts = &locale.texts.app;
    let dismiss = props.dismiss.reform(|_: MouseEvent| ());
    let films = match &props.handed {
        Handed::Nothing => return Html::default(),
        Handed::Films(films) => films,
        Handed::Elsewhere | Handed::Lost => {
            let text = if props.handed == Handed::Lost { &texts.lost } else { &texts.handed_elsewhere };
            return html! {
                <div class="notice" data-testid="handed">
                    <p>{ text }</p>
                    <p class="buttons">{ button("", "dismiss", &texts.close, dismiss) }</p>
                </div>
            };
        }
    };
    let accept = |clears: bool| {
        let (films, add, clear, dismiss) =
            (Rc::clone(films), props.add.clone(), props.clear.clone(), props.dismiss.clone());
        Callback::from(move |_: MouseEvent| {
            if clears {
                clear.emit(());
            }
            add.emit((*films).clone());
            dismiss.emit(());
        })
    };
    html! {
        <div class="notice" data-testid="handed">
            <p>{ texts.handed.of(films.len(), &locale.number(films.len() as f64, 0)) }</p>
            <ul class="names">{ for films.iter().map(|film| html! { <li>{ &film.name }</li> }) }</ul>
            <p class="buttons">
                if props.case_open {
                    { button("primary", "open-alone", &texts.open_alone, accept(true)) }
                    { button("", "add-handed", &texts.add_to_these, accept(false)) }
                } else {
                    { button("primary", "add-handed", &texts.add, accept(false)) }
                }
                { button("", "dismiss", &texts.discard, dismiss) }
            </p>
        </div>
    }
}

fn version(locale: Locale, props: &Props) -> Html {
    let texts = &locale.texts.app;
    let own = platform::meta("build").unwrap_or_default();
    let Some(offer) = props.kept.as_ref().and_then(|kept| kept.offer(&own)) else { return Html::default() };
    let (text, build) = match &offer {
        // It is offered again at the next start, and stands among the app's facts until then.
        Offer::Newer(_) if props.case_open || props.later => return Html::default(),
        Offer::Newer(build) => (&texts.update, *build),
        Offer::Withdrawn(build) => (&texts.withdrawn, *build),
        Offer::Elsewhere(build) => (&texts.elsewhere, *build),
    };
    let put_off = props.put_off.reform(|_: MouseEvent| ());
    let is_elsewhere = matches!(offer, Offer::Elsewhere(_));
    html! {
        <div class="notice" data-testid="version-notice">
            <p>{ interpolate(text, &[("version", &build.version)]) }</p>
            if props.case_open && !is_elsewhere {
                <p>{ &texts.not_now }</p>
            }
            if !props.case_open {
                if !is_elsewhere {
                    { changes(locale, build) }
                }
                <p class="buttons">
                    { button("primary", "use-version", &texts.r#use, switch(build)) }
                    if matches!(offer, Offer::Newer(_)) {
                        { button("", "later", &texts.later, put_off) }
                    }
                </p>
            }
        </div>
    }
}

/// What has changed in a build.
pub(super) fn changes(locale: Locale, build: &Build) -> Html {
    // A build may speak other languages than this one.
    build.changes.get(locale.tag).or_else(|| build.changes.get("en")).map(listed).unwrap_or_default()
}

/// Changes as a list.
pub(super) fn listed(changes: &BTreeMap<String, String>) -> Html {
    html! { <ul class="changes">{ for changes.values().map(|text| html! { <li>{ text }</li> }) }</ul> }
}

/// Puts a build in use, and opens its page.
pub(super) fn switch(build: &Build) -> Callback<MouseEvent> {
    let build = build.build.clone();
    Callback::from(move |_: MouseEvent| {
        let build = build.clone();
        spawn_local(async move {
            if let Some(keeper) = Keeper::start().await {
                keeper.switch_to(&build).await;
            }
            // What could not be put in use is offered again.
            platform::reload();
        });
    })
}
