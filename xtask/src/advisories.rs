//! Known vulnerabilities in the crates of Cargo.lock, asked of OSV, which holds RustSec's database.
//!
//! The database cannot be checked offline, so without a network the step says that it was skipped.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::packages::{self, Package};

const SERVICE: &str = "https://api.osv.dev/v1";

/// What came of the check.
pub enum Advisories {
    /// No known vulnerability.
    None,
    /// The service could not be asked, and why.
    Unreachable(String),
}

/// Asks about every crate. Notices that a crate is unmaintained are printed; they are no vulnerability.
///
/// # Errors
/// If a crate has a known vulnerability.
pub fn check() -> Result<Advisories> {
    let crates = packages::third_party()?;
    let queries: Vec<Value> = crates
        .iter()
        .map(|package| json!({ "package": { "name": package.name, "ecosystem": "crates.io" }, "version": package.version }))
        .collect();
    let answer = match ask("querybatch", Some(&json!({ "queries": queries }))) {
        Ok(answer) => answer,
        Err(error) => return Ok(Advisories::Unreachable(format!("{error:#}"))),
    };
    let mut vulnerable = Vec::new();
    let results = answer["results"].as_array().context("OSV answered without results")?;
    for (Package { name, version, .. }, result) in crates.iter().zip(results) {
        let ids = result["vulns"].as_array().into_iter().flatten().filter_map(|advisory| advisory["id"].as_str());
        // OSV lists GitHub's copies of the same advisories too.
        for id in ids.filter(|id| id.starts_with("RUSTSEC-")) {
            let advisory = ask(&format!("vulns/{id}"), None)?;
            let line = format!("{name} {version}: {id} {}", advisory["summary"].as_str().unwrap_or_default());
            if is_notice(&advisory, name) {
                println!("notice: {line}");
            } else {
                vulnerable.push(line);
            }
        }
    }
    if !vulnerable.is_empty() {
        bail!("known vulnerabilities; `cargo update` may help:\n  {}", vulnerable.join("\n  "));
    }
    println!("{} crates, no known vulnerability", crates.len());
    Ok(Advisories::None)
}

/// Whether RustSec marks the advisory as informational (unmaintained, unsound) for `package`.
fn is_notice(advisory: &Value, package: &str) -> bool {
    let affected = advisory["affected"].as_array().into_iter().flatten();
    let mut ours = affected.filter(|entry| entry["package"]["name"] == package);
    ours.any(|entry| entry["database_specific"]["informational"].is_string())
}

fn ask(path: &str, body: Option<&Value>) -> Result<Value> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail", "--max-time", "30", &format!("{SERVICE}/{path}")]);
    if body.is_some() {
        curl.args(["--json", "@-"]);
    }
    let mut child = curl
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("curl is not installed")?;
    let mut input = child.stdin.take().context("curl has no input")?;
    input.write_all(body.map(Value::to_string).unwrap_or_default().as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("OSV answered something other than JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_one_about_the_package_itself() {
        let advisory = json!({ "affected": [
            { "package": { "name": "old" }, "database_specific": { "informational": "unmaintained" } },
            { "package": { "name": "holed" }, "database_specific": { "informational": null } },
        ] });
        assert!(is_notice(&advisory, "old"));
        assert!(!is_notice(&advisory, "holed"));
        assert!(!is_notice(&advisory, "other"));
    }
}
