use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, Url};

use super::window;
use crate::bridge::NamedFile;

/// What the page was opened for, from its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Films that another app has shared.
    Shared,
    /// A film is to be photographed.
    Photograph,
    /// A folder is to be opened.
    Folder,
}

/// What the page was opened for. It is asked once: a reload is not for it.
pub fn purpose() -> Option<Purpose> {
    let url = Url::new(&window().location().href().ok()?).ok()?;
    let purpose = match &*url.search() {
        "?shared" => Purpose::Shared,
        "?photograph" => Purpose::Photograph,
        "?folder" => Purpose::Folder,
        _ => return None,
    };
    // An address that cannot be changed is asked again by the next reload.
    let _ = window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some("./")));
    Some(purpose)
}

/// Listens to what the file manager opens with the app, where the browser lets it.
pub fn listen_for_launch(launched: impl Fn(Vec<NamedFile>) + Clone + 'static) {
    let Some(queue) = Reflect::get(&window(), &"launchQueue".into()).ok().filter(JsValue::is_object) else { return };
    let consumer = Closure::<dyn Fn(JsValue)>::new(move |launch: JsValue| {
        let handles: Option<Array> =
            Reflect::get(&launch, &"files".into()).ok().and_then(|files| files.dyn_into().ok());
        let Some(handles) = handles.filter(|handles| handles.length() > 0) else { return };
        let launched = launched.clone();
        spawn_local(async move {
            let mut films = Vec::new();
            for handle in handles.iter() {
                films.push(open(&handle).await.map_or_else(|| NamedFile::unreadable(name(&handle)), NamedFile::from));
            }
            launched(films);
        });
    });
    let set = Reflect::get(&queue, &"setConsumer".into()).and_then(JsCast::dyn_into::<Function>);
    let _ = set.and_then(|set| set.call1(&queue, consumer.as_ref()));
    // The browser calls it as long as the page is open.
    consumer.forget();
}

fn name(handle: &JsValue) -> String {
    Reflect::get(handle, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

async fn open(handle: &JsValue) -> Option<File> {
    let get: Function = Reflect::get(handle, &"getFile".into()).ok()?.dyn_into().ok()?;
    let file: Promise = get.call0(handle).ok()?.dyn_into().ok()?;
    JsFuture::from(file).await.ok()?.dyn_into().ok()
}
