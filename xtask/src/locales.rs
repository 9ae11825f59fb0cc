//! The interface's texts, `www/locales/`.
//!
//! In `index.html` an element with `data-text="start.title"` has that text: the build writes it in English, and the start script in the
//! user's language, as soon as that has come.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::paths;

/// What stands before the name of a text in `index.html`.
const TEXT: &str = "data-text=\"";
/// The language that the page is written in.
const WRITTEN: &str = "en";

/// The texts of every language, by its tag.
pub struct Locales(BTreeMap<String, Value>);

impl Locales {
    /// Reads `www/locales/`.
    ///
    /// # Errors
    /// If a file cannot be read, or is no JSON.
    pub fn read() -> Result<Self> {
        let mut locales = BTreeMap::new();
        for path in paths::all_files(&paths::root().join("www/locales"))? {
            let tag = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let texts = serde_json::from_slice(&fs::read(&path)?);
            locales.insert(tag, texts.with_context(|| format!("{} is no JSON", path.display()))?);
        }
        Ok(Self(locales))
    }

    /// Every language's tag and texts.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(tag, texts)| (tag.as_str(), texts))
    }

    /// What is new, by the languages' tags, as JSON.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn changes(&self) -> Result<String> {
        let changes: BTreeMap<_, _> = self.0.iter().map(|(tag, texts)| (tag, &texts["changes"])).collect();
        Ok(serde_json::to_string(&changes)?)
    }

    /// `html` with the texts that it names in English.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn fill(&self, html: &str) -> Result<String> {
        let mut parts = html.split(TEXT);
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let name = part.split('"').next().unwrap_or_default();
            let text = self.text(WRITTEN, name)?.replace('&', "&amp;").replace('<', "&lt;");
            filled.push_str(TEXT);
            filled.push_str(&part.replacen("></", &format!(">{text}</"), 1));
        }
        Ok(filled)
    }

    /// A text by its name, such as `start.title`.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn text(&self, tag: &str, name: &str) -> Result<&str> {
        let found = self.0.get(tag).and_then(|texts| name.split('.').try_fold(texts, |texts, part| texts.get(part)));
        found.and_then(Value::as_str).with_context(|| format!("{tag} has no text {name}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_written_where_it_is_named() -> Result<()> {
        let of = |title: &str| json!({ "start": { "title": title }, "changes": { "1": title } });
        let locales = Locales(BTreeMap::from([("en".into(), of("Read & see")), ("hi".into(), of("देखें"))]));
        let html = r#"<h1 data-text="start.title"></h1><p></p>"#;
        assert_eq!(locales.fill(html)?, r#"<h1 data-text="start.title">Read &amp; see</h1><p></p>"#);
        assert_eq!(locales.changes()?, r#"{"en":{"1":"Read & see"},"hi":{"1":"देखें"}}"#);
        assert!(locales.fill(r#"<p data-text="start.none"></p>"#).is_err());
        Ok(())
    }
}
