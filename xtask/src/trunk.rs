//! `trunk build`, for people who have Trunk: it makes what `cargo xtask build` makes.

use std::{collections::BTreeMap, env, fs, path::Path};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::{
    paths,
    process::{self, announce},
    toolchain::Toolchain,
    tools,
};

/// Builds the page by Trunk, apart from `dist/`, and compares the two.
///
/// # Errors
/// If Trunk cannot be installed or its build fails, or a file differs; the message names the files.
pub fn compare() -> Result<()> {
    let mut ours = contents(&paths::dist()).context("there is no build: run `cargo xtask build`")?;
    ours.retain(|name, _| !name.starts_with("packages"));
    let tools = [tools::wasm_bindgen()?, tools::wasm_opt()?, tools::trunk()?];
    announce("Building the page by Trunk");
    let folder = paths::web_target().join("trunk");
    let mut trunk = Toolchain::ensure()?.command("trunk", &tools)?;
    // Trunk's hook reuses this program, which the wasm toolchain would otherwise compile once more.
    trunk.args(["build", "--dist"]).arg(&folder).env("LUNGFIELD_XTASK", env::current_exe()?);
    // Trunk 0.21 accepts no other values of NO_COLOR than true and false.
    if env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    process::run(&mut trunk)?;
    let theirs = contents(&folder)?;
    let names = ours.keys().chain(theirs.keys().filter(|name| !ours.contains_key(*name)));
    let different: Vec<&str> = names.filter(|&name| ours.get(name) != theirs.get(name)).map(String::as_str).collect();
    ensure!(different.is_empty(), "`trunk build` and `cargo xtask build` differ in {}", different.join(", "));
    println!("{} files, the same from both", ours.len());
    Ok(())
}

/// The SHA-256 of each file in `folder`, by its name relative to it.
fn contents(folder: &Path) -> Result<BTreeMap<String, [u8; 32]>> {
    let files = paths::all_files(folder)?;
    files
        .iter()
        .map(|file| Ok((file.strip_prefix(folder)?.display().to_string(), Sha256::digest(fs::read(file)?).into())))
        .collect()
}
