use std::cell::Cell;

use gloo::{events::EventListener, timers::callback::Timeout};
use js_sys::Date;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlMetaElement, Url};

use super::{document, window};

/// How far the page is; `data-state` of the root element, for styles and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// The model is not there yet.
    Loading,
    /// Films are read.
    Ready,
    /// Films are read, and would be without a network.
    OfflineReady,
}

/// Writes the state to the root element.
pub fn set_readiness(readiness: Readiness) {
    let state = match readiness {
        Readiness::Loading => "loading",
        Readiness::Ready => "ready",
        Readiness::OfflineReady => "offline-ready",
    };
    if let Some(root) = root() {
        // Only fails for a name that is no attribute's.
        let _ = root.dataset().set("state", state);
    }
}

/// Tells the browser, and with it screen readers, which language the page is in.
pub fn set_language(tag: &str) {
    if let Some(root) = root() {
        root.set_lang(tag);
    }
}

/// The content of `<meta name="lungfield:NAME">`, which the build fills in; `None` when it is missing or empty.
pub fn meta(name: &str) -> Option<String> {
    let selector = format!("meta[name='lungfield:{name}']");
    let element = document().query_selector(&selector).ok()??;
    let content = element.dyn_into::<HtmlMetaElement>().ok()?.content();
    (!content.is_empty()).then_some(content)
}

/// The absolute address of a file beside the page.
pub fn address(relative: &str) -> Option<String> {
    let base = window().location().href().ok()?;
    Some(Url::new_with_base(relative, &base).ok()?.href())
}

/// Gives an element the focus that was lost with another, once the page has been drawn.
pub fn focus_on(selector: &'static str) {
    Timeout::new(0, move || {
        let found = document().query_selector(selector).ok().flatten();
        if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    })
    .forget();
}

/// Loads the page anew.
pub fn reload() {
    // A reload that the browser refuses leaves the page as it is, with its message.
    let _ = window().location().reload();
}

/// Calls `returned` whenever the page is looked at again after nobody has for so many minutes.
pub fn on_returned(minutes: f64, returned: impl Fn() + 'static) -> EventListener {
    let left = Cell::new(None);
    EventListener::new(&document(), "visibilitychange", move |_| {
        if document().hidden() {
            left.set(Some(Date::now()));
        } else if left.take().is_some_and(|left| Date::now() - left > minutes * 60_000.0) {
            returned();
        }
    })
}

fn root() -> Option<HtmlElement> {
    document().document_element()?.dyn_into().ok()
}

/// Calls `shown` whenever the page is looked at again.
pub fn on_shown(shown: impl Fn() + 'static) -> EventListener {
    EventListener::new(&document(), "visibilitychange", move |_| {
        if !document().hidden() {
            shown();
        }
    })
}

/// The day here, as `2026-11-30`.
pub fn today() -> String {
    let now = Date::new_0();
    format!("{:04}-{:02}-{:02}", now.get_full_year(), now.get_month() + 1, now.get_date())
}
