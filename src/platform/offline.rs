use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, ServiceWorkerContainer, ServiceWorkerRegistration};

use super::{meta, window};

/// Registers the service worker, waits until it has the page, the worker and the model, and puts the demo films beside
/// them. True when all of this build is there, so that the page works without a network.
pub async fn keep_for_offline_use(demo_films: impl Iterator<Item = String>) -> bool {
    keep(demo_films).await.unwrap_or(false)
}

async fn keep(demo_films: impl Iterator<Item = String>) -> Result<bool, JsValue> {
    let (Some(build), Some(service_workers)) = (meta("build"), service_workers()) else { return Ok(false) };
    JsFuture::from(service_workers.register("sw.js")).await?;
    let registration: ServiceWorkerRegistration = JsFuture::from(service_workers.ready()?).await?.dyn_into()?;
    let caches = window().caches()?;
    // The service worker's name for this build's files. An older build may be the one in charge; its cache is not ours.
    let name = format!("lungfield {} {build}", registration.scope());
    if !JsFuture::from(caches.has(&name)).await?.is_truthy() {
        return Ok(false);
    }
    let cache: Cache = JsFuture::from(caches.open(&name)).await?.dyn_into()?;
    for film in demo_films {
        let path = format!("films/{film}");
        if JsFuture::from(cache.match_with_str(&path)).await?.is_undefined() {
            JsFuture::from(cache.add_with_str(&path)).await?;
        }
    }
    Ok(true)
}

/// Absent where the page was not served securely, and in some private windows.
fn service_workers() -> Option<ServiceWorkerContainer> {
    let navigator = window().navigator();
    let present = js_sys::Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false);
    present.then(|| navigator.service_worker())
}
