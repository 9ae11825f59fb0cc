//! Brotli twins (`app.js.br` beside `app.js`), as the server sends them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{
    paths,
    process::{self, announce},
};

/// Already compressed, or not worth it.
const EXTENSIONS: [&str; 9] = ["css", "html", "js", "json", "network", "onnx", "svg", "wasm", "webmanifest"];

/// Writes a twin beside each compressible file in `folder` that it makes at least a twentieth smaller.
///
/// Compressing 15 MB at the best level takes half a minute, so results are kept under `target/`, by content.
///
/// # Errors
/// If a file cannot be read or written, or there is no Node, whose brotli it is.
pub fn twins(folder: &Path) -> Result<()> {
    twins_of(paths::all_files(folder)?)
}

/// The same for these files.
///
/// # Errors
/// As [`twins`].
pub fn twins_of(files: Vec<PathBuf>) -> Result<()> {
    let kept = paths::web_target().join("brotli");
    fs::create_dir_all(&kept)?;
    let mut twins = Vec::new();
    for path in files {
        let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if EXTENSIONS.contains(&&*extension) {
            let name: String = Sha256::digest(fs::read(&path)?).iter().map(|byte| format!("{byte:02x}")).collect();
            let twin = path.with_extension(format!("{extension}.br"));
            twins.push((path, kept.join(name), twin));
        }
    }
    let mut new = twins.iter().filter(|(_, compressed, _)| !compressed.exists()).peekable();
    if new.peek().is_some() {
        announce("Compressing what the browser downloads, half a minute when the wasm has changed");
        let mut brotli = Command::new("node");
        brotli.arg(paths::root().join("xtask/src/brotli.mjs"));
        brotli.args(new.flat_map(|(path, compressed, _)| [path, compressed]));
        process::run(&mut brotli).context("the deployed files are compressed by Node 20 or later")?;
    }
    for (path, compressed, twin) in twins {
        if fs::metadata(&compressed)?.len() * 20 <= fs::metadata(path)?.len() * 19 {
            fs::copy(compressed, twin)?;
        }
    }
    Ok(())
}
