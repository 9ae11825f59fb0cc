//! Numbers as people of a language write them, by the browser's `Intl`; a language is told by its BCP 47 tag.

use js_sys::{Array, Date, Intl::NumberFormat, Object, Reflect};
use lungfield_contract::Age;
use wasm_bindgen::JsValue;

/// Digits are the same in every language, as on films and in notes.
const DIGITS: &str = "-u-nu-latn";

/// A probability in whole per cent. Never "0 %" or "100 %": the model is not that sure.
pub fn probability(tag: &str, value: f64) -> String {
    match value {
        v if v < 0.01 => format!("<\u{a0}{}", percent(tag, 0.01, 0)),
        v if v > 0.99 => format!(">\u{a0}{}", percent(tag, 0.99, 0)),
        v => percent(tag, v, 0),
    }
}

/// A share in per cent with at most `digits` decimals.
pub fn percent(tag: &str, value: f64, digits: u8) -> String {
    format(tag, value, &[("style", "percent".into()), at_most(digits)])
}

/// A plain number with at most `digits` decimals.
pub fn number(tag: &str, value: f64, digits: u8) -> String {
    format(tag, value, &[at_most(digits)])
}

/// A number of bytes, in megabytes.
pub fn megabytes(tag: &str, bytes: u64) -> String {
    let at_least = ("minimumFractionDigits", 1.into());
    format(tag, bytes as f64 / 1e6, &[("style", "unit".into()), ("unit", "megabyte".into()), at_least, at_most(1)])
}

/// A duration in milliseconds.
pub fn milliseconds(tag: &str, value: f64) -> String {
    format(tag, value, &[("style", "unit".into()), ("unit", "millisecond".into()), at_most(0)])
}

/// A time to wait, in whole seconds or minutes.
pub fn wait(tag: &str, seconds: u32) -> String {
    let (value, unit) = if seconds < 90 { (seconds, "second") } else { (seconds.div_ceil(60), "minute") };
    format(tag, value.into(), &[("style", "unit".into()), ("unit", unit.into()), at_most(0)])
}

/// An age in the unit that it is given in.
pub fn age(tag: &str, age: Age) -> String {
    let (count, unit) = match age {
        Age::Days(count) => (count, "day"),
        Age::Weeks(count) => (count, "week"),
        Age::Months(count) => (count, "month"),
        Age::Years(count) => (count, "year"),
    };
    let options = [("style", "unit".into()), ("unit", unit.into()), ("unitDisplay", "long".into())];
    format(tag, count.into(), &options)
}

/// The date and the time, here and now.
pub fn now(tag: &str) -> String {
    let options = object(&[("dateStyle", "long".into()), ("timeStyle", "short".into())]);
    Date::new_0().to_locale_string(&format!("{tag}{DIGITS}"), &options).into()
}

/// An option of `Intl.NumberFormat`, by its name there.
type Choice = (&'static str, JsValue);

fn at_most(digits: u8) -> Choice {
    ("maximumFractionDigits", digits.into())
}

fn object(options: &[Choice]) -> Object {
    let object = Object::new();
    for (name, option) in options {
        // Only fails for a frozen object.
        let _ = Reflect::set(&object, &(*name).into(), option);
    }
    object
}

fn format(tag: &str, value: f64, options: &[Choice]) -> String {
    let format = NumberFormat::new(&Array::of1(&format!("{tag}{DIGITS}").into()), &object(options)).format();
    let written = format.call1(&JsValue::UNDEFINED, &value.into()).ok().and_then(|text| text.as_string());
    written.unwrap_or_else(|| value.to_string())
}
