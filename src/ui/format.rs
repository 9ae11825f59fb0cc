//! Numbers as people of a language write them, by the browser's `Intl`.

use std::cell::RefCell;

use js_sys::{Array, Function, Intl::NumberFormat, Object, Reflect};
use lungfield_reader::Age;
use wasm_bindgen::JsValue;

use super::text::Language;

/// A probability in whole per cent. Never "0 %" or "100 %": the model is not that sure.
pub fn probability(language: Language, value: f64) -> String {
    match value {
        v if v < 0.01 => format!("<\u{a0}{}", percent(language, 0.01, 0)),
        v if v > 0.99 => format!(">\u{a0}{}", percent(language, 0.99, 0)),
        v => percent(language, v, 0),
    }
}

/// A share in per cent with at most `digits` decimals.
pub fn percent(language: Language, value: f64, digits: u8) -> String {
    format(language, Style::Percent { digits }, value)
}

/// A plain number with at most `digits` decimals.
pub fn number(language: Language, value: f64, digits: u8) -> String {
    format(language, Style::Number { digits }, value)
}

/// A number of bytes, in megabytes.
pub fn megabytes(language: Language, bytes: u64) -> String {
    format(language, Style::Megabytes, bytes as f64 / 1e6)
}

/// A duration in milliseconds.
pub fn milliseconds(language: Language, value: f64) -> String {
    format(language, Style::Milliseconds, value)
}

/// An age in the unit that it is given in.
pub fn age(language: Language, age: Age) -> String {
    let (count, unit) = match age {
        Age::Days(count) => (count, "day"),
        Age::Weeks(count) => (count, "week"),
        Age::Months(count) => (count, "month"),
        Age::Years(count) => (count, "year"),
    };
    format(language, Style::Age { unit }, count.into())
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Percent { digits: u8 },
    Number { digits: u8 },
    Megabytes,
    Milliseconds,
    Age { unit: &'static str },
}

impl Style {
    /// What `Intl.NumberFormat` calls it.
    fn options(self) -> Vec<(&'static str, JsValue)> {
        let at_most = |digits: u8| ("maximumFractionDigits", digits.into());
        match self {
            Style::Percent { digits } => vec![("style", "percent".into()), at_most(digits)],
            Style::Number { digits } => vec![at_most(digits)],
            Style::Megabytes => {
                vec![
                    ("style", "unit".into()),
                    ("unit", "megabyte".into()),
                    ("minimumFractionDigits", 1.into()),
                    at_most(1),
                ]
            }
            Style::Milliseconds => vec![("style", "unit".into()), ("unit", "millisecond".into()), at_most(0)],
            Style::Age { unit } => {
                vec![("style", "unit".into()), ("unit", unit.into()), ("unitDisplay", "long".into())]
            }
        }
    }

    fn of(self, language: Language) -> Function {
        let object = Object::new();
        for (name, option) in self.options() {
            // Only fails for a frozen object.
            let _ = Reflect::set(&object, &name.into(), &option);
        }
        NumberFormat::new(&Array::of1(&language.tag().into()), &object).format()
    }
}

thread_local! {
    /// Each is made once.
    static FORMATS: RefCell<Vec<(Language, Style, Function)>> = const { RefCell::new(Vec::new()) };
}

fn format(language: Language, style: Style, value: f64) -> String {
    let format = FORMATS.with_borrow_mut(|made| {
        let found = made.iter().find(|(of, as_style, _)| (*of, *as_style) == (language, style));
        found.map(|(.., format)| format.clone()).unwrap_or_else(|| {
            let format = style.of(language);
            made.push((language, style, format.clone()));
            format
        })
    });
    let written = format.call1(&JsValue::UNDEFINED, &value.into()).ok().and_then(|text| text.as_string());
    written.unwrap_or_else(|| value.to_string())
}
