use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, ReadableStreamDefaultReader, Response};

use crate::bridge::LoadFailure;

/// More memory is not set aside before the bytes are there.
const MOST_EXPECTED: u64 = 16_000_000;

/// Downloads a file of about `expected` bytes; `progress` is told the number of bytes so far after each piece.
pub(super) async fn download(address: &str, expected: u64, progress: impl Fn(u64)) -> Result<Vec<u8>, LoadFailure> {
    pieces(address, expected, progress).await.map_err(|error| LoadFailure::Download { detail: words(&error) })
}

async fn pieces(address: &str, expected: u64, progress: impl Fn(u64)) -> Result<Vec<u8>, JsValue> {
    let worker = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>()?;
    let answer = asked(&worker, address).unwrap_or_else(|| worker.fetch_with_str(address));
    let response: Response = JsFuture::from(answer).await?.dyn_into()?;
    if !response.ok() {
        return Err(format!("{} {}", response.status(), response.status_text()).into());
    }
    let body = response.body().ok_or("the answer is empty")?;
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into()?;
    let mut bytes = Vec::with_capacity(expected.min(MOST_EXPECTED) as usize);
    loop {
        let piece = JsFuture::from(reader.read()).await?;
        if Reflect::get(&piece, &"done".into())?.is_truthy() {
            return Ok(bytes);
        }
        let piece: Uint8Array = Reflect::get(&piece, &"value".into())?.dyn_into()?;
        let start = bytes.len();
        bytes.resize(start + piece.length() as usize, 0);
        piece.copy_to(&mut bytes[start..]);
        progress(bytes.len() as u64);
    }
}

/// The answer to what the worker's start script has asked for already, which is given once.
fn asked(worker: &DedicatedWorkerGlobalScope, address: &str) -> Option<Promise> {
    let asked = Reflect::get(worker, &"asked".into()).ok()?.dyn_into::<Object>().ok()?;
    let answer = Reflect::get(&asked, &address.into()).ok()?.dyn_into().ok()?;
    Reflect::delete_property(&asked, &address.into()).ok()?;
    Some(answer)
}

fn words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_default(),
    }
}
