//! The build tools: their versions, pinned here and nowhere else, and their installation into the cache.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    paths,
    process::{self, announce},
};

/// Bundles the page. 0.22 wants a newer rustc than the fallback toolchain has.
const TRUNK: &str = "0.21.14";
/// Makes the wasm of the element's worker.
const WASM_PACK: &str = "0.15.1";
/// Holds `wasm-opt`.
const BINARYEN: &str = "132.0.0";

/// The folder that holds `trunk`.
///
/// # Errors
/// If it is missing and cannot be installed.
pub fn trunk() -> Result<PathBuf> {
    // Without its downloader (TLS) it is there sooner, and it has nothing to download.
    cargo_tool("trunk", TRUNK, "bundles the page, about 2 minutes", &["--no-default-features"])
}

/// The folder that holds `wasm-pack`.
///
/// # Errors
/// If it is missing and cannot be installed.
pub fn wasm_pack() -> Result<PathBuf> {
    cargo_tool("wasm-pack", WASM_PACK, "makes the element's worker, about 2 minutes", &[])
}

/// The folder that holds `wasm-bindgen` and `wasm-bindgen-test-runner`, of the version that Cargo.lock has.
///
/// # Errors
/// If Cargo.lock has no `wasm-bindgen`, or the tool is missing and cannot be installed.
pub fn wasm_bindgen() -> Result<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    cargo_tool("wasm-bindgen-cli", &version, "joins wasm and JavaScript, about 2 minutes", &[])
}

/// The folder that holds `wasm-opt`.
///
/// # Errors
/// If it is missing and npm cannot install it.
pub fn wasm_opt() -> Result<PathBuf> {
    let folder = paths::cache(&format!("binaryen-{BINARYEN}"))?;
    let bin = folder.join("node_modules").join(".bin");
    if !bin.join("wasm-opt").exists() {
        announce(&format!("Installing binaryen {BINARYEN} (wasm-opt makes the wasm smaller), a few seconds"));
        process::run(
            Command::new("npm")
                .args(["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefix"])
                .arg(&folder)
                .arg(format!("binaryen@{BINARYEN}")),
        )
        .context("wasm-opt comes from npm: install Node 20 or later and let npm reach its registry")?;
    }
    Ok(bin)
}

/// Installs `package` from source once, under `NAME-VERSION` in the cache.
///
/// It is not optimised: that takes two thirds of the time, and these tools mostly start others.
fn cargo_tool(package: &str, version: &str, purpose: &str, arguments: &[&str]) -> Result<PathBuf> {
    let folder = paths::cache(&format!("{package}-{version}"))?;
    // Cargo writes this record only after an installation that succeeded.
    let record = fs::read_to_string(folder.join(".crates.toml")).unwrap_or_default();
    if record.contains(&format!("{package} {version} ")) {
        return Ok(folder.join("bin"));
    }
    announce(&format!("Installing {package} {version} from source ({purpose})"));
    let install = |lock: &[&str]| {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // From the cache: the clone's .cargo/config.toml is for the clone.
        command.current_dir(&folder).env_remove("RUSTFLAGS").args([
            "install",
            "--quiet",
            package,
            "--version",
            version,
        ]);
        command.args(arguments).args(lock).arg("--root").arg(&folder);
        for (key, value) in [("LTO", "off"), ("CODEGEN_UNITS", "16"), ("OPT_LEVEL", "0")] {
            command.env(format!("CARGO_PROFILE_RELEASE_{key}"), value);
        }
        process::run(&mut command)
    };
    // A mirror may lack a version that the tool's own lock file names.
    install(&["--locked"])
        .or_else(|_| {
            announce("Again, with the newest matching dependencies in place of the locked ones");
            install(&[])
        })
        .with_context(|| format!("{package} {version} could not be installed: let cargo reach its registry"))?;
    Ok(folder.join("bin"))
}

/// The version of `package` in Cargo.lock.
fn locked_version(package: &str) -> Result<String> {
    let lock = paths::root().join("Cargo.lock");
    let text = fs::read_to_string(&lock).context("cannot read Cargo.lock")?;
    version_in(&text, package).with_context(|| format!("Cargo.lock has no package {package}"))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    Some(lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn the_version_is_that_of_the_package_and_not_of_a_longer_name() {
        let lock =
            "[[package]]\nname = \"a-b\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"a\"\nversion = \"2.0.1\"\n";
        assert_eq!(version_in(lock, "a").as_deref(), Some("2.0.1"));
        assert_eq!(version_in(lock, "c"), None);
    }
}
