use lungfield_presenter::{Texts, numbers};
use yew::prelude::*;

use crate::ui::format;

/// The user's language: its texts, and numbers as it writes them. For every view.
#[derive(Clone, Copy, Debug)]
pub(in crate::ui) struct Locale {
    /// Its BCP 47 tag.
    pub tag: &'static str,
    pub texts: &'static Texts,
    /// The file that they came in.
    pub json: &'static str,
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag
    }
}

impl Locale {
    /// From a locale file, which is then kept for good: of the few languages a user chooses at most some.
    pub fn from_json(tag: &str, json: &str) -> Option<Self> {
        let texts = Box::leak(Box::new(Texts::from_json(json).ok()?));
        Some(Self { tag: Box::leak(tag.into()), texts, json: Box::leak(json.into()) })
    }

    /// A probability in whole per cent.
    pub fn probability(self, value: f64) -> String {
        numbers::probability(value)
    }

    /// A share in per cent with at most one decimal.
    pub fn percent(self, value: f64) -> String {
        numbers::percent(value, 1)
    }

    /// A number with at most `digits` decimals.
    pub fn number(self, value: f64, digits: u8) -> String {
        numbers::number(value, digits)
    }

    /// A number of bytes.
    pub fn megabytes(self, bytes: u64) -> String {
        format::megabytes(self.tag, bytes)
    }

    /// The date and the time.
    pub fn now(self) -> String {
        format::now(self.tag)
    }

    /// A time in RFC 3339, here.
    pub fn time(self, at: &str) -> String {
        format::time(self.tag, at)
    }

    /// A time to wait.
    pub fn wait(self, seconds: u32) -> String {
        format::wait(self.tag, seconds)
    }

    /// A duration.
    pub fn milliseconds(self, value: f64) -> String {
        format::milliseconds(self.tag, value)
    }
}

/// The language that the page is in.
#[hook]
pub(super) fn use_locale() -> Locale {
    use_context().expect("every view lies inside the page's context")
}
