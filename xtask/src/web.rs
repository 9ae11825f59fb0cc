//! The page, in two builds: one to deploy, which takes what it takes, and one to look at, which is there soon.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
};

use anyhow::{Context, Result, anyhow, ensure};

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
/// its worker without relaxed SIMD stands in for the one with.
///
/// # Errors
/// If there is no toolchain for wasm, or the build fails.
pub fn preview() -> Result<PathBuf> {
    let toolchain = Toolchain::ensure()?;
    let index = Index::read()?;
    let programs = index.programs()?;
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
    fs::copy(folder.join("worker_bg.wasm"), folder.join(relaxed::NAME)).context("the page has no worker")?;
    index.stage(&folder)?;
    finish::finish(&folder)?;
    Ok(folder)
}

/// Builds the page to deploy into `dist/`.
///
/// # Errors
/// If a tool is missing and cannot be installed, or the build fails.
pub fn build() -> Result<()> {
    let tools = Tools::ensure()?;
    let index = Index::read()?;
    let programs = index.programs()?;
    announce("Compiling the page and its worker (the first time about 4 minutes)");
    let staged = emptied(paths::web_target().join("staged"))?;
    // Link-time optimisation keeps one core busy: the page and its worker are compiled side by side.
    thread::scope(|scope| {
        let make = |program| tools.make(program, &[], &staged);
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
    announce("Building the worker for browsers with relaxed SIMD (the first time about 2 minutes)");
    let programs = Index::read()?.programs()?;
    let worker = programs.iter().find(|program| program.bin == "worker").context("index.html names no worker")?;
    let apart = emptied(paths::web_target().join("relaxed"))?;
    Tools::ensure()?.make(worker, &["--config", relaxed::FLAGS], &apart)?;
    let script = |folder: &Path| fs::read(folder.join("worker.js")).context("worker.js is missing");
    ensure!(script(&apart)? == script(folder)?, "the worker with relaxed SIMD has another script than the one without");
    fs::rename(apart.join("worker_bg.wasm"), folder.join(relaxed::NAME))?;
    finish::finish(folder)?;
    compress::twins(folder)
}

/// What the deployed programs are made with.
struct Tools {
    toolchain: Toolchain,
    /// The folder that holds it.
    wasm_opt: PathBuf,
}

impl Tools {
    fn ensure() -> Result<Self> {
        Ok(Self { toolchain: Toolchain::ensure()?, wasm_opt: tools::wasm_opt()? })
    }

    /// Compiles a program as it is deployed, and writes its script and its wasm to `folder`.
    fn make(&self, program: &Program, options: &[&str], folder: &Path) -> Result<()> {
        let Program { bin, features, profile, target, wasm_opt, .. } = program;
        let mut cargo = self.toolchain.command("cargo", &[])?;
        cargo.args(["build", "--target", WASM, "--bin", bin, "--features", features, "--profile", profile]);
        process::run(cargo.args(options))?;
        bindgen::bind(&compiled(program, profile), target, bin, folder)?;
        let wasm = folder.join(format!("{bin}_bg.wasm"));
        let smaller = folder.join(format!("{bin}.smaller"));
        let mut optimise = self.toolchain.command("wasm-opt", std::slice::from_ref(&self.wasm_opt))?;
        process::run(optimise.arg(format!("-O{wasm_opt}")).arg("--output").arg(&smaller).arg(&wasm))?;
        fs::rename(smaller, wasm).context("wasm-opt wrote nothing")
    }
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
