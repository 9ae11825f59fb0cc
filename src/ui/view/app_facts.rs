use lungfield_presenter::interpolate;
use yew::prelude::*;

use super::{
    app_notice::{changes, listed, switch},
    lazy_details::LazyDetails,
    locale::{Locale, use_locale},
};
use crate::{
    bridge::Build,
    platform::{self, Install},
    ui::installed::Installed,
};

#[derive(PartialEq, Properties)]
pub(in crate::ui) struct Props {
    pub installed: Installed,
    /// The version of the model that this page reads with.
    pub version: String,
    /// A film has been read: the user knows what the app is good for.
    pub has_read: bool,
    /// Films are open: nothing is changed under them.
    pub case_open: bool,
    pub install: Callback<()>,
    /// Asks the browser to keep what is there.
    pub keep: Callback<()>,
}

/// The app itself: how to install it, what of it is on the device, and its versions.
#[component]
pub(in crate::ui) fn AppFacts(props: &Props) -> Html {
    let locale = use_locale();
    let texts = &locale.texts.app;
    html! {
        <footer class="app-facts">
            if props.has_read {
                { install(locale, props) }
            }
            <LazyDetails summary={html! { &texts.title }} id="app-facts">
                <ul class="facts">
                    <li data-testid="version">
                        { interpolate(&texts.version, &[("version", &props.version)]) }
                        { listed(&locale.texts.changes) }
                    </li>
                    <li data-testid="offline">{ offline(locale, &props.installed) }</li>
                    { room(locale, props) }
                    { others(locale, props) }
                </ul>
            </LazyDetails>
        </footer>
    }
}

fn install(locale: Locale, props: &Props) -> Html {
    let texts = &locale.texts.app;
    let ask = props.install.reform(|_: MouseEvent| ());
    let steps = |steps: &str| {
        html! { <details data-testid="install"><summary>{ &texts.install }</summary><p>{ steps }</p></details> }
    };
    match props.installed.install {
        Some(Install::Offered) => html! {
            <button type="button" class="button" data-testid="install" onclick={ask}>{ &texts.install }</button>
        },
        Some(Install::SafariSteps) => steps(&texts.safari_steps),
        Some(Install::MenuSteps) => steps(&texts.menu_steps),
        Some(Install::Done | Install::Never) | None => Html::default(),
    }
}

fn offline(locale: Locale, installed: &Installed) -> &'static str {
    let texts = &locale.texts.app;
    match installed.kept {
        _ if installed.is_whole() => &texts.offline,
        None if installed.tried => &texts.not_kept,
        _ => &texts.not_yet_kept,
    }
}

fn room(locale: Locale, props: &Props) -> Html {
    let texts = &locale.texts.app;
    let Some(room) = props.installed.room.filter(|room| room.used > 0) else { return Html::default() };
    let keep = props.keep.reform(|_: MouseEvent| ());
    html! {
        <>
            <li>{ interpolate(&texts.room, &[("used", &locale.megabytes(room.used))]) }</li>
            <li data-testid="promise">{ if room.promised { &texts.promised } else { &texts.not_promised } }
                if !room.promised {
                    <button type="button" class="button" data-testid="keep" onclick={keep}>{ &texts.keep }</button>
                }
            </li>
        </>
    }
}

/// The builds that are kept beside this page's.
fn others(locale: Locale, props: &Props) -> Html {
    let texts = &locale.texts.app;
    let Some(kept) = &props.installed.kept else { return Html::default() };
    let own = platform::meta("build").unwrap_or_default();
    let newest = Some(&kept.newest).filter(|newest| newest.build != own);
    let former = kept.former.as_ref().filter(|former| former.build != own && Some(*former) != newest);
    let row = |build: &Build, name: &str| {
        html! {
            <li data-testid="other-version">
                { interpolate(name, &[("version", &build.version)]) }
                { changes(locale, build) }
                if props.case_open {
                    <p>{ &texts.not_now }</p>
                } else {
                    <button type="button" class="button" data-testid="switch" onclick={switch(build)}>
                        { interpolate(&texts.go_to, &[("version", &build.version)]) }
                    </button>
                }
            </li>
        }
    };
    html! {
        <>
            { for newest.map(|build| row(build, &texts.newest)) }
            { for former.map(|build| row(build, &texts.former)) }
        </>
    }
}
