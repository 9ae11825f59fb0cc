//! Running the command, and the films and files that the tests read.

#![allow(dead_code, reason = "each test links what it needs")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use lungfield_reader::Reading;

/// What a run of the command left.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The command, not run yet.
pub fn command<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lungfield"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs the command to its end.
pub fn lungfield<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    let Output { status, stdout, stderr } = command(arguments).output().expect("the command starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Run { status: status.code().expect("no signal"), stdout: text(stdout), stderr: text(stderr) }
}

/// Runs `read --json` with the shipped model and parses what it prints.
pub fn readings(films: &[PathBuf]) -> (i32, Vec<Reading>) {
    read(films, &[])
}

/// Runs `read --json` with the model in `folder`.
pub fn readings_by(folder: &Path, films: &[PathBuf]) -> (i32, Vec<Reading>) {
    read(films, &[Path::new("--model"), folder])
}

fn read(films: &[PathBuf], options: &[&Path]) -> (i32, Vec<Reading>) {
    let arguments = [Path::new("read"), Path::new("--json")].into_iter().chain(options.iter().copied());
    let run = lungfield(arguments.chain(films.iter().map(PathBuf::as_path)));
    let parse = |line| serde_json::from_str(line).expect("a reading on each line");
    (run.status, run.stdout.lines().map(parse).collect())
}

/// A path in the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The sixteen demo films, in the order of their names.
pub fn demo_films() -> Vec<PathBuf> {
    let films = std::fs::read_dir(repository("www/films")).expect("the demo films");
    let mut films: Vec<_> = films.map(|entry| entry.expect("an entry").path()).filter(|film| is_film(film)).collect();
    films.sort();
    assert_eq!(films.len(), 16);
    films
}

fn is_film(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".jpeg") && (name.starts_with("NORMAL2-") || name.starts_with("person"))
}

/// Copies the demo films to `NORMAL/` and `PNEUMONIA/` below `folder`.
pub fn sort_demo_films(folder: &Path) {
    for film in demo_films() {
        let name = film.file_name().expect("a name");
        let class = if name.to_string_lossy().starts_with("NORMAL") { "NORMAL" } else { "PNEUMONIA" };
        std::fs::create_dir_all(folder.join(class)).expect("a folder");
        std::fs::copy(&film, folder.join(class).join(name)).expect("a copy");
    }
}
