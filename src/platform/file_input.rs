use js_sys::{Reflect, Uint8Array};
use lungfield_contract::listing::visible_in_order;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, File, FileList, HtmlInputElement, SubmitEvent};

use super::document;
use crate::bridge::NamedFile;

/// The files chosen in an input, which is emptied so that the same film can be chosen again.
pub fn chosen_files(input: &HtmlInputElement) -> Vec<NamedFile> {
    taken(input).into_iter().map(NamedFile::from).collect()
}

/// The files of the folder chosen in an input, which is emptied so that it can be chosen again.
pub fn chosen_folder(input: &HtmlInputElement) -> Vec<NamedFile> {
    let path = |file: &File| {
        let path = Reflect::get(file, &"webkitRelativePath".into()).ok().and_then(|path| path.as_string());
        path.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name())
    };
    let files = taken(input).into_iter().map(|file| NamedFile { name: path(&file), file: Ok(file) });
    visible_in_order(files.collect(), |file| below(&file.name))
}

/// The input of this name in the form that is submitted.
pub fn input(event: &SubmitEvent, name: &str) -> Option<HtmlInputElement> {
    let form: Element = event.target()?.dyn_into().ok()?;
    form.query_selector(&format!("[name='{name}']")).ok()??.dyn_into().ok()
}

/// What was typed there.
pub fn typed(event: &SubmitEvent, name: &str) -> String {
    input(event, name).map(|input| input.value()).unwrap_or_default()
}

/// The one file chosen in an input, which is emptied.
pub fn chosen_file(input: &HtmlInputElement) -> Option<File> {
    taken(input).into_iter().next()
}

/// The bytes of the one file chosen in an input, which is emptied. `None` when nothing was chosen, or the browser could not open it.
pub async fn chosen_bytes(input: HtmlInputElement) -> Option<Vec<u8>> {
    let file = chosen_file(&input)?;
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&bytes).to_vec())
}

/// Whether the browser has a dialogue that chooses folders.
pub fn can_choose_folders() -> bool {
    let input = document().create_element("input");
    input.is_ok_and(|input| Reflect::has(&input, &"webkitdirectory".into()).unwrap_or(false))
}

/// The browser's list as a vector.
pub(super) fn files(list: Option<FileList>) -> Vec<File> {
    list.iter().flat_map(|list| (0..list.length()).filter_map(|i| list.get(i))).collect()
}

/// A path without the folder that the user has given, which may be called as it likes.
pub(super) fn below(path: &str) -> &str {
    path.split_once('/').map_or(path, |(_, below)| below)
}

fn taken(input: &HtmlInputElement) -> Vec<File> {
    let files = files(input.files());
    input.set_value("");
    files
}
