//! The bench: Lungfield's worker beside other engines in one Chromium, and in Firefox, and the command beside a Python pipeline.

use std::{env, process::Command};

use anyhow::{Context, Result, ensure};

use crate::{
    bindgen,
    browser::{self, Browser},
    paths,
    process::{self, announce},
    python,
    toolchain::Toolchain,
    wasm::WASM,
};

/// Builds the command, installs the peers that `bench` locks, and measures. With `json` stdout is one JSON object.
///
/// Python is the training environment's. Where there is no Firefox, its place in the result is null.
///
/// # Errors
/// If there is no build, or Node or Chromium is missing, or the engines disagree.
pub fn run(json: bool, runs: usize) -> Result<()> {
    ensure!(paths::dist().join("index.html").is_file(), "there is no build: run `cargo xtask build`");
    let browser = Browser::ensure()?;
    let folder = paths::root().join("bench");
    process::capture(Command::new("node").arg("--version")).context("the bench needs Node 20 or later")?;
    announce("Building the command, and installing the engines to compare with");
    process::capture(Command::new("cargo").current_dir(paths::root()).args([
        "build",
        "--quiet",
        "--release",
        "--package=lungfield-cli",
        "--features=onnx",
    ]))?;
    build_rten()?;
    let python = python::interpreter()?;
    process::capture(
        Command::new(&python).arg(folder.join("peers/parts.py")).arg(paths::web_target().join("bench-parts")),
    )?;
    process::capture(Command::new("npm").current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]))?;
    let mut bench = Command::new("node");
    bench.current_dir(&folder).args(["bench.js", "--runs", &runs.to_string()]);
    if json {
        bench.arg("--json");
    }
    process::run(
        bench
            .env("CHROMIUM", browser.chromium)
            .envs(browser::others(&[browser::FIREFOX])?)
            .env("LUNGFIELD_PYTHON", python)
            .env("LUNGFIELD_XTASK", env::current_exe()?),
    )
}

/// rten has no package for browsers: its bindings are compiled.
fn build_rten() -> Result<()> {
    let target = ["--target", WASM, "--manifest-path", "bench/peers/rten/Cargo.toml"];
    process::capture(
        Toolchain::ensure()?.command("cargo", &[])?.args(["build", "--quiet", "--release", "--locked"]).args(target),
    )?;
    let compiled = paths::web_target().join(WASM).join("release").join("bench_rten.wasm");
    bindgen::bind(&compiled, "no-modules", "bench_rten", &paths::web_target().join("bench-rten"))
}
