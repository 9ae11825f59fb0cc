use js_sys::Array;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

/// Puts a head and its attachment into one value that can be posted.
pub(super) fn pack<T: Serialize>(head: &T, attachment: &JsValue) -> Result<JsValue, JsValue> {
    let json = serde_json::to_string(head).map_err(|e| JsValue::from(e.to_string()))?;
    Ok(Array::of2(&json.into(), attachment).into())
}

/// Takes a posted value apart; `None` when it is no message of this build.
pub(super) fn unpack<T: DeserializeOwned>(data: &JsValue) -> Option<(T, JsValue)> {
    let parts = data.dyn_ref::<Array>()?;
    let json = parts.get(0).as_string()?;
    Some((serde_json::from_str(&json).ok()?, parts.get(1)))
}
