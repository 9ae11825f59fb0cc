use gloo::{events::EventListener, timers::callback::Timeout};
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
