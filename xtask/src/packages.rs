//! The packages of others that Cargo.lock names.

use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{paths, process};

/// A crate we depend on.
#[derive(Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence as an SPDX expression, if it states one.
    pub license: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// Every crate in Cargo.lock that is not our own.
///
/// # Errors
/// If Cargo.lock is missing or does not fit the manifests.
pub fn third_party() -> Result<Vec<Package>> {
    let arguments = ["metadata", "--locked", "--all-features", "--format-version", "1"];
    let json = process::capture(Command::new("cargo").current_dir(paths::root()).args(arguments))?;
    let metadata: Metadata = serde_json::from_str(&json).context("cargo metadata is not understood")?;
    Ok(metadata.packages.into_iter().filter(|package| package.source.is_some()).collect())
}
