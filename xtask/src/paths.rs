//! The places the automation works in.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The root of the clone.
pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The static files to deploy.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// What `cargo xtask serve` builds to look at.
pub fn preview() -> PathBuf {
    root().join("target").join("preview")
}

/// Build outputs of the wasm target, apart from the native ones so that neither rebuilds the other.
pub fn web_target() -> PathBuf {
    root().join("target").join("web")
}

/// The folder of the cache that holds `name`; outside the clone, so that every clone shares it.
///
/// `LUNGFIELD_CACHE` if set, else `lungfield` in the user's cache folder.
///
/// # Errors
/// If no cache folder is known or it cannot be created.
pub fn cache(name: &str) -> Result<PathBuf> {
    let set = |variable| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("LUNGFIELD_CACHE")
        .or_else(|| Some(set("XDG_CACHE_HOME")?.join("lungfield")))
        .or_else(|| Some(set("HOME")?.join(".cache").join("lungfield")))
        .or_else(|| Some(set("LOCALAPPDATA")?.join("lungfield")))
        .context("no cache folder is known: set LUNGFIELD_CACHE to a folder for the build tools")?;
    let folder = base.join(name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create the cache folder {}", folder.display()))?;
    Ok(folder)
}

/// Every file in `folder` and below.
///
/// # Errors
/// If a folder cannot be read.
pub fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.append(&mut all_files(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
