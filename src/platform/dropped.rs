use js_sys::{Array, Function, Promise, Reflect};
use lungfield_contract::listing::visible_in_order;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, DataTransferItem, File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

use super::file_input::{below, files};
use crate::bridge::NamedFile;

/// What was dropped. A browser gives it while the event is handled and not afterwards.
pub(super) enum Dropped {
    /// Files.
    Files(Vec<NamedFile>),
    /// Files and folders, which take time to be listed.
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
        Self::Files(files(data.files()).into_iter().map(NamedFile::from).collect())
    }
}

impl Item {
    fn of(item: &DataTransferItem) -> Option<Self> {
        if item.kind() != "file" {
            return None;
        }
        let has_entries = Reflect::has(item, &"webkitGetAsEntry".into()).unwrap_or(false);
        let entry = if has_entries { item.webkit_get_as_entry().ok().flatten() } else { None };
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
                    let name = path(&folder);
                    let entries = visible_in_order(list(folder).await, |(path, _)| below(path));
                    if entries.is_empty() {
                        files.push(NamedFile::empty_folder(name));
                    }
                    for (name, entry) in entries {
                        files.push(open(name, entry).await);
                    }
                }
            }
        }
        files
    }
}

/// The paths of the files in a folder and below, each with its entry. A folder that cannot be listed is there without one.
async fn list(folder: FileSystemDirectoryEntry) -> Vec<(String, Option<FileSystemFileEntry>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        let reader = folder.create_reader();
        loop {
            let read =
                |resolve: &Function, reject: &Function| reader.read_entries_with_callback_and_callback(resolve, reject);
            // A browser gives some at a time, at last none.
            let entries: Array = match promised(read).await.map(JsCast::unchecked_into) {
                Ok(entries) => entries,
                Err(()) => {
                    files.push((path(&folder), None));
                    break;
                }
            };
            if entries.length() == 0 {
                break;
            }
            for entry in entries.iter().map(JsCast::unchecked_into::<FileSystemEntry>) {
                if entry.is_directory() {
                    folders.push(entry.unchecked_into());
                } else {
                    files.push((path(&entry), Some(entry.unchecked_into())));
                }
            }
        }
    }
    files
}

/// Opens a file. What the browser cannot open is named.
async fn open(name: String, entry: Option<FileSystemFileEntry>) -> NamedFile {
    let Some(entry) = entry else { return NamedFile::unreadable(name) };
    let opened = promised(|resolve, reject| {
        entry.file_with_callback_and_callback(resolve, reject);
        Ok(())
    });
    match opened.await {
        Ok(file) => NamedFile { name, file: Ok(file.unchecked_into()) },
        Err(()) => NamedFile::unreadable(name),
    }
}

/// What a browser's older functions give, which take two callbacks, as a promise.
async fn promised(begin: impl FnOnce(&Function, &Function) -> Result<(), JsValue>) -> Result<JsValue, ()> {
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
