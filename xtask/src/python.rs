//! Python for the training code, for what judges exports and for engines: virtual environments in the cache, with what their
//! `requirements.txt` pin.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    debian, paths,
    process::{self, announce},
};

/// The interpreter of the training environment.
///
/// # Errors
/// As [`environment`].
pub fn interpreter() -> Result<PathBuf> {
    environment("python", "training/requirements.txt", "the training requirements (PyTorch is large), about 3 minutes")
}

/// The interpreter with the libraries that judge what is exported.
///
/// # Errors
/// As [`environment`].
pub fn judges() -> Result<PathBuf> {
    environment("judges", "tests/exports/requirements.txt", "what reads DICOM reports and FHIR, about a minute")
}

/// The interpreter with the engines that read archives, and what makes the wheel.
///
/// # Errors
/// As [`environment`].
pub fn engines() -> Result<PathBuf> {
    environment("engines", "tests/engines/requirements.txt", "Ray and Spark (1 GB), about 2 minutes")
}

/// The interpreter of an environment in the cache with what a file of the repository requires.
///
/// # Errors
/// If there is no Python with `venv`, or pip cannot install the requirements.
fn environment(name: &str, requirements: &str, what: &str) -> Result<PathBuf> {
    let folder = paths::cache(name)?;
    let python = folder.join("bin").join("python");
    let path = paths::root().join(requirements);
    let wanted = fs::read_to_string(&path).with_context(|| format!("{requirements} is missing"))?;
    let stamp = folder.join("requirements.txt");
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    if !python.exists() {
        create(&folder)?;
    }
    announce(&format!("Installing {what}"));
    process::run(
        Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&path),
    )?;
    fs::write(stamp, wanted)?;
    Ok(python)
}

fn create(folder: &Path) -> Result<()> {
    let has_venv = process::output(Command::new("python3").args(["-c", "import ensurepip, venv"]))?.status.success();
    if !has_venv && debian::is_debian() {
        debian::install(&["python3-venv"])?;
    }
    let result = process::run(Command::new("python3").args(["-m", "venv"]).arg(folder));
    result.context("the tests need Python 3.11 or later with its venv module")
}
