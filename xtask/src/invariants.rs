//! The borders of the code base, kept by a check and not by custom. ARCHITECTURE.md explains them.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{paths, process, toolchain::WASM};

/// Longer files hold more than one idea.
const MOST_LINES: usize = 500;

/// Something that breaks an invariant, and where.
type Breach = String;

/// Checks every invariant and prints what breaks them.
///
/// # Errors
/// If any is broken.
pub fn check() -> Result<()> {
    let sources = Sources::read()?;
    let checks: [(&str, Vec<Breach>); 8] = [
        ("the reader has no web dependency", reader_has_no_web()?),
        ("the page does not link the inference engine", page_has_no_engine()?),
        ("only src/bridge posts messages", only_bridge_posts(&sources)),
        ("only the manifest knows normalisation and calibration", only_manifest_knows(&sources)?),
        ("the interface text lives in locale files", no_text_in_views(&sources)),
        ("nothing in the page is inline", nothing_inline(&sources)),
        ("a file holds one idea", no_long_files(&sources)),
        ("lock files name no download addresses", no_addresses(&sources)),
    ];
    let mut broken = 0;
    for (invariant, breaches) in checks {
        println!("{} {invariant}", if breaches.is_empty() { "kept  " } else { "BROKEN" });
        for breach in &breaches {
            println!("         {breach}");
        }
        broken += usize::from(!breaches.is_empty());
    }
    if broken > 0 {
        bail!("{broken} broken invariant(s)");
    }
    Ok(())
}

/// The text files of the repository: tracked, or new and not ignored.
struct Sources(Vec<Source>);

struct Source {
    path: String,
    text: String,
}

impl Sources {
    fn read() -> Result<Self> {
        let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
        let files = process::capture(Command::new("git").current_dir(paths::root()).args(list))
            .context("the checks need git")?;
        let read = |path: &str| {
            Some(Source { path: path.to_owned(), text: fs::read_to_string(paths::root().join(path)).ok()? })
        };
        Ok(Self(files.lines().filter_map(read).collect()))
    }

    /// Files under one of `folders` whose name ends in one of `endings`.
    fn of(&self, folders: &[&str], endings: &[&str]) -> impl Iterator<Item = &Source> {
        self.0.iter().filter(move |source| {
            folders.iter().any(|folder| source.path.starts_with(folder))
                && endings.iter().any(|ending| source.path.ends_with(ending))
        })
    }
}

impl Source {
    /// The lines before the file's tests, numbered from 1, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = self.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
        code.enumerate().map(|(index, line)| (index + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn breaches(&self, is_breach: impl Fn(&str) -> bool) -> Vec<Breach> {
        let lines = self.code().filter(|(_, line)| is_breach(line));
        lines.map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim())).collect()
    }
}

fn reader_has_no_web() -> Result<Vec<Breach>> {
    // For a native target: on wasm, getrandom takes its bytes from the browser by wasm-bindgen.
    let web = |name: &str| ["wasm-bindgen", "js-sys", "web-sys", "yew"].contains(&name) || name.starts_with("gloo");
    let tree = dependencies(&["-p", "lungfield-reader", "--all-features"])?;
    Ok(tree.into_iter().filter(|name| web(name)).collect())
}

fn page_has_no_engine() -> Result<Vec<Breach>> {
    let tree = dependencies(&["-p", "lungfield", "--no-default-features", "--features", "page", "--target", WASM])?;
    Ok(tree.into_iter().filter(|name| name.starts_with("tract")).collect())
}

/// The names of the crates that `cargo tree` lists as linked.
fn dependencies(arguments: &[&str]) -> Result<Vec<String>> {
    let tree = ["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    let tree = process::capture(Command::new("cargo").current_dir(paths::root()).args(tree).args(arguments))?;
    let mut names: Vec<String> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

fn only_bridge_posts(sources: &Sources) -> Vec<Breach> {
    let outside = sources.of(&["src/"], &[".rs"]).filter(|source| !source.path.starts_with("src/bridge"));
    outside
        .flat_map(|source| {
            source.breaches(|line| {
                ["post_message", "postMessage", "set_onmessage"].iter().any(|word| line.contains(word))
            })
        })
        .collect()
}

/// The manifest's own numbers must not be in the code; those as common as 0.5 could be anything.
fn only_manifest_knows(sources: &Sources) -> Result<Vec<Breach>> {
    let manifest =
        fs::read_to_string(paths::root().join("models/manifest.json")).context("models/manifest.json is missing")?;
    let manifest: Value = serde_json::from_str(&manifest)?;
    let mut numbers = Vec::new();
    for part in ["input", "calibration", "thresholds", "heatmap"] {
        collect_numbers(&manifest[part], &mut numbers);
    }
    numbers.retain(|number| number.trim_start_matches(['0', '.']).len() >= 3 && number.contains('.'));
    let code = sources.of(&["src/", "crates/reader/src", "crates/cli/src"], &[".rs"]);
    Ok(code
        .flat_map(|source| source.breaches(|line| numbers.iter().any(|number| line.contains(number.as_str()))))
        .collect())
}

fn collect_numbers(value: &Value, numbers: &mut Vec<String>) {
    match value {
        Value::Number(number) => numbers.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| collect_numbers(value, numbers)),
        Value::Object(fields) => fields.values().for_each(|value| collect_numbers(value, numbers)),
        _ => {}
    }
}

/// A view that shows a literal: `{"Text"}`, or an attribute a reader hears or sees, as in `title="Text"`.
fn no_text_in_views(sources: &Sources) -> Vec<Breach> {
    let starts_text =
        |rest: &str| rest.trim_start().strip_prefix('"').is_some_and(|text| text.starts_with(char::is_alphabetic));
    let shown = |line: &str| {
        line.match_indices('{').any(|(at, _)| starts_text(&line[at + 1..]))
            || ["alt=", "title=", "placeholder=", "aria-label=", "aria-description="].iter().any(|attribute| {
                line.match_indices(attribute).any(|(at, _)| starts_text(&line[at + attribute.len()..]))
            })
    };
    sources.of(&["src/ui/"], &[".rs"]).flat_map(|source| source.breaches(shown)).collect()
}

/// What the page's CSP would refuse.
fn nothing_inline(sources: &Sources) -> Vec<Breach> {
    let inline = |line: &str| {
        line.contains("<style") || line.contains(" style=") || line.contains("<script>") || line.contains(" onclick=\"")
    };
    sources.of(&["index.html", "src/"], &[".html", ".rs"]).flat_map(|source| source.breaches(inline)).collect()
}

fn no_long_files(sources: &Sources) -> Vec<Breach> {
    let ours = sources.of(&[""], &[".rs", ".py", ".js", ".mjs", ".ts", ".css", ".html"]);
    let long = ours.map(|source| (source, source.text.lines().count())).filter(|(_, lines)| *lines > MOST_LINES);
    long.map(|(source, lines)| format!("{} has {lines} lines, at most {MOST_LINES} are allowed", source.path)).collect()
}

fn no_addresses(sources: &Sources) -> Vec<Breach> {
    let locks = sources.of(&[""], &["Cargo.lock", "package-lock.json", "requirements.txt"]);
    let crates_io = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    locks
        .flat_map(|source| {
            source.breaches(|line| line.contains("://") && line != crates_io && !line.contains("\"url\":"))
        })
        .collect()
}
