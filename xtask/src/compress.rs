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
    for (path, compressed) in compressed(files)? {
        let mut twin = path.into_os_string();
        twin.push(".br");
        fs::copy(compressed, twin)?;
    }
    Ok(())
}

/// The bytes of a file as the server sends it.
///
/// # Errors
/// As [`twins`].
pub fn sent(path: &Path) -> Result<u64> {
    let compressed = compressed(vec![path.to_owned()])?;
    Ok(fs::metadata(compressed.first().map_or(path, |(_, compressed)| compressed))?.len())
}

/// Those of the files that compression makes at least a twentieth smaller, each with where it is compressed.
fn compressed(files: Vec<PathBuf>) -> Result<Vec<(PathBuf, PathBuf)>> {
    let kept = paths::web_target().join("brotli");
    fs::create_dir_all(&kept)?;
    let mut all = Vec::new();
    for path in files {
        if path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known)) {
            let name: String = Sha256::digest(fs::read(&path)?).iter().map(|byte| format!("{byte:02x}")).collect();
            all.push((path, kept.join(name)));
        }
    }
    let mut new = all.iter().filter(|(_, compressed)| !compressed.exists()).peekable();
    if new.peek().is_some() {
        announce("Compressing what the browser downloads, half a minute when the wasm has changed");
        let mut brotli = Command::new("node");
        brotli.arg(paths::root().join("xtask/src/brotli.mjs"));
        brotli.args(new.flat_map(|(path, compressed)| [path, compressed]));
        process::run(&mut brotli).context("the deployed files are compressed by Node 20 or later")?;
    }
    let mut smaller = Vec::new();
    for (path, compressed) in all {
        if fs::metadata(&compressed)?.len() * 20 <= fs::metadata(&path)?.len() * 19 {
            smaller.push((path, compressed));
        }
    }
    Ok(smaller)
}
