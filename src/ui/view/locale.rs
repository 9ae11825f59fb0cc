use lungfield_contract::Warning;
use yew::prelude::*;

use crate::ui::{
    format,
    text::{Language, Texts},
};

/// The user's language: its texts, and numbers as it writes them. For every view.
#[derive(Clone, Copy, Debug)]
pub(in crate::ui) struct Locale {
    pub language: Language,
    pub texts: &'static Texts,
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.language == other.language
    }
}

impl Locale {
    pub fn new(language: Language) -> Self {
        Self { language, texts: language.texts() }
    }

    /// A probability in whole per cent.
    pub fn probability(self, value: f64) -> String {
        format::probability(self.language, value)
    }

    /// A share in per cent with at most one decimal.
    pub fn percent(self, value: f64) -> String {
        format::percent(self.language, value, 1)
    }

    /// A number with at most `digits` decimals.
    pub fn number(self, value: f64, digits: u8) -> String {
        format::number(self.language, value, digits)
    }

    /// A number of bytes.
    pub fn megabytes(self, bytes: u64) -> String {
        format::megabytes(self.language, bytes)
    }

    /// A warning about an answer.
    pub fn warning(self, warning: &Warning) -> String {
        let age = warning.age.map_or_else(String::new, |age| format::age(self.language, age));
        self.texts.warning(warning, &age)
    }

    /// The date and the time.
    pub fn now(self) -> String {
        format::now(self.language)
    }

    /// A duration.
    pub fn milliseconds(self, value: f64) -> String {
        format::milliseconds(self.language, value)
    }
}

/// The language that the page is in.
#[hook]
pub(super) fn use_locale() -> Locale {
    use_context().expect("every view lies inside the page's context")
}
