//! The compiler for the browser: the usual toolchain with its wasm target, or Debian's where rustup cannot download.

use std::{path::PathBuf, process::Command, time::Duration};

use anyhow::{Result, bail};

use crate::{
    debian, debian_rust, paths,
    process::{self, announce},
    wasm::{WASM, has_wasm},
};

/// How the wasm target is compiled on this machine.
pub struct Toolchain {
    /// A folder with `cargo`, `rustc` and `rust-lld` to go before PATH; none if PATH's own do.
    folder: Option<PathBuf>,
}

impl Toolchain {
    /// Finds a toolchain with the wasm target, or installs one.
    ///
    /// # Errors
    /// If there is none, rustup cannot add the target, and this is no Debian with administrator rights.
    pub fn ensure() -> Result<Self> {
        let usual = Self { folder: None };
        if has_wasm("rustc".as_ref()) {
            return Ok(usual);
        }
        if let Some(folder) = debian_rust::find()? {
            return Ok(Self { folder: Some(folder) });
        }
        announce("Adding the wasm target to the Rust toolchain (the page is compiled for it), under a minute");
        let added = process::run_within(Command::new("rustup").args(["target", "add", WASM]), Duration::from_secs(120));
        if has_wasm("rustc".as_ref()) {
            return Ok(usual);
        }
        if let Err(reason) = added {
            eprintln!("rustup could not add it: {reason:#}");
        }
        if !debian::is_debian() {
            bail!("the Rust toolchain has no wasm target: run `rustup target add {WASM}` where rustup can download");
        }
        Ok(Self { folder: Some(debian_rust::install()?) })
    }

    /// A program such as `cargo` that compiles for wasm: with this toolchain and `tools` before PATH, outputs in
    /// `target/web`.
    ///
    /// # Errors
    /// If a folder's name cannot be part of PATH.
    pub fn command(&self, program: &str, tools: &[PathBuf]) -> Result<Command> {
        let path = process::path_with(self.folder.iter().chain(tools).map(PathBuf::as_path))?;
        let mut command = Command::new(program);
        command.current_dir(paths::root()).env("PATH", path).env("CARGO_TARGET_DIR", paths::web_target());
        // Flags from outside would replace those of .cargo/config.toml, without which nothing compiles.
        command.env_remove("RUSTFLAGS");
        if self.folder.is_some() {
            // Cargo set these for the toolchain that runs this program.
            for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
                command.env_remove(variable);
            }
        }
        Ok(command)
    }
}
