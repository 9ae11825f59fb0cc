//! Debian as a source of what cannot be downloaded elsewhere: its packages, by apt.

use std::{fs, io, process::Command};

use anyhow::{Context, Result};

use crate::{
    paths,
    process::{self, announce},
};

/// Whether this machine runs Debian.
pub fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").unwrap_or_default().lines().any(|line| line == "ID=debian")
}

/// Installs Debian packages, as root or through `sudo` without a password.
///
/// # Errors
/// If the machine has no such rights or apt fails; the message is the command to run by hand.
pub fn install(packages: &[&str]) -> Result<()> {
    // apt does not wait for another one that reads its lists.
    let one_at_a_time = fs::File::create(paths::cache("debian")?.join("lock"))?;
    one_at_a_time.lock()?;
    let by_hand = || format!("run `apt-get install {}` as root", packages.join(" "));
    announce(&format!("Installing {} with apt, a minute or two", packages.join(", ")));
    // A fresh image has no package lists; a stale one lists what is gone.
    privileged(&["apt-get", "update", "-qq"]).with_context(by_hand)?;
    let install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"];
    privileged(&[&install[..], packages].concat()).with_context(by_hand)
}

/// Runs a command as root, or through `sudo` without a password.
///
/// # Errors
/// If it fails, or the machine has no such rights.
pub fn privileged(words: &[&str]) -> Result<()> {
    let root = process::capture(Command::new("id").arg("-u"))? == "0";
    let words = if root { words.to_vec() } else { [&["sudo", "-n"], words].concat() };
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive");
    // What apt tells is progress.
    process::run(command.stdout(io::stderr()))
}
