//! Brotli twins (`app.js.br` beside `app.js`), as the server sends them, and what they weigh.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{finish::all_files, paths, process::announce};

/// Already compressed, or not worth it.
const EXTENSIONS: [&str; 8] = ["css", "html", "js", "json", "network", "svg", "wasm", "webmanifest"];

/// Writes a twin beside each compressible file in `folder` that it makes at least a twentieth smaller.
///
/// Compressing 15 MB of wasm at the best level takes a minute, so results are kept under `target/`, by content.
///
/// # Errors
/// If a file cannot be read or written.
pub fn twins(folder: &Path) -> Result<()> {
    announce("Compressing what the browser downloads, about a minute when the wasm has changed");
    let kept = paths::web_target().join("brotli");
    fs::create_dir_all(&kept)?;
    for path in all_files(folder)? {
        let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if !EXTENSIONS.contains(&extension.as_str()) {
            continue;
        }
        let content = fs::read(&path)?;
        let name: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        let known = kept.join(name);
        if !known.exists() {
            fs::write(&known, brotli(&content)?)?;
        }
        if fs::metadata(&known)?.len() * 20 <= content.len() as u64 * 19 {
            fs::copy(known, path.with_extension(format!("{extension}.br")))?;
        }
    }
    Ok(())
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    // The best quality, and the largest window every browser accepts.
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 1 << 16, 11, 24);
    writer.write_all(content).context("brotli failed")?;
    drop(writer);
    Ok(compressed)
}
