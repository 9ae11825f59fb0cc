use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager};

use super::window;

/// What the browser says of the room that the app has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// Bytes that are taken.
    pub used: u64,
    /// The browser has promised not to remove them when space is short.
    pub promised: bool,
}

/// Asks the browser how the app's room stands; with `ask`, for the promise to keep what is there. `None` where it does not say.
pub async fn room(ask: bool) -> Option<Room> {
    let storage = storage()?;
    let promise = if ask { storage.persist() } else { storage.persisted() };
    let promised = JsFuture::from(promise.ok()?).await.ok()?.is_truthy();
    let estimate: StorageEstimate = JsFuture::from(storage.estimate().ok()?).await.ok()?.unchecked_into();
    Some(Room { used: estimate.get_usage().unwrap_or_default() as u64, promised })
}

/// Whether as little as possible is to be fetched: the user wants it so, or the line is slow. Where the browser does not say, it is not.
pub fn saves_data() -> bool {
    let connection = Reflect::get(&window().navigator(), &"connection".into()).unwrap_or_default();
    let of_line = |name: &str| Reflect::get(&connection, &name.into()).unwrap_or_default();
    of_line("saveData").is_truthy() || of_line("effectiveType").as_string().is_some_and(|speed| speed != "4g")
}

/// Absent where the page was not served securely.
fn storage() -> Option<StorageManager> {
    let navigator = window().navigator();
    let storage = Reflect::get(&navigator, &"storage".into()).ok()?;
    storage.is_object().then(|| storage.unchecked_into())
}
