//! The packed element, by the judgement of others and in other people's builds.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    browser, debian, e2e, package, paths,
    process::{self, announce},
};

/// Judges the archive that `cargo xtask package` made, and runs it in real browsers.
///
/// # Errors
/// If a judge finds fault, a build or a test fails.
pub fn run(archive: &Path) -> Result<()> {
    let source = paths::root().join("packages/reader");
    let judge = |arguments: &[&str], given: &Path| {
        process::run(Command::new("npx").current_dir(&source).arg("--no-install").args(arguments).arg(given))
    };
    judge(&["publint", "run", "--strict"], &package::unpacked()).context("publint finds fault with the package")?;
    judge(&["attw", "--profile", "esm-only", "--no-emoji"], archive)
        .context("the package's types are wrong for some")?;
    let folder = paths::root().join("tests/embed");
    announce("Installing other people's builds, a minute");
    let ci = ["ci", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error"];
    process::run(Command::new("npm").current_dir(&folder).args(ci))?;
    let mut node = e2e::tests(1)?;
    node.current_dir(folder).env("LUNGFIELD_PACKAGE", archive);
    if let Some((archive, plugin)) = orthanc()? {
        node.env("OHIF", ohif()?).env("LUNGFIELD_PANEL", package::panel()).env("ORTHANC", archive);
        node.env("ORTHANC_DICOMWEB", plugin);
    }
    node.envs(browser::others(&[browser::FIREFOX, browser::WEBKIT, browser::XVFB])?);
    process::run(&mut node)
}

/// The viewer as npm has it built, in the cache.
fn ohif() -> Result<PathBuf> {
    const VERSION: &str = "3.13.2";
    const INTEGRITY: &str =
        "sha512-WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==";
    let folder = paths::cache(&format!("ohif-{VERSION}"))?;
    let built = folder.join("package").join("dist");
    if !built.join("index.html").exists() {
        announce(&format!("Downloading OHIF {VERSION} (the viewer that the panel is tested in), 50 MB"));
        let mut npm = Command::new("npm");
        npm.current_dir(&folder).args(["pack", "--json", "--loglevel=error", &format!("@ohif/app@{VERSION}")]);
        let packed: Value = serde_json::from_str(&process::capture(&mut npm)?).context("npm pack said no JSON")?;
        ensure!(packed[0]["integrity"] == INTEGRITY, "npm has another OHIF {VERSION} than the one that is known");
        let archive = packed[0]["filename"].as_str().context("npm pack named no file")?;
        process::run(Command::new("tar").current_dir(&folder).args(["-xzf", archive]))?;
    }
    Ok(built)
}

/// Debian's archive and its plugin for DICOMweb; none where they cannot be had.
fn orthanc() -> Result<Option<(PathBuf, PathBuf)>> {
    let plugin = PathBuf::from("/usr/share/orthanc/plugins/libOrthancDicomWeb.so");
    let find = || process::find(&["Orthanc"]).filter(|_| plugin.exists());
    if find().is_none() && debian::is_debian() {
        debian::install(&["orthanc", "orthanc-dicomweb"])?;
    }
    Ok(find().map(|orthanc| (orthanc, plugin.clone())))
}
