//! Joins a compiled wasm file and the JavaScript that it imports: wasm-bindgen, as a library.
//!
//! The library and the page's `wasm-bindgen` are always of one version: both ask for the very same `wasm-bindgen-shared`,
//! of which Cargo.lock holds one.

use std::path::Path;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

/// Writes `NAME.js` and `NAME_bg.wasm` to `folder`, for a `target` that wasm-bindgen's command knows by that name: `web`,
/// which is a module, or `no-modules`, which a worker's `importScripts` takes.
///
/// # Errors
/// If the target is another, or `wasm` was not compiled with wasm-bindgen.
pub fn bind(wasm: &Path, target: &str, name: &str, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    match target {
        "web" => bindgen.web(true)?,
        "no-modules" => bindgen.no_modules(true)?,
        _ => bail!("no file of ours is for the target {target}"),
    };
    // As the command does it, which is what Trunk runs.
    bindgen.input_path(wasm).out_name(name).typescript(false).omit_default_module_path(false);
    bindgen.generate(folder).with_context(|| format!("wasm-bindgen failed on {}", wasm.display()))
}
