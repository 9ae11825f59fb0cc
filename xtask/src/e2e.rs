//! The end-to-end tests: the built page in a real Chromium, which Node drives, and in browsers with other engines.

use std::{env, process::Command};

use anyhow::{Context, Result};

use crate::{
    browser::{self, Browser},
    paths,
    process::{self, announce},
};

/// Runs every test on the page in `dist/`, in every browser that can be had.
///
/// # Errors
/// If Node or Chromium is missing, or a test fails.
pub fn run() -> Result<()> {
    let others = browser::others(&[browser::FIREFOX, browser::WEBKIT, browser::XVFB])?;
    process::run(tests()?.envs(others))
}

/// Runs on the page of `cargo xtask serve` the test that reads films with and without a network.
///
/// # Errors
/// As [`run`].
pub fn preview() -> Result<()> {
    process::run(tests()?.arg("offline.test.js").env("LUNGFIELD_PREVIEW", "1"))
}

/// Node's test runner in `tests/e2e`, with what is locked there installed.
///
/// The tests learn from the environment: `CHROMIUM` the browser, `FIREFOX`, `WEBKIT` and `XVFB_RUN` the others where they can
/// be had, `LUNGFIELD_XTASK` this program (to serve the page), and `LUNGFIELD_COMMAND` the command whose numbers the page's
/// must equal.
///
/// # Errors
/// If Node or Chromium is missing, or npm cannot install the packages.
pub fn tests() -> Result<Command> {
    let browser = Browser::ensure()?;
    let folder = paths::root().join("tests").join("e2e");
    process::capture(Command::new("node").arg("--version")).context("the end-to-end tests need Node 20 or later")?;
    announce("Installing the end-to-end tests' packages, a few seconds");
    process::run(Command::new("npm").current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]))?;
    let mut node = Command::new("node");
    node.current_dir(&folder).args(["--test", "--test-concurrency=1", "--test-timeout=300000"]);
    node.env("CHROMIUM", browser.chromium).env("LUNGFIELD_XTASK", env::current_exe()?);
    node.env("LUNGFIELD_COMMAND", paths::root().join("target/debug/lungfield"));
    Ok(node)
}
