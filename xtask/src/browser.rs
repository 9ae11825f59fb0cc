//! Chromium and its driver, for the tests that need a real browser, and the browsers with other engines.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use serde_json::json;

use crate::{debian, paths, process};

/// What every test starts Chromium with: no window, no sandbox (containers run as root), nothing in the background.
const FLAGS: &str = include_str!("../../tests/chromium-flags.json");

/// An installed Chromium.
pub struct Browser {
    /// The browser.
    pub chromium: PathBuf,
    /// Its WebDriver.
    pub driver: PathBuf,
}

impl Browser {
    /// Finds Chromium or Chrome with its driver, or installs it on Debian.
    ///
    /// # Errors
    /// If there is none and this is no Debian with administrator rights.
    pub fn ensure() -> Result<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        if debian::is_debian() {
            debian::install(&["chromium", "chromium-driver"])?;
        }
        Self::find().context("no Chromium with chromedriver was found: install both and put them on PATH")
    }

    fn find() -> Option<Self> {
        let chromium = process::find(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])?;
        Some(Self { chromium, driver: process::find(&["chromedriver"])? })
    }

    /// Writes the WebDriver capabilities that wasm-bindgen's test runner reads.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn capabilities(&self) -> Result<PathBuf> {
        let file = paths::web_target().join("webdriver.json");
        let flags: Vec<String> = serde_json::from_str(FLAGS).context("tests/chromium-flags.json is no list")?;
        let capabilities = json!({ "goog:chromeOptions": { "binary": self.chromium, "args": flags } });
        fs::create_dir_all(paths::web_target())?;
        fs::write(&file, capabilities.to_string())?;
        Ok(file)
    }
}

/// A program of a browser with another engine.
pub struct Other {
    /// The variable by which the tests and the bench know it.
    variable: &'static str,
    packages: &'static [&'static str],
    find: fn() -> Option<PathBuf>,
}

/// Firefox.
pub const FIREFOX: Other =
    Other { variable: "FIREFOX", packages: &["firefox-esr"], find: || process::find(&["firefox", "firefox-esr"]) };

/// WebKit, which Safari is made of.
pub const WEBKIT: Other = Other {
    variable: "WEBKIT",
    packages: &["libwebkit2gtk-4.1-0"],
    find: || {
        let folder = PathBuf::from(format!("/usr/lib/{}-linux-gnu/webkit2gtk-4.1", std::env::consts::ARCH));
        Some(folder.join("MiniBrowser")).filter(|browser| browser.is_file())
    },
};

/// The screen that WebKit has where there is none.
pub const XVFB: Other =
    Other { variable: "XVFB_RUN", packages: &["xauth", "xvfb"], find: || process::find(&["xvfb-run"]) };

/// These programs by their variables. They are installed on Debian; elsewhere those that are missing are left out.
///
/// # Errors
/// If apt fails.
pub fn others(wanted: &[Other]) -> Result<Vec<(&'static str, PathBuf)>> {
    let missing = wanted.iter().filter(|other| (other.find)().is_none());
    let packages: Vec<&str> = missing.flat_map(|other| other.packages.iter().copied()).collect();
    if !packages.is_empty() && debian::is_debian() {
        debian::install(&packages)?;
    }
    Ok(wanted.iter().filter_map(|other| Some((other.variable, (other.find)()?))).collect())
}
