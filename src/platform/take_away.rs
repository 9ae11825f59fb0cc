use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, FilePropertyBag, HtmlAnchorElement, Url};

use super::{document, window};

/// A file of these bytes, an `ArrayBuffer`; `None` where the browser has no room.
pub fn made_file(bytes: &JsValue, name: &str, media_type: &str) -> Option<File> {
    let options = FilePropertyBag::new();
    options.set_type(media_type);
    File::new_with_buffer_source_sequence_and_options(&Array::of1(bytes), name, &options).ok()
}

/// Whether the device's other apps take text from this page.
pub fn can_share_text() -> bool {
    navigators("share").is_some()
}

/// Whether they take this file: many kinds are refused.
pub fn can_share(file: &File) -> bool {
    let asked = navigators("canShare").and_then(|can| can.call1(&window().navigator(), &with_file(file)).ok());
    asked.is_some_and(|answer| answer.is_truthy())
}

/// Hands a file to another app, which the user chooses. Only from a press, which the browser asks for.
///
/// # Errors
/// When the browser refuses; not when the user does.
pub async fn share_file(file: &File) -> Result<(), JsValue> {
    share(&with_file(file)).await
}

/// The same with text.
///
/// # Errors
/// When the browser refuses; not when the user does.
pub async fn share_text(text: &str) -> Result<(), JsValue> {
    share(&object("text", &text.into())).await
}

/// Whether files should only be shared: in an app on an iPhone what is saved opens in the app's place, without a way back.
pub fn only_shares() -> bool {
    Reflect::get(&window().navigator(), &"standalone".into()).is_ok_and(|is_app| is_app.is_truthy())
}

/// Saves a file where the browser saves.
pub fn save(file: &File) {
    let Ok(address) = Url::create_object_url_with_blob(file) else { return };
    if let Ok(link) = document().create_element("a").and_then(|link| Ok(link.dyn_into::<HtmlAnchorElement>()?)) {
        link.set_href(&address);
        link.set_download(&file.name());
        link.click();
    }
    // Not at once: the browser has yet to read it.
    gloo::timers::callback::Timeout::new(60_000, move || drop(Url::revoke_object_url(&address))).forget();
}

/// Saves a file, or shares it where files should only be shared. From a press.
pub fn hand_over(file: &File) {
    if only_shares() && can_share(file) {
        let file = file.clone();
        // A user who thinks better of it is no error.
        spawn_local(async move { drop(share_file(&file).await) });
    } else {
        save(file);
    }
}

/// Puts text on the clipboard; `false` where the browser refuses.
pub async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Missing where the page was not served securely.
    !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Opens the browser's print dialogue.
pub fn print() {
    // Only refused while it is open.
    let _ = window().print();
}

async fn share(what: &JsValue) -> Result<(), JsValue> {
    let share = navigators("share").ok_or(JsValue::UNDEFINED)?;
    let shared: Promise = share.call1(&window().navigator(), what)?.dyn_into()?;
    match JsFuture::from(shared).await {
        Err(error) if Reflect::get(&error, &"name".into())? != "AbortError" => Err(error),
        _ => Ok(()),
    }
}

fn navigators(name: &str) -> Option<Function> {
    Reflect::get(&window().navigator(), &name.into()).ok()?.dyn_into().ok()
}

fn with_file(file: &File) -> JsValue {
    object("files", &Array::of1(file))
}

fn object(name: &str, value: &JsValue) -> JsValue {
    let object = Object::new();
    // Only fails for a frozen object.
    let _ = Reflect::set(&object, &name.into(), value);
    object.into()
}
