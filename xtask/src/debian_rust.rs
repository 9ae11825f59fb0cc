//! Debian's own Rust toolchain, for where rustup cannot download the wasm target.
//!
//! Debian packages a recent rustc for its web browsers (`rustc-web`), with the standard library's source but without
//! a compiled library for wasm; compiling that takes half a minute.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};

use crate::{
    debian, paths,
    process::{self, announce},
    wasm::{WASM, has_wasm},
};

const PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "lld-22"];
const LIBRARY_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/sysroot";
const LIBRARY: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";

/// What the toolchain folder links to. rustc looks for its linker as `rust-lld` on PATH.
const LINKS: [(&str, &str); 6] = [
    ("cargo", "/usr/bin/cargo"),
    ("rustc", "/usr/bin/rustc"),
    ("rustdoc", "/usr/bin/rustdoc"),
    ("cargo-clippy", "/usr/bin/cargo-clippy"),
    ("clippy-driver", "/usr/bin/clippy-driver"),
    ("rust-lld", "/usr/bin/lld-22"),
];

/// The folder of Debian's toolchain, if it has been set up for wasm and has not been upgraded since.
///
/// # Errors
/// If the cache folder cannot be used.
pub fn find() -> Result<Option<PathBuf>> {
    let folder = paths::cache("debian-rust")?;
    let stamp = fs::read_to_string(folder.join("version")).unwrap_or_default();
    let ready = !stamp.is_empty()
        && rustc_version().is_ok_and(|version| version == stamp)
        && has_wasm("/usr/bin/rustc".as_ref());
    Ok(ready.then(|| folder.join("bin")))
}

/// Installs Debian's toolchain and compiles its standard library for wasm.
///
/// # Errors
/// If apt, the compilation or the copy into `/usr/lib` fails.
pub fn install() -> Result<PathBuf> {
    debian::install(&PACKAGES)?;
    let folder = paths::cache("debian-rust")?;
    let bin = folder.join("bin");
    fs::create_dir_all(&bin)?;
    for (name, target) in LINKS {
        let link = bin.join(name);
        if link.symlink_metadata().is_ok() {
            fs::remove_file(&link)?;
        }
        std::os::unix::fs::symlink(target, link)?;
    }
    compile_library(&folder.join("library"), &bin)?;
    ensure!(has_wasm("/usr/bin/rustc".as_ref()), "Debian's rustc does not see the standard library compiled for wasm");
    fs::write(folder.join("version"), rustc_version()?)?;
    Ok(bin)
}

fn compile_library(target: &Path, bin: &Path) -> Result<()> {
    announce("Compiling Rust's standard library for wasm, half a minute");
    process::run(
        Command::new("/usr/bin/cargo")
            .current_dir(LIBRARY_SOURCE)
            .args(["build", "--release", "--target", WASM, "--features", "compiler-builtins-mem panic-unwind"])
            .env("CARGO_TARGET_DIR", target)
            .env("PATH", process::path_with([bin])?)
            .env("RUSTC", "/usr/bin/rustc")
            // As the compiler's own build does it: the library uses unstable features, and the page's link-time
            // optimisation wants bitcode, which cargo would leave out.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes")
            .env_remove("LD_LIBRARY_PATH"),
    )?;
    let compiled = target.join(WASM).join("release").join("deps");
    let libraries = fs::read_dir(&compiled)?.flatten().map(|file| file.path());
    let libraries: Vec<String> = libraries
        .filter(|file| file.extension().is_some_and(|it| it == "rlib"))
        .map(|file| file.to_string_lossy().into_owned())
        .collect();
    debian::privileged(&["rm", "-rf", LIBRARY])?;
    debian::privileged(&["mkdir", "-p", LIBRARY])?;
    let copy: Vec<&str> = ["cp"].into_iter().chain(libraries.iter().map(String::as_str)).chain([LIBRARY]).collect();
    debian::privileged(&copy)
}

fn rustc_version() -> Result<String> {
    process::capture(Command::new("/usr/bin/rustc").arg("--version"))
}
