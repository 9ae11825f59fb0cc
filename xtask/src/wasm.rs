//! The target that the page is compiled for.

use std::{fs, path::Path, process::Command};

use crate::process;

/// Its name.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Whether `rustc` has a standard library for it.
pub fn has_wasm(rustc: &Path) -> bool {
    let Ok(folder) = process::capture(Command::new(rustc).args(["--print", "target-libdir", "--target", WASM])) else {
        return false;
    };
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|file| file.file_name()).any(|name| name.to_string_lossy().starts_with("libstd"))
}
