//! The licences of everything we depend on: only those that ask for no more than attribution.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use spdx::{Expression, LicenseReq, ParseMode};

use crate::{packages, paths};

/// SPDX identifiers of what may be linked into a program under MIT OR Apache-2.0.
const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Checks every package in Cargo.lock and in the end-to-end tests' lock file.
///
/// # Errors
/// If one has no licence or one that is not allowed; the message lists them all.
pub fn check() -> Result<()> {
    let crates = packages::foreign()?.into_iter();
    let mut packages: Vec<_> = crates
        .map(|package| (format!("{} {}", package.name, package.version), package.license.unwrap_or_default()))
        .collect();
    packages.extend(npm_packages()?);
    let refused: Vec<String> = packages
        .iter()
        .filter(|(_, licence)| !allowed(licence))
        .map(|(name, licence)| format!("{name}: {}", if licence.is_empty() { "no licence" } else { licence }))
        .collect();
    if !refused.is_empty() {
        bail!("licences that are not allowed (see xtask/src/licences.rs):\n  {}", refused.join("\n  "));
    }
    println!("{} packages, every licence allowed", packages.len());
    Ok(())
}

fn npm_packages() -> Result<Vec<(String, String)>> {
    let lock = fs::read_to_string(paths::root().join("tests/e2e/package-lock.json"))
        .context("tests/e2e/package-lock.json is missing")?;
    let lock: Value = serde_json::from_str(&lock)?;
    let packages = lock["packages"].as_object().context("package-lock.json lists no packages")?;
    let foreign = packages.iter().filter(|(path, _)| !path.is_empty());
    Ok(foreign
        .map(|(path, package)| (path.clone(), package["license"].as_str().unwrap_or_default().to_owned()))
        .collect())
}

fn allowed(licence: &str) -> bool {
    // Older crates write `MIT/Apache-2.0`.
    Expression::parse_mode(licence, ParseMode::LAX).is_ok_and(|expression| expression.evaluate(listed))
}

fn listed(requirement: &LicenseReq) -> bool {
    // An exception only adds permissions.
    requirement.license.id().is_some_and(|id| ALLOWED.contains(&id.name))
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn one_allowed_alternative_is_enough_and_every_part_of_a_conjunction_is_needed() {
        for licence in [
            "MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
            "GPL-3.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
        ] {
            assert!(allowed(licence), "{licence}");
        }
        for licence in ["", "GPL-3.0-only", "MIT AND GPL-2.0-only", "Our own licence"] {
            assert!(!allowed(licence), "{licence}");
        }
    }
}
