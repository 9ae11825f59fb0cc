use super::window;
use crate::ui::text::Language;

/// The one thing that the page keeps: the language that the user chose.
const KEY: &str = "lungfield:language";

/// The language chosen before, else the first of the browser's that the page speaks, else English.
pub fn preferred_language() -> Language {
    let stored = window().local_storage().ok().flatten().and_then(|storage| storage.get_item(KEY).ok().flatten());
    let browsers = window().navigator().languages();
    let tags = stored.into_iter().chain(browsers.iter().filter_map(|tag| tag.as_string()));
    tags.filter_map(|tag| Language::from_tag(&tag)).next().unwrap_or_default()
}

/// Keeps the user's choice. Where storage is forbidden the choice holds until the page is closed.
pub fn remember_language(language: Language) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(KEY, language.tag());
    }
}
