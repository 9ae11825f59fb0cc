//! The licences of everything we depend on: only those that ask for no more than attribution.

use anyhow::{Result, bail};
use spdx::{Expression, LicenseReq, ParseMode};

use crate::packages::{self, Package};

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

/// Checks every crate in Cargo.lock.
///
/// # Errors
/// If one has no licence or one that is not allowed; the message lists them all.
pub fn check() -> Result<()> {
    let packages = packages::third_party()?;
    let mut refused = Vec::new();
    for Package { name, version, license, .. } in &packages {
        match license {
            Some(licence) if allowed(licence) => {}
            Some(licence) => refused.push(format!("{name} {version}: {licence}")),
            None => refused.push(format!("{name} {version}: none stated")),
        }
    }
    if !refused.is_empty() {
        bail!("licences that are not allowed (see xtask/src/licences.rs):\n  {}", refused.join("\n  "));
    }
    println!("{} crates, every licence allowed", packages.len());
    Ok(())
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
