//! What a worker has of its device: the clock, and random numbers.

use js_sys::Date;
use wasm_bindgen::{JsCast, UnwrapThrowExt};
use web_sys::DedicatedWorkerGlobalScope;

/// The time here, in RFC 3339 with the offset from UTC.
pub fn now() -> String {
    let now = Date::new_0();
    let east = -now.get_timezone_offset() as i32;
    let local = Date::new(&(now.get_time() + f64::from(east) * 60_000.0).into());
    let local = String::from(local.to_iso_string());
    let sign = if east < 0 { '-' } else { '+' };
    format!("{}{sign}{:02}:{:02}", local.trim_end_matches('Z'), east.abs() / 60, east.abs() % 60)
}

/// So many random bytes; `None` where the browser has none.
pub fn random<const N: usize>() -> Option<[u8; N]> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().expect_throw("this is a worker");
    let mut bytes = [0; N];
    scope.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes)
}
