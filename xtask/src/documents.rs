//! The documents: what they name exists (links, headings, paths of the repository, the functions in a file's row), and they
//! are short.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders whose files a document may name by a path from the repository's root.
const ROOMS: [&str; 10] =
    ["bench/", "crates/", "docs/", "fuzz/", "models/", "src/", "tests/", "training/", "www/", "xtask/"];

/// What a training run writes, and git ignores.
const WRITTEN_LATER: &str = "training/runs/";

/// All documents together may have so many words: nobody reads more.
const MOST_WORDS: usize = 24_000;

/// Says so if the documents' texts are too long together.
pub fn too_many_words<'a>(texts: impl Iterator<Item = &'a str>) -> Option<String> {
    let words: usize = texts.map(|text| text.split_whitespace().count()).sum();
    (words > MOST_WORDS).then(|| format!("the documents have {words} words, at most {MOST_WORDS} are allowed"))
}

/// What the document at `path` names and is not there, each with its line.
pub fn broken_references(root: &Path, path: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for (index, line) in outside_code_blocks(text) {
        let folder = root.join(path).parent().map(Path::to_owned).unwrap_or_default();
        let links = links(line).filter(|link| !link_leads_somewhere(&folder, &root.join(path), link));
        broken.extend(links.map(|link| format!("{path}:{index}: no such place: {link}")));
        let code: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        let files: Vec<&str> = code.iter().copied().filter(|code| is_path(code)).collect();
        let missing = files.iter().filter(|file| !root.join(file).exists());
        broken.extend(missing.map(|file| format!("{path}:{index}: no such file: {file}")));
        if line.starts_with('|') {
            let sources: String = files.iter().filter_map(|file| fs::read_to_string(root.join(file)).ok()).collect();
            let functions = code.iter().filter_map(|code| code.strip_suffix("()"));
            let missing = functions.filter(|name| !sources.is_empty() && !defines(&sources, name));
            broken.extend(missing.map(|name| format!("{path}:{index}: no such function in its row's files: {name}")));
        }
    }
    broken
}

/// The lines that are not code, numbered from 1.
fn outside_code_blocks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        (!fence && !in_code).then_some((index + 1, line))
    })
}

/// The targets of a line's links that lie in the repository.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

fn link_leads_somewhere(folder: &Path, this: &Path, link: &str) -> bool {
    let (file, heading) = link.split_once('#').map_or((link, None), |(file, heading)| (file, Some(heading)));
    let target: PathBuf = if file.is_empty() { this.to_owned() } else { folder.join(file) };
    let headings = || fs::read_to_string(&target).unwrap_or_default();
    target.exists() && heading.is_none_or(|heading| has_heading(&headings(), heading))
}

/// Whether a document has a heading of this anchor, as GitHub makes them: lower case, `-` for a space, no punctuation.
fn has_heading(text: &str, anchor: &str) -> bool {
    let anchor_of = |heading: &str| -> String {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
    };
    outside_code_blocks(text)
        .filter(|(_, line)| line.starts_with('#'))
        .any(|(_, line)| anchor_of(line.trim_start_matches('#').trim()) == anchor)
}

/// Whether a piece of code is a path from the root, whole and without a placeholder.
fn is_path(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    ROOMS.iter().any(|room| code.starts_with(room)) && code.chars().all(plain) && !code.starts_with(WRITTEN_LATER)
}

/// Whether a source defines a function: `fn name` in Rust, `function name` or `name(` at a line's start in JavaScript.
fn defines(source: &str, name: &str) -> bool {
    let name = name.rsplit("::").next().unwrap_or(name);
    let follows = |rest: &str| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(['(', '<']));
    ["fn ", "function "].iter().any(|word| source.split(word).skip(1).any(follows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        broken_references(&root, "docs/page.md", text)
    }

    #[test]
    fn what_exists_is_not_reported() {
        let text = "[here](../README.md), [there](../CONTRIBUTING.md#commits), `xtask/src/documents.rs`\n\
            | a row | `xtask/src/documents.rs` | `broken_references()` |\n\
            ```\n`src/in/a/block`\n```\n\
            [elsewhere](https://example.org/none), `training/runs/NAME`, `src/*.rs`";
        assert_eq!(broken(text), [""; 0]);
    }

    #[test]
    fn long_documents_are_reported() {
        let long = "word ".repeat(MOST_WORDS);
        assert_eq!(too_many_words([long.as_str()].into_iter()), None);
        assert!(
            too_many_words([long.as_str(), "more"].into_iter())
                .is_some_and(|report| report.contains(&(MOST_WORDS + 1).to_string()))
        );
    }

    #[test]
    fn what_does_not_exist_is_reported_with_its_line() {
        let text =
            "\n[gone](gone.md)\n[no heading](gate.md#gone)\n`src/gone.rs`\n| `xtask/src/documents.rs` | `gone()` |";
        let lines = broken(text).iter().map(|breach| breach.split(": ").next().map(str::to_owned)).collect::<Vec<_>>();
        let expected = [2, 3, 4, 5].map(|line| Some(format!("docs/page.md:{line}")));
        assert_eq!(lines, expected);
    }
}
