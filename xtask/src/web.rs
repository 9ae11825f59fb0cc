//! The page: Trunk compiles and bundles it, and calls `cargo xtask finish` on what it has staged (see `Trunk.toml`).

use std::env;

use anyhow::Result;

use crate::{
    process::{self, announce},
    toolchain::Toolchain,
    tools,
};

/// Builds the page and its worker into `dist/`, setting up what that needs.
///
/// # Errors
/// If a tool is missing and cannot be installed, or the build fails.
pub fn build() -> Result<()> {
    let toolchain = Toolchain::ensure()?;
    let tools = [tools::wasm_bindgen()?, tools::wasm_opt()?, tools::trunk()?];
    announce("Building the page and its worker (the first time about 4 minutes)");
    let mut trunk = toolchain.command("trunk", &tools)?;
    // Trunk's hook reuses this program, which the wasm toolchain would otherwise compile once more.
    trunk.arg("build").env("LUNGFIELD_XTASK", env::current_exe()?);
    // Trunk 0.21 accepts no other values of NO_COLOR than true and false.
    if env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    process::run(&mut trunk)
}
