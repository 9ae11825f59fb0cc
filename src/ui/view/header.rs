use lungfield_presenter::{interpolate, text::LoadFailureTexts};
use yew::prelude::*;

use super::{
    icon,
    languages::{LanguageChoice, Languages, language_notes},
    locale::{Locale, use_locale},
};
use crate::{bridge::LoadFailure, platform, ui::state::Engine};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub engine: Engine,
    /// The page works without a network.
    pub offline: bool,
    pub retry: Callback<()>,
    pub languages: Languages,
}

/// The name, the state of the model, and the language.
#[component]
pub(in crate::ui) fn Header(props: &Props) -> Html {
    let locale = use_locale();
    html! {
        <header class="bar">
            <p class="brand">{ icon::mark() }<span>{ "Lungfield" }</span></p>
            { state(locale, &props.engine, props.offline) }
            <LanguageChoice languages={props.languages.clone()} />
            { language_notes(locale, &props.languages) }
            if let Engine::Downloading { still: true, .. } = &props.engine {
                <p class="notice" role="status" data-testid="still">{ &locale.texts.engine.still }</p>
            }
            if let Engine::Failed(failure) = &props.engine {
                { failed(locale, failure, &props.retry) }
            }
        </header>
    }
}

fn state(locale: Locale, engine: &Engine, offline: bool) -> Html {
    let texts = &locale.texts.engine;
    let (class, text) = match engine {
        Engine::Starting | Engine::Downloading { .. } | Engine::Preparing => ("busy", engine_text(locale, engine)),
        Engine::Ready if offline => ("ready", texts.offline.clone()),
        Engine::Ready => ("ready", texts.ready.clone()),
        Engine::Failed(_) => ("failed", texts.failed.clone()),
    };
    let progress = match engine {
        Engine::Downloading { received, total, .. } => html! {
            <progress max={total.to_string()} value={received.to_string()} aria-label={text.clone()} />
        },
        _ => Html::default(),
    };
    html! { <div class={classes!("engine", class)} data-testid="progress"><span>{ text }</span>{ progress }</div> }
}

/// The state of an engine that is not ready, in the page's language.
pub(super) fn engine_text(locale: Locale, engine: &Engine) -> String {
    let texts = &locale.texts.engine;
    match engine {
        Engine::Downloading { received, total, seconds, .. } => {
            let (received, total) = (locale.megabytes(*received), locale.megabytes(*total));
            let bytes = interpolate(&texts.downloading, &[("received", &received), ("total", &total)]);
            let left = seconds.map(|seconds| interpolate(&texts.left, &[("time", &locale.wait(seconds))]));
            [Some(bytes), left].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        Engine::Preparing => texts.preparing.clone(),
        Engine::Failed(failure) => failure_text(&texts.failures, failure).to_owned(),
        Engine::Starting | Engine::Ready => texts.starting.clone(),
    }
}

fn failed(locale: Locale, failure: &LoadFailure, retry: &Callback<()>) -> Html {
    let texts = &locale.texts.engine;
    let retry = retry.reform(|_: MouseEvent| ());
    html! {
        <div class="notice" role="alert" data-testid="engine-failure">
            <p>{ failure_text(&texts.failures, failure) }</p>
            if let Some(detail) = detail(failure) {
                <p class="detail">{ detail }</p>
            }
            <p class="buttons">
                if !matches!(failure, LoadFailure::VersionMismatch) {
                    <button type="button" class="button" onclick={retry}>{ &texts.retry }</button>
                }
                <button type="button" class="button" onclick={|_| platform::reload()}>{ &texts.reload }</button>
            </p>
        </div>
    }
}

fn failure_text<'a>(texts: &'a LoadFailureTexts, failure: &LoadFailure) -> &'a str {
    match failure {
        LoadFailure::Download { .. } => &texts.download,
        LoadFailure::Model { .. } => &texts.model,
        LoadFailure::VersionMismatch => &texts.version_mismatch,
        LoadFailure::Crashed => &texts.crashed,
    }
}

fn detail(failure: &LoadFailure) -> Option<&str> {
    match failure {
        LoadFailure::Download { detail } => Some(detail),
        LoadFailure::Model { reason } => Some(&reason.message),
        LoadFailure::VersionMismatch | LoadFailure::Crashed => None,
    }
}
