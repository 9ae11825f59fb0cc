use gloo::events::EventListener;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::window;

/// How the app comes to the device's other apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Install {
    /// It is one of them.
    Done,
    /// The browser asks the user when it is told to.
    Offered,
    /// By the steps that Safari has on iPhones and iPads.
    SafariSteps,
    /// By an entry of the browser's menu.
    MenuSteps,
    /// Not in this browser.
    Never,
}

impl Install {
    /// How it stands now.
    pub fn now() -> Self {
        let navigator = window().navigator();
        let is_app =
            window().match_media("(display-mode: browser)").ok().flatten().is_some_and(|query| !query.matches());
        let has = |name: &str| Reflect::get(&navigator, &name.into()).unwrap_or_default();
        let agent = navigator.user_agent().unwrap_or_default();
        if is_app || has("standalone").is_truthy() {
            Self::Done
        } else if prompt().is_some() {
            Self::Offered
        } else if !has("standalone").is_undefined() {
            Self::SafariSteps
        } else if agent.contains("Firefox") && agent.contains("Android") {
            Self::MenuSteps
        } else {
            Self::Never
        }
    }

    /// Has the browser ask the user. It does so once.
    pub async fn ask() {
        let Some(event) = prompt() else { return };
        let _ = Reflect::delete_property(&window(), &PROMPT.into());
        let asked =
            Reflect::get(&event, &"prompt".into()).and_then(|prompt| prompt.dyn_into::<Function>()?.call0(&event));
        if let Ok(Ok(asked)) = asked.map(JsCast::dyn_into::<Promise>) {
            let _ = JsFuture::from(asked).await;
        }
    }
}

/// Calls `changed` when the browser can ask, and when the app was installed, which it is told by `true`.
pub fn listen_for_install(changed: impl Fn(bool) + Clone + 'static) -> [EventListener; 2] {
    let installed = changed.clone();
    [
        // The start script keeps the event, which may come before this program.
        EventListener::new(&window(), "beforeinstallprompt", move |_| changed(false)),
        EventListener::new(&window(), "appinstalled", move |_| installed(true)),
    ]
}

/// Where `www/start.js` keeps the browser's event.
const PROMPT: &str = "installPrompt";

fn prompt() -> Option<JsValue> {
    Reflect::get(&window(), &PROMPT.into()).ok().filter(JsValue::is_object)
}
