use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, FilePropertyBag, Response};

use super::window;

/// A demo film as a file: from what is kept for offline use, else from the network.
///
/// # Errors
/// When it is in neither.
pub async fn fetch_demo(name: &str) -> Result<File, JsValue> {
    let path = format!("films/{name}");
    let response: Response = match kept(&path).await {
        Some(response) => response,
        None => JsFuture::from(window().fetch_with_str(&path)).await?.dyn_into()?,
    };
    if !response.ok() {
        return Err(response.status_text().into());
    }
    let blob: Blob = JsFuture::from(response.blob()?).await?.dyn_into()?;
    let options = FilePropertyBag::new();
    options.set_type(&blob.type_());
    File::new_with_blob_sequence_and_options(&Array::of1(&blob), name, &options)
}

/// There is no cache where the page was not served securely.
async fn kept(path: &str) -> Option<Response> {
    let found = JsFuture::from(window().caches().ok()?.match_with_str(path)).await.ok()?;
    found.dyn_into().ok()
}
