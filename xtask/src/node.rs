//! The end-to-end tests: the built page in a real Chromium, which Node drives, and in browsers with other engines.

use std::{env, process::Command};

use anyhow::{Context, Result};

use crate::{
    browser::{self, Browser},
    paths,
    process::{self, announce},
};

/// Installs what `tests/e2e` locks and runs its tests.
///
/// They learn from the environment: `CHROMIUM` the browser, `FIREFOX`, `WEBKIT` and `XVFB_RUN` the others where they can be
/// had, `LUNGFIELD_XTASK` this program (to serve the page), and `LUNGFIELD_COMMAND` the command whose numbers the page's
/// must equal.
///
/// # Errors
/// If Node or Chromium is missing, or a test fails.
pub fn end_to_end() -> Result<()> {
    let browser = Browser::ensure()?;
    let folder = paths::root().join("tests").join("e2e");
    process::capture(Command::new("node").arg("--version")).context("the end-to-end tests need Node 20 or later")?;
    announce("Installing the end-to-end tests' packages, a few seconds");
    process::run(Command::new("npm").current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]))?;
    process::run(
        Command::new("node")
            .current_dir(&folder)
            .args(["--test", "--test-concurrency=1", "--test-timeout=300000"])
            .env("CHROMIUM", browser.chromium)
            .envs(browser::others(&[browser::FIREFOX, browser::WEBKIT, browser::XVFB])?)
            .env("LUNGFIELD_XTASK", env::current_exe()?)
            .env("LUNGFIELD_COMMAND", paths::root().join("target/debug/lungfield")),
    )
}
