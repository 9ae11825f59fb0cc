//! The borders of the code base, kept by a check and not by custom. ARCHITECTURE.md explains them.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{documents, paths, process, wasm::WASM};

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
    let checks: [(&str, Vec<Breach>); 12] = [
        ("the reader has no web dependency", reader_has_no_web()?),
        ("the reader has no clock, files or environment", reader_is_pure(&sources)),
        ("the page does not link the reader", page_has_no_reader()?),
        ("the command reads no ONNX unless asked to", command_has_no_onnx()?),
        ("only src/bridge posts messages", only_bridge_posts(&sources)),
        ("pixels never come from a canvas", no_canvas_pixels(&sources)),
        ("only the manifest knows normalisation and calibration", only_manifest_knows(&sources)?),
        ("the interface text lives in locale files", no_text_in_views(&sources)),
        ("nothing in the page is inline", nothing_inline(&sources)),
        ("a file holds one idea", no_long_files(&sources)),
        ("lock files name no download addresses", no_addresses(&sources)),
        ("documents name what exists, and are short", documents_hold(&sources)),
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

/// The lines of code that hold one of `words`.
fn mentions<'a>(sources: impl Iterator<Item = &'a Source>, words: &[&str]) -> Vec<Breach> {
    sources.flat_map(|source| source.breaches(|line| words.iter().any(|word| line.contains(word)))).collect()
}

fn reader_has_no_web() -> Result<Vec<Breach>> {
    // For a native target: on wasm, getrandom takes its bytes from the browser by wasm-bindgen.
    let web = |name: &str| ["wasm-bindgen", "js-sys", "web-sys", "yew"].contains(&name) || name.starts_with("gloo");
    let tree = dependencies(&["-p", "lungfield-reader", "--all-features"])?;
    Ok(tree.into_iter().filter(|name| web(name)).collect())
}

fn reader_is_pure(sources: &Sources) -> Vec<Breach> {
    let world = ["std::time", "std::fs", "std::env", "std::net", "std::process", "static mut"];
    mentions(sources.of(&["crates/reader/src/"], &[".rs"]), &world)
}

fn page_has_no_reader() -> Result<Vec<Breach>> {
    let tree = dependencies(&["-p", "lungfield", "--no-default-features", "--features", "page", "--target", WASM])?;
    Ok(tree.into_iter().filter(|name| name.starts_with("tract") || name == "lungfield-reader").collect())
}

fn command_has_no_onnx() -> Result<Vec<Breach>> {
    let tree = dependencies(&["-p", "lungfield-cli"])?;
    Ok(tree.into_iter().filter(|name| name.starts_with("tract") || name == "prost").collect())
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
    mentions(outside, &["post_message", "postMessage", "set_onmessage"])
}

/// Browsers colour-manage and randomise what a canvas gives back.
fn no_canvas_pixels(sources: &Sources) -> Vec<Breach> {
    mentions(sources.of(&["src/"], &[".rs"]), &["get_image_data", "getImageData", "to_blob", "to_data_url"])
}

/// The manifest's own numbers must not be in the code; those as common as 0.5 or 3.0 could be anything.
fn only_manifest_knows(sources: &Sources) -> Result<Vec<Breach>> {
    let manifest =
        fs::read_to_string(paths::root().join("models/manifest.json")).context("models/manifest.json is missing")?;
    let manifest: Value = serde_json::from_str(&manifest)?;
    let mut numbers = Vec::new();
    for part in ["input", "calibration", "thresholds", "heatmap"] {
        collect_numbers(&manifest[part], &mut numbers);
    }
    let digits = |number: &str| number.trim_end_matches('0').trim_matches(['0', '.']).len();
    numbers.retain(|number| digits(number) >= 2 && number.contains('.') && number.len() >= 4);
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    Ok(mentions(sources.of(&["src/", "crates/reader/src", "crates/cli/src"], &[".rs"]), &numbers))
}

fn collect_numbers(value: &Value, numbers: &mut Vec<String>) {
    match value {
        Value::Number(number) => numbers.push(number.to_string()),
        Value::Array(values) => values.iter().for_each(|value| collect_numbers(value, numbers)),
        Value::Object(fields) => fields.values().for_each(|value| collect_numbers(value, numbers)),
        _ => {}
    }
}

/// A view that shows a literal: `{"Text"}`, or an attribute that is heard or seen, as in `title="Text"`.
fn no_text_in_views(sources: &Sources) -> Vec<Breach> {
    let before = ["{", "alt=", "title=", "placeholder=", "aria-label=", "aria-description="];
    let is_text = |rest: &str| {
        let literal = rest.trim_start().strip_prefix('"').unwrap_or_default();
        // The product has one name in every language.
        literal.starts_with(char::is_alphabetic) && !literal.starts_with("Lungfield\"")
    };
    let shown = |line: &str| {
        before.iter().any(|before| line.match_indices(before).any(|(at, _)| is_text(&line[at + before.len()..])))
    };
    sources.of(&["src/ui/"], &[".rs"]).flat_map(|source| source.breaches(shown)).collect()
}

/// What the page's CSP would refuse.
fn nothing_inline(sources: &Sources) -> Vec<Breach> {
    mentions(sources.of(&["index.html", "src/"], &[".html", ".rs"]), &["<style", " style=", "<script>", " onclick=\""])
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

fn documents_hold(sources: &Sources) -> Vec<Breach> {
    let documents = || sources.of(&[""], &[".md"]);
    let broken = documents().flat_map(|source| documents::broken_references(paths::root(), &source.path, &source.text));
    broken.chain(documents::too_many_words(documents().map(|source| source.text.as_str()))).collect()
}
