//! Chromium and its driver, for the tests that need a real browser, and the browsers with other engines.

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

/// The programs that the tests and the bench know the browsers with other engines by, and the variables that name them. They
/// are installed on Debian; elsewhere those that are missing are left out.
///
/// # Errors
/// If apt fails.
pub fn others() -> Result<Vec<(&'static str, PathBuf)>> {
    let found = find_others();
    if found.len() == OTHERS || !debian::is_debian() {
        return Ok(found);
    }
    debian::install(&["firefox-esr", "libwebkit2gtk-4.1-0", "xauth", "xvfb"])?;
    Ok(find_others())
}

/// Firefox, WebKit, and the screen that this has where there is none.
const OTHERS: usize = 3;

fn find_others() -> Vec<(&'static str, PathBuf)> {
    let architecture = std::env::consts::ARCH;
    let webkit = PathBuf::from(format!("/usr/lib/{architecture}-linux-gnu/webkit2gtk-4.1/MiniBrowser"));
    let found = [
        ("FIREFOX", process::find(&["firefox", "firefox-esr"])),
        ("WEBKIT", webkit.is_file().then_some(webkit)),
        ("XVFB_RUN", process::find(&["xvfb-run"])),
    ];
    found.into_iter().filter_map(|(variable, program)| Some((variable, program?))).collect()
}
