//! The worker's wasm once more, for browsers with relaxed SIMD: it multiplies and adds in one step, a fifth faster
//! (docs/performance.md). A module with such instructions is refused as a whole by a browser that does not know them.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::{
    paths,
    process::{self, announce},
    toolchain::{Toolchain, WASM},
    tools,
};

/// A module that multiplies and adds in one step, which a browser without relaxed SIMD calls invalid: its type section (no
/// parameter, a vector), its function, and its code: three times `i32.const 0` and `i32x4.splat`, `f32x4.relaxed_madd`.
pub const PROBE: [u8; 40] = [
    0, b'a', b's', b'm', 1, 0, 0, 0, // magic number, version
    1, 5, 1, 0x60, 0, 1, 0x7b, // types
    3, 2, 1, 0, // functions
    10, 19, 1, 17, 0, // code: one body without locals
    0x41, 0, 0xfd, 0x11, 0x41, 0, 0xfd, 0x11, 0x41, 0, 0xfd, 0x11, // three zeros
    0xfd, 0x85, 0x02, 0x0b, // relaxed_madd, end
];

/// Builds it, as `index.html` has Trunk build the other.
///
/// # Errors
/// If it cannot be built, or needs another script than `script`, the other's.
pub fn worker(script: &[u8]) -> Result<Vec<u8>> {
    announce("Building the worker for browsers with relaxed SIMD (the first time about 2 minutes)");
    let toolchain = Toolchain::ensure()?;
    let folder = paths::web_target().join("relaxed");
    fs::create_dir_all(&folder)?;
    let flags = format!("target.{WASM}.rustflags=['-C', 'target-feature=+relaxed-simd']");
    let arguments =
        ["--target", WASM, "--bin", "worker", "--features", "worker", "--profile", "web", "--config", &flags];
    process::run(toolchain.command("cargo", &[])?.arg("build").args(arguments))?;
    let built = paths::web_target().join(WASM).join("web/worker.wasm");
    let bindgen = ["--target", "no-modules", "--no-typescript", "--out-name", "worker", "--out-dir"];
    process::run(toolchain.command("wasm-bindgen", &[tools::wasm_bindgen()?])?.args(bindgen).arg(&folder).arg(built))?;
    ensure!(
        read(&folder.join("worker.js"))? == script,
        "the worker with relaxed SIMD has another script than the one without"
    );
    let (wasm, smaller) = (folder.join("worker_bg.wasm"), folder.join("smaller.wasm"));
    process::run(toolchain.command("wasm-opt", &[tools::wasm_opt()?])?.arg("-O1").arg("-o").arg(&smaller).arg(wasm))?;
    read(&smaller)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("{} is missing", file.display()))
}
