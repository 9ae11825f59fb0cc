//! The end-to-end tests: the built page in a real Chromium, which Node drives, and in browsers with other engines.

use std::{env, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    browser::{self, Browser},
    paths,
    process::{self, announce},
};

/// Files that run with no other beside them: other browsers, which start slowly, and lines whose speed is what they are about.
const ALONE: [&str; 2] = ["other-browsers.test.js", "slow-line.test.js"];

/// Runs every test on the page in `dist/`, in every browser that can be had: two files at a time, as much of each is waiting.
///
/// # Errors
/// If Node or Chromium is missing, or a test fails.
pub fn run() -> Result<()> {
    let others = browser::others(&[browser::FIREFOX, browser::WEBKIT, browser::XVFB])?;
    let mut together = Vec::new();
    for entry in fs::read_dir(folder()).context("cannot list the end-to-end tests")? {
        let name = entry?.file_name().into_string().ok();
        together.extend(name.filter(|name| name.ends_with(".test.js") && !ALONE.contains(&name.as_str())));
    }
    together.sort();
    let together = process::run(tests(2)?.args(together).envs(others.clone()));
    // Also after a failure: all are to be told.
    process::run(runner(1)?.args(ALONE).envs(others)).and(together)
}

/// Runs on the page of `cargo xtask serve` the test that reads films with and without a network.
///
/// # Errors
/// As [`run`].
pub fn preview() -> Result<()> {
    process::run(tests(1)?.arg("offline.test.js").env("LUNGFIELD_PREVIEW", "1"))
}

fn folder() -> PathBuf {
    paths::root().join("tests").join("e2e")
}

/// Node's test runner in `tests/e2e`, with what is locked there installed. So many files run `at_once`.
///
/// The tests learn from the environment: `CHROMIUM` the browser, `FIREFOX`, `WEBKIT` and `XVFB_RUN` the others where they can
/// be had, `LUNGFIELD_XTASK` this program (to serve the page), and `LUNGFIELD_COMMAND` the command whose numbers the page's
/// must equal.
///
/// # Errors
/// If Node or Chromium is missing, or npm cannot install the packages.
pub fn tests(at_once: usize) -> Result<Command> {
    process::capture(Command::new("node").arg("--version")).context("the end-to-end tests need Node 20 or later")?;
    announce("Installing the end-to-end tests' packages, a few seconds");
    process::run(Command::new("npm").current_dir(folder()).args(["ci", "--no-audit", "--no-fund"]))?;
    runner(at_once)
}

fn runner(at_once: usize) -> Result<Command> {
    let browser = Browser::ensure()?;
    let mut node = Command::new("node");
    node.current_dir(folder()).args(["--test", "--test-timeout=300000"]).arg(format!("--test-concurrency={at_once}"));
    node.env("CHROMIUM", browser.chromium).env("LUNGFIELD_XTASK", env::current_exe()?);
    node.env("LUNGFIELD_COMMAND", paths::root().join("target/debug/lungfield"));
    Ok(node)
}
