use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Cache, File, Response};

use super::{Setting, window};

/// What holds the archive, under the hash of its content.
const CACHE: &str = "lungfield-own-model";

/// Keeps the archive of a model on the device.
///
/// # Errors
/// When the browser keeps nothing, or has no room.
pub async fn keep_model(archive: &File, sha256: &str) -> Result<(), JsValue> {
    forget_model().await;
    let response = Response::new_with_opt_blob(Some(archive))?;
    JsFuture::from(cache().await?.put_with_str(&address(sha256), &response)).await?;
    Setting::OwnModel.keep(sha256);
    Ok(())
}

/// The archive that is kept; `None` where none is.
pub async fn kept_model() -> Option<File> {
    let sha256 = Setting::OwnModel.kept()?;
    let found = JsFuture::from(cache().await.ok()?.match_with_str(&address(&sha256))).await.ok()?;
    let response: Response = found.dyn_into().ok()?;
    let blob: Blob = JsFuture::from(response.blob().ok()?).await.ok()?.dyn_into().ok()?;
    File::new_with_blob_sequence(&Array::of1(&blob), "model.zip").ok()
}

/// Keeps it no longer.
pub async fn forget_model() {
    Setting::OwnModel.forget();
    if let Ok(caches) = window().caches() {
        // What is not there need not go.
        let _ = JsFuture::from(caches.delete(CACHE)).await;
    }
}

async fn cache() -> Result<Cache, JsValue> {
    Ok(JsFuture::from(window().caches()?.open(CACHE)).await?.unchecked_into())
}

fn address(sha256: &str) -> String {
    format!("own-model/{sha256}")
}
