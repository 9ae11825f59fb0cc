//! `index.html` as a list of what belongs to the page: its `<link data-trunk ... />`, as Trunk understands them
//! (<https://trunk-rs.github.io/trunk/assets/>).
//!
//! What they stand for is staged here as Trunk stages it, byte for byte, which a test step sees to: Trunk itself takes longer to
//! compile than the page.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::paths;

/// What starts the page's program, as in `Trunk.toml`; the finishing step writes the file.
const START: &str = "<script type=\"module\" src=\"./start.js\"></script>";

/// The text of `index.html`.
pub struct Index(String);

/// A program of the root package that is compiled for the browser.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The binary's name, and that of the files made of it.
    pub bin: String,
    /// The features of the root package that it is built with.
    pub features: String,
    /// The profile that it is deployed with.
    pub profile: String,
    /// What wasm-bindgen makes of it: `web` or `no-modules`.
    pub target: String,
    /// The level of `wasm-opt` that it is deployed with.
    pub wasm_opt: String,
    /// Whether the page starts it, and no script of `index.html`.
    pub is_worker: bool,
}

/// What a link stands for; places are relative to the repository.
enum Link<'a> {
    Style(&'a str),
    File(&'a str),
    Folder(&'a str),
    Program(Program),
}

impl Index {
    /// Reads the repository's.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read() -> Result<Self> {
        fs::read_to_string(paths::root().join("index.html")).map(Self).context("index.html is missing")
    }

    /// The programs that the page consists of: its own, and its workers'.
    ///
    /// # Errors
    /// If a link is not understood.
    pub fn programs(&self) -> Result<Vec<Program>> {
        let mut programs = Vec::new();
        self.replace(|link| {
            if let Link::Program(program) = link {
                programs.push(program);
            }
            Ok(String::new())
        })?;
        Ok(programs)
    }

    /// Copies the styles and files to `folder`, where the programs are already, and writes `index.html` with links to them.
    ///
    /// # Errors
    /// If a link is not understood, or a file cannot be copied.
    pub fn stage(&self, folder: &Path) -> Result<()> {
        let mut preload = String::new();
        let html = self.replace(|link| {
            match link {
                Link::Style(file) => {
                    return Ok(format!("<link rel=\"stylesheet\" href=\"./{}\"/>", copy(file, folder)?));
                }
                Link::File(file) => drop(copy(file, folder)?),
                Link::Folder(from) => copy_folder(from, folder)?,
                Link::Program(Program { is_worker: true, .. }) => {}
                Link::Program(Program { bin, .. }) => {
                    preload = format!(
                        "<link rel=\"modulepreload\" href=\"./{bin}.js\" crossorigin=\"anonymous\">\
                         <link rel=\"preload\" href=\"./{bin}_bg.wasm\" crossorigin=\"anonymous\" as=\"fetch\" \
                         type=\"application/wasm\">"
                    );
                    return Ok(START.to_owned());
                }
            }
            Ok(String::new())
        })?;
        let html = html.replace("</head>", &format!("{preload}</head>"));
        fs::write(folder.join("index.html"), html).context("cannot write index.html")
    }

    /// The text with something in the place of each link.
    fn replace(&self, mut with: impl FnMut(Link) -> Result<String>) -> Result<String> {
        const BEFORE: &str = "<link data-trunk ";
        let mut parts = self.0.split(BEFORE);
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (link, after) = part.split_once("/>").context("index.html: a link does not end in />")?;
            text.push_str(&with(Link::parse(link)?)?);
            text.push_str(after);
        }
        Ok(text)
    }
}

impl<'a> Link<'a> {
    fn parse(attributes: &'a str) -> Result<Self> {
        let find = |name: &str| {
            let (_, rest) = attributes.split_once(&format!("{name}=\""))?;
            rest.split_once('"').map(|(value, _)| value)
        };
        let get = |name: &str| find(name).with_context(|| format!("index.html: no {name} in `{}`", attributes.trim()));
        Ok(match get("rel")? {
            "css" => Self::Style(get("href")?),
            "copy-file" => Self::File(get("href")?),
            "copy-dir" => Self::Folder(get("href")?),
            "rust" => Self::Program(Program {
                bin: get("data-bin")?.to_owned(),
                features: get("data-cargo-features")?.to_owned(),
                profile: get("data-cargo-profile")?.to_owned(),
                target: get("data-bindgen-target")?.to_owned(),
                wasm_opt: get("data-wasm-opt")?.to_owned(),
                is_worker: find("data-type") == Some("worker"),
            }),
            other => bail!("index.html: what a link with rel=\"{other}\" stands for, only Trunk knows"),
        })
    }
}

/// Copies a file of the repository, and returns its name.
fn copy<'a>(file: &'a str, folder: &Path) -> Result<&'a str> {
    let name = file.rsplit('/').next().unwrap_or(file);
    fs::copy(paths::root().join(file), folder.join(name)).with_context(|| format!("index.html: {file} is missing"))?;
    Ok(name)
}

fn copy_folder(from: &str, folder: &Path) -> Result<()> {
    let from = paths::root().join(from);
    let to = folder.join(from.file_name().unwrap_or_default());
    for file in paths::all_files(&from).with_context(|| format!("index.html: {} is missing", from.display()))? {
        let target = to.join(file.strip_prefix(&from)?);
        fs::create_dir_all(target.parent().unwrap_or(&to))?;
        fs::copy(&file, target)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_its_workers_are_found_in_index_html() -> Result<()> {
        let programs = Index::read()?.programs()?;
        let mut targets = programs.iter().map(|program| (&*program.target, program.is_worker));
        assert_eq!(targets.next(), Some(("web", false)));
        assert!(targets.len() > 0 && targets.all(|target| target == ("no-modules", true)));
        Ok(())
    }

    #[test]
    fn a_link_that_only_trunk_knows_is_an_error_and_not_a_gap() {
        for link in ["rel=\"sass\" href=\"a.scss\" ", "rel=\"rust\" data-bin=\"app\" ", "rel=\"css\""] {
            assert!(Link::parse(link).is_err(), "{link}");
        }
    }
}
