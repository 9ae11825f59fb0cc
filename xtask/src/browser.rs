//! Chromium and its driver, for the tests that need a real browser.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use serde_json::json;

use crate::{debian, paths, process};

/// What the tests start Chromium with: no window, no sandbox (containers run as root), nothing in the background.
pub const FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

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
        let capabilities = json!({ "goog:chromeOptions": { "binary": self.chromium, "args": FLAGS } });
        fs::create_dir_all(paths::web_target())?;
        fs::write(&file, capabilities.to_string())?;
        Ok(file)
    }
}
