//! The page, in two builds: one to deploy, which takes what it takes, and one to look at, which is there soon.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use anyhow::{Context, Result, anyhow, ensure};
use sha2::{Digest, Sha256};

use crate::{
    bindgen, compress, finish,
    index::{Index, Program},
    paths,
    process::{self, announce},
    relaxed,
    toolchain::Toolchain,
    tools,
    wasm::WASM,
};

/// The profile of the build to look at.
const PREVIEW: &str = "preview";

/// Builds the page to look at into `target/preview/`, and returns that folder.
///
/// It is the deployed page in all that it does. It is compiled without link-time optimisation and is not made smaller, and
/// its worker without relaxed SIMD stands in for all but the one with tract, which takes longer to compile than all else.
///
/// # Errors
/// If there is no toolchain for wasm, or the build fails.
pub fn preview() -> Result<PathBuf> {
    let toolchain = Toolchain::ensure()?;
    let index = Index::read()?;
    let mut programs = index.programs()?;
    programs.retain(|program| !["first_worker", "tract"].contains(&&*program.bin));
    announce("Compiling the page and its worker (the first time about 2 minutes)");
    let mut cargo = toolchain.command("cargo", &[])?;
    cargo.args(["build", "--target", WASM, "--profile", PREVIEW, "--package", "lungfield"]);
    // Both at once, so that what both need is compiled once.
    for Program { bin, features, .. } in &programs {
        cargo.args(["--bin", bin, "--features", features]);
    }
    process::run(&mut cargo)?;
    let folder = emptied(paths::preview())?;
    for program in &programs {
        bindgen::bind(&compiled(program, PREVIEW), &program.target, &program.bin, &folder)?;
    }
    fs::copy(folder.join("worker_bg.wasm"), folder.join(relaxed::name("worker"))).context("the page has no worker")?;
    index.stage(&folder)?;
    finish::finish(&folder)?;
    Ok(folder)
}

/// Builds the page to deploy into `dist/`.
///
/// # Errors
/// If a tool is missing and cannot be installed, or the build fails.
pub fn build() -> Result<()> {
    Toolchain::ensure()?;
    tools::wasm_opt()?;
    let index = Index::read()?;
    let programs = index.programs()?;
    announce("Compiling the page and its worker (the first time about 4 minutes)");
    let staged = emptied(paths::web_target().join("staged"))?;
    // Link-time optimisation keeps one core busy: the page and its worker are compiled side by side.
    thread::scope(|scope| {
        let make = |program| make(program, &[], &staged);
        let making: Vec<_> = programs.iter().map(|program| scope.spawn(move || make(program))).collect();
        making.into_iter().try_for_each(|made| made.join().map_err(|_| anyhow!("a build panicked"))?)
    })?;
    index.stage(&staged)?;
    complete(&staged)?;
    if paths::dist().exists() {
        fs::remove_dir_all(paths::dist()).context("cannot empty dist/")?;
    }
    fs::rename(&staged, paths::dist()).context("cannot write dist/")
}

/// Makes what `index.html` lists, staged in `folder` by [`build`] or by Trunk, into what is deployed.
///
/// # Errors
/// If a file that should have been staged is missing, or the worker with relaxed SIMD cannot be built.
pub fn complete(folder: &Path) -> Result<()> {
    announce("Building the workers for browsers with relaxed SIMD (the first time about 3 minutes)");
    let programs = Index::read()?.programs()?;
    let apart = emptied(paths::web_target().join("relaxed"))?;
    for program in programs.iter().filter(|program| relaxed::PROGRAMS.contains(&&*program.bin)) {
        let bin = &program.bin;
        make(program, &["--config", relaxed::FLAGS], &apart)?;
        let name = format!("{bin}.js");
        let script = |folder: &Path| fs::read(folder.join(&name)).with_context(|| format!("{name} is missing"));
        ensure!(script(&apart)? == script(folder)?, "with relaxed SIMD {name} is another script than without");
        fs::rename(apart.join(format!("{bin}_bg.wasm")), folder.join(relaxed::name(bin)))?;
    }
    finish::finish(folder)?;
    compress::twins(folder)
}

/// Makes the program of this name as it is deployed: its script and its wasm.
///
/// # Errors
/// As [`build`], or if `index.html` names no such program.
pub fn program(bin: &str) -> Result<(String, Vec<u8>)> {
    let programs = Index::read()?.programs()?;
    let program = programs.iter().find(|program| program.bin == bin);
    let folder = emptied(paths::web_target().join("apart"))?;
    make(program.with_context(|| format!("index.html names no {bin}"))?, &[], &folder)?;
    let wasm = fs::read(folder.join(format!("{bin}_bg.wasm")))?;
    Ok((fs::read_to_string(folder.join(format!("{bin}.js")))?, wasm))
}

/// Compiles a program as it is deployed, and writes its script and its wasm to `folder`.
fn make(program: &Program, options: &[&str], folder: &Path) -> Result<()> {
    let Program { bin, features, profile, target, wasm_opt, .. } = program;
    let mut cargo = Toolchain::ensure()?.command("cargo", &[])?;
    cargo.args(["build", "--target", WASM, "--bin", bin, "--features", features, "--profile", profile]);
    process::run(cargo.args(options))?;
    bindgen::bind(&compiled(program, profile), target, bin, folder)?;
    optimise(&folder.join(format!("{bin}_bg.wasm")), wasm_opt)
}

/// Has `wasm-opt` make a file smaller or faster, at a level such as `1` or `z`; at `0` the file stays as it is. It takes up to a minute, so results are kept under
/// `target/`, by content.
///
/// # Errors
/// If `wasm-opt` cannot be installed, or fails.
pub fn optimise(wasm: &Path, level: &str) -> Result<()> {
    if level == "0" {
        return Ok(());
    }
    let kept = paths::web_target().join("optimised");
    fs::create_dir_all(&kept)?;
    let name: String = Sha256::digest(fs::read(wasm)?).iter().map(|byte| format!("{byte:02x}")).collect();
    let smaller = kept.join(format!("{name}-{level}.wasm"));
    if !smaller.exists() {
        let folder = tools::wasm_opt()?;
        let made = wasm.with_extension("smaller");
        let mut optimise = Toolchain::ensure()?.command("wasm-opt", &[folder])?;
        process::run(optimise.arg(format!("-O{level}")).arg("--output").arg(&made).arg(wasm))?;
        fs::rename(made, &smaller).context("wasm-opt wrote nothing")?;
    }
    fs::copy(smaller, wasm).map(drop).context("wasm-opt wrote nothing")
}

fn compiled(program: &Program, profile: &str) -> PathBuf {
    paths::web_target().join(WASM).join(profile).join(&program.bin).with_extension("wasm")
}

fn emptied(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}
