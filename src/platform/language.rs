use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::window;

/// A language that the page speaks. The build lists those of `www/locales/` in `www/start.js`.
#[derive(Clone, Debug, PartialEq)]
pub struct Language {
    /// Its BCP 47 tag.
    pub tag: String,
    /// What it calls itself.
    pub name: String,
    address: String,
}

/// All languages, and the one that the start script has chosen: its tag and its locale file. `None` without a start script.
pub fn languages() -> Option<(Vec<Language>, [String; 2])> {
    let early: Array = Reflect::get(&js_sys::global(), &"earlyLocale".into()).ok()?.dyn_into().ok()?;
    let text = |of: &Array, place| of.get(place).as_string();
    let language = |entry: JsValue| {
        let entry: Array = entry.dyn_into().ok()?;
        Some(Language { tag: text(&entry, 0)?, name: text(&entry, 1)?, address: text(&entry, 2)? })
    };
    let all = early.get(2).dyn_into::<Array>().ok()?.iter().filter_map(language).collect();
    Some((all, [text(&early, 0)?, text(&early, 1)?]))
}

/// A language's locale file.
///
/// # Errors
/// When it is neither kept nor to be had from the network.
pub async fn fetch_locale(language: &Language) -> Result<String, JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str(&language.address)).await?.dyn_into()?;
    if !response.ok() {
        return Err(response.status_text().into());
    }
    Ok(JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
}
