//! Sizes and times as people of a language write them, by the browser's `Intl`; a language is told by its BCP 47 tag.

use js_sys::{Array, Date, Intl::NumberFormat, Object, Reflect};
use wasm_bindgen::JsValue;

/// Digits are the same in every language, as on films and in notes.
const DIGITS: &str = "-u-nu-latn";

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

/// The date and the time, here and now.
pub fn now(tag: &str) -> String {
    written(tag, &Date::new_0(), "long")
}

/// The date and the time here of one in RFC 3339.
pub fn time(tag: &str, at: &str) -> String {
    written(tag, &Date::new(&at.into()), "medium")
}

fn written(tag: &str, date: &Date, style: &str) -> String {
    let options = object(&[("dateStyle", style.into()), ("timeStyle", "short".into())]);
    date.to_locale_string(&format!("{tag}{DIGITS}"), &options).into()
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
