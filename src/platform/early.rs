use gloo::events::EventListener;
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlInputElement;

use super::{chosen_files, chosen_folder, window};
use crate::bridge::NamedFile;

/// The films that came before this program, in the order in which they came: the page's start script (`www/start.js`) has taken them,
/// and takes no more.
pub fn early_films() -> Vec<NamedFile> {
    if let Ok(stop) = of_window("stopEarly").dyn_into::<Function>() {
        let _ = stop.call0(&JsValue::UNDEFINED);
    }
    inputs("earlyInputs").iter().flat_map(films).collect()
}

/// Listens to the inputs that the page had before this program, and has no more: their dialogues may still be open.
pub fn listen_to_early_inputs(chosen: impl Fn(Vec<NamedFile>) + Clone + 'static) -> Vec<EventListener> {
    let listen = |input: HtmlInputElement| {
        let chosen = chosen.clone();
        EventListener::new(&input.clone(), "change", move |_| chosen(films(&input)))
    };
    inputs("shellInputs").into_iter().map(listen).collect()
}

fn inputs(name: &str) -> Vec<HtmlInputElement> {
    let inputs: Array = of_window(name).dyn_into().unwrap_or_default();
    inputs.iter().map(JsCast::unchecked_into).collect()
}

fn of_window(name: &str) -> JsValue {
    Reflect::get(&window(), &name.into()).unwrap_or_default()
}

fn films(input: &HtmlInputElement) -> Vec<NamedFile> {
    let is_folder = Reflect::get(input, &"webkitdirectory".into()).is_ok_and(|folder| folder.is_truthy());
    if is_folder { chosen_folder(input) } else { chosen_files(input) }
}

/// What every browser shows of what is read here.
const SHOWN_BY_BROWSERS: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "image/bmp"];

/// An address under which the browser itself can show a film, if it knows the format; until [`forget`].
pub fn address_of(film: &NamedFile) -> Option<String> {
    let file = film.file.as_ref().ok().filter(|file| SHOWN_BY_BROWSERS.contains(&&*file.type_()))?;
    web_sys::Url::create_object_url_with_blob(file).ok()
}

/// Gives such an address up.
pub fn forget(address: &str) {
    let _ = web_sys::Url::revoke_object_url(address);
}
