use js_sys::{Array, Function, Promise, Reflect};
use lungfield_contract::listing::{is_hidden, visible_in_order};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, DataTransferItem, File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry,
    HtmlInputElement,
};

use super::{
    document,
    incoming::{chosen, list},
};
use crate::bridge::NamedFile;

/// What was dropped. A browser tells it while the event is heard and not afterwards.
pub(super) enum Dropped {
    /// Files.
    Files(Vec<NamedFile>),
    /// Files and folders, which take their time to be looked through.
    WithFolders(Items),
}

/// Files and folders in the order in which they were dropped.
pub(super) struct Items(Vec<Item>);

enum Item {
    File(File),
    Folder(FileSystemDirectoryEntry),
}

impl Dropped {
    pub fn of(data: Option<DataTransfer>) -> Self {
        let Some(data) = data else { return Self::Files(Vec::new()) };
        let items = data.items();
        let items: Vec<Item> =
            (0..items.length()).filter_map(|i| items.get(i)).filter_map(|item| Item::of(&item)).collect();
        if items.iter().any(|item| matches!(item, Item::Folder(_))) {
            return Self::WithFolders(Items(items));
        }
        Self::Files(list(data.files()).into_iter().map(NamedFile::from).collect())
    }
}

impl Item {
    fn of(item: &DataTransferItem) -> Option<Self> {
        if item.kind() != "file" {
            return None;
        }
        let tells = Reflect::has(item, &"webkitGetAsEntry".into()).unwrap_or(false);
        let entry = if tells { item.webkit_get_as_entry().ok().flatten() } else { None };
        match entry.filter(FileSystemEntry::is_directory) {
            Some(folder) => Some(Self::Folder(folder.unchecked_into())),
            None => item.get_as_file().ok().flatten().map(Self::File),
        }
    }
}

impl Items {
    /// All files, those of a folder in the order of their names and without hidden ones.
    pub async fn files(self) -> Vec<NamedFile> {
        let mut files = Vec::new();
        for item in self.0 {
            match item {
                Item::File(file) => files.push(file.into()),
                Item::Folder(folder) => {
                    let (mut below, name) = (Vec::new(), path(&folder));
                    gather(folder, &mut below).await;
                    if below.is_empty() {
                        below.push(NamedFile::empty_folder(name));
                    }
                    files.extend(of_the_user(below));
                }
            }
        }
        files
    }
}

/// The files in a folder and below. What the browser cannot open is named.
async fn gather(folder: FileSystemDirectoryEntry, files: &mut Vec<NamedFile>) {
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        let reader = folder.create_reader();
        loop {
            let read =
                |resolve: &Function, reject: &Function| reader.read_entries_with_callback_and_callback(resolve, reject);
            // A browser gives some at a time, at last none.
            let entries: Array = match later(read).await.map(JsCast::unchecked_into) {
                Ok(entries) => entries,
                Err(()) => {
                    files.push(NamedFile::unreadable(path(&folder)));
                    break;
                }
            };
            if entries.length() == 0 {
                break;
            }
            for entry in entries.iter().map(JsCast::unchecked_into::<FileSystemEntry>) {
                let name = path(&entry);
                if entry.is_directory() {
                    folders.push(entry.unchecked_into());
                } else if !is_hidden(below(&name)) {
                    files.push(file(entry.unchecked_into(), name).await);
                }
            }
        }
    }
}

async fn file(entry: FileSystemFileEntry, name: String) -> NamedFile {
    let opened = later(|resolve, reject| {
        entry.file_with_callback_and_callback(resolve, reject);
        Ok(())
    });
    match opened.await {
        Ok(file) => NamedFile { name, file: Ok(file.unchecked_into()) },
        Err(()) => NamedFile::unreadable(name),
    }
}

/// What a browser's older functions give, which take two callbacks.
async fn later(begin: impl FnOnce(&Function, &Function) -> Result<(), JsValue>) -> Result<JsValue, ()> {
    let mut begin = Some(begin);
    let promise = Promise::new(&mut |resolve, reject| {
        if begin.take().is_some_and(|begin| begin(&resolve, &reject).is_err()) {
            let _ = reject.call0(&JsValue::UNDEFINED);
        }
    });
    JsFuture::from(promise).await.map_err(|_| ())
}

fn path(entry: &FileSystemEntry) -> String {
    entry.full_path().trim_start_matches('/').to_owned()
}

/// A path without the folder that the user has given, which may be called as it likes.
fn below(path: &str) -> &str {
    path.split_once('/').map_or(path, |(_, below)| below)
}

/// The files of a folder that are the user's, in the order in which they are read.
fn of_the_user(files: Vec<NamedFile>) -> Vec<NamedFile> {
    visible_in_order(files, |file| below(&file.name))
}

/// Whether the browser has a dialogue that chooses folders.
pub fn can_choose_folders() -> bool {
    let input = document().create_element("input");
    input.is_ok_and(|input| Reflect::has(&input, &"webkitdirectory".into()).unwrap_or(false))
}

/// The files of the folder chosen in an input, which is emptied so that it can be chosen again.
pub fn chosen_folder(input: &HtmlInputElement) -> Vec<NamedFile> {
    let path = |file: &File| {
        let path = Reflect::get(file, &"webkitRelativePath".into()).ok().and_then(|path| path.as_string());
        path.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name())
    };
    let files = chosen(input).into_iter().map(|file| NamedFile { name: path(&file), file: Ok(file) });
    of_the_user(files.collect())
}
