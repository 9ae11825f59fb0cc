//! Python for the training code: a virtual environment in the cache, with what `training/requirements.txt` pins.

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
/// If there is no Python with `venv`, or pip cannot install the requirements.
pub fn interpreter() -> Result<PathBuf> {
    let folder = paths::cache("python")?;
    let python = folder.join("bin").join("python");
    let requirements = paths::root().join("training").join("requirements.txt");
    let wanted = fs::read_to_string(&requirements).context("training/requirements.txt is missing")?;
    let stamp = folder.join("requirements.txt");
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    if !python.exists() {
        create(&folder)?;
    }
    announce("Installing the training requirements (PyTorch is large), about 3 minutes");
    process::run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(&requirements),
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
    result.context("the training tests need Python 3.11 or later with its venv module")
}
