use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, ReadableStreamDefaultReader, Response};

use crate::bridge::LoadFailure;

/// More memory is not set aside before the bytes are there.
const MAX_PREALLOCATION: u64 = 16_000_000;

/// Downloads a file of about `expected` bytes.
pub(super) async fn download(address: &str, expected: u64) -> Result<Vec<u8>, LoadFailure> {
    chunks(address, expected).await.map_err(|error| LoadFailure::Download { detail: error_message(&error) })
}

async fn chunks(address: &str, expected: u64) -> Result<Vec<u8>, JsValue> {
    let worker = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>()?;
    let response = prefetched(&worker, address).unwrap_or_else(|| worker.fetch_with_str(address));
    let response: Response = JsFuture::from(response).await?.dyn_into()?;
    if !response.ok() {
        return Err(format!("{} {}", response.status(), response.status_text()).into());
    }
    let body = response.body().ok_or("the response is empty")?;
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into()?;
    let mut bytes = Vec::with_capacity(expected.min(MAX_PREALLOCATION) as usize);
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if Reflect::get(&chunk, &"done".into())?.is_truthy() {
            return Ok(bytes);
        }
        let chunk: Uint8Array = Reflect::get(&chunk, &"value".into())?.dyn_into()?;
        let start = bytes.len();
        bytes.resize(start + chunk.length() as usize, 0);
        chunk.copy_to(&mut bytes[start..]);
    }
}

/// The response that the worker's start script (`www/start-worker.js`) has requested already, which is given once.
fn prefetched(worker: &DedicatedWorkerGlobalScope, address: &str) -> Option<Promise> {
    let prefetched = Reflect::get(worker, &"prefetched".into()).ok()?.dyn_into::<Object>().ok()?;
    let response = Reflect::get(&prefetched, &address.into()).ok()?.dyn_into().ok()?;
    Reflect::delete_property(&prefetched, &address.into()).ok()?;
    Some(response)
}

fn error_message(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_default(),
    }
}
