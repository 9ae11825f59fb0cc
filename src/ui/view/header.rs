use yew::prelude::*;

use super::{
    icon,
    words::{Words, use_words},
};
use crate::{
    bridge::LoadFailure,
    platform,
    ui::{
        state::Engine,
        text::{EngineFailures, Language, fill},
    },
};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub engine: Engine,
    /// The page works without a network.
    pub offline: bool,
    pub retry: Callback<()>,
    pub choose_language: Callback<Language>,
}

/// The name, the state of the model, and the language.
#[component]
pub(in crate::ui) fn Header(props: &Props) -> Html {
    let words = use_words();
    html! {
        <header class="bar">
            <p class="brand">{ icon::mark() }<span>{ "Lungfield" }</span></p>
            { state(words, &props.engine, props.offline) }
            { languages(words, &props.choose_language) }
            if let Engine::Failed(failure) = &props.engine {
                { failed(words, failure, &props.retry) }
            }
        </header>
    }
}

fn state(words: Words, engine: &Engine, offline: bool) -> Html {
    let texts = &words.texts.engine;
    let (class, text) = match engine {
        Engine::Starting | Engine::Downloading { .. } | Engine::Preparing => ("busy", engine_text(words, engine)),
        Engine::Ready if offline => ("ready", texts.offline.clone()),
        Engine::Ready => ("ready", texts.ready.clone()),
        Engine::Failed(_) => ("failed", texts.failed.clone()),
    };
    let progress = match engine {
        Engine::Downloading { received, total } => html! {
            <progress max={total.to_string()} value={received.to_string()} aria-label={text.clone()} />
        },
        _ => Html::default(),
    };
    html! { <div class={classes!("engine", class)} data-testid="progress"><span>{ text }</span>{ progress }</div> }
}

/// The state of an engine that is not ready, in words.
pub(super) fn engine_text(words: Words, engine: &Engine) -> String {
    let texts = &words.texts.engine;
    match engine {
        Engine::Downloading { received, total } => {
            let (received, total) = (words.megabytes(*received), words.megabytes(*total));
            fill(&texts.downloading, &[("received", &received), ("total", &total)])
        }
        Engine::Preparing => texts.preparing.clone(),
        Engine::Failed(failure) => failure_text(&texts.failures, failure).to_owned(),
        Engine::Starting | Engine::Ready => texts.starting.clone(),
    }
}

fn failed(words: Words, failure: &LoadFailure, retry: &Callback<()>) -> Html {
    let texts = &words.texts.engine;
    let retry = retry.reform(|_: MouseEvent| ());
    html! {
        <div class="notice" role="alert" data-testid="engine-failure">
            <p>{ failure_text(&texts.failures, failure) }</p>
            if let Some(detail) = detail(failure) {
                <p class="detail">{ detail }</p>
            }
            <p class="buttons">
                if !matches!(failure, LoadFailure::Skew) {
                    <button type="button" class="button" onclick={retry}>{ &texts.retry }</button>
                }
                <button type="button" class="button" onclick={|_| platform::reload()}>{ &texts.reload }</button>
            </p>
        </div>
    }
}

fn failure_text<'a>(texts: &'a EngineFailures, failure: &LoadFailure) -> &'a str {
    match failure {
        LoadFailure::Download { .. } => &texts.download,
        LoadFailure::Model { .. } => &texts.model,
        LoadFailure::Skew => &texts.skew,
        LoadFailure::Crashed => &texts.crashed,
    }
}

fn detail(failure: &LoadFailure) -> Option<&str> {
    match failure {
        LoadFailure::Download { detail } => Some(detail),
        LoadFailure::Model { reason } => Some(&reason.message),
        LoadFailure::Skew | LoadFailure::Crashed => None,
    }
}

fn languages(words: Words, choose: &Callback<Language>) -> Html {
    let button = |language: Language| {
        let pressed = language == words.language;
        let choose = choose.reform(move |_: MouseEvent| language);
        html! {
            <button type="button" lang={language.tag()} aria-pressed={pressed.to_string()} onclick={choose}>
                { &language.texts().language }
            </button>
        }
    };
    html! {
        <div class="languages" role="group" aria-label={words.texts.choose_language.as_str()}>
            { for Language::ALL.map(button) }
        </div>
    }
}
