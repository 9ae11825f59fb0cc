//! Coverage-guided damage: libFuzzer on every way into the reader.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{
    paths,
    process::{self, announce},
};

/// The targets of `crates/reader/tests/targets`, each with the folders of files that it begins with.
const TARGETS: [(&str, &[&str]); 6] = [
    ("dicom", &["tests/fixtures/dicom"]),
    ("picture", &["tests/fixtures/odd", "tests/fixtures/bad"]),
    ("archive", &["tests/fixtures/cases"]),
    ("directory", &["tests/fixtures/cases/disc", "tests/fixtures/cases/order", "tests/fixtures/cases/broken"]),
    ("manifest", &["models"]),
    ("network", &["models"]),
];

/// What the compiler puts in for libFuzzer: counters at every edge, and the operands of comparisons.
const COVERAGE: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=3",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];

/// The longest input. A longer file to begin with counts up to here: of a network that is all but its constants.
const LONGEST: u32 = 70_000;

/// How much of each target's corpus is kept in the repository, in bytes; the shortest inputs first.
const KEPT: usize = 64 << 10;

/// Damages files for `seconds` on every target, or on the one named `only`. With `keep`, what reached code that nothing else
/// reaches goes to `fuzz/corpus`, which the tests replay.
///
/// # Errors
/// If a target fails: it panicked, took more than 5 s for one input or more than 512 MB. The input is in
/// `target/fuzz/failed` then. Also if there is no C++ compiler, which libFuzzer needs, or no such target.
pub fn fuzz(only: Option<&str>, seconds: u32, keep: bool) -> Result<()> {
    let chosen: Vec<_> = TARGETS.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)).collect();
    ensure!(
        !chosen.is_empty(),
        "there is no target of that name; there are {}",
        TARGETS.map(|(name, _)| name).join(", ")
    );
    let program = build()?;
    let failed = folder("failed/")?;
    let mut failures = Vec::new();
    for (name, seeds) in chosen {
        announce(&format!("{name}, {seconds} s"));
        let (found, kept) = (folder(&format!("corpus/{name}"))?, unpack(name)?);
        let mut run = Command::new(&program);
        run.current_dir(paths::root()).env("LUNGFIELD_TARGET", name);
        run.args([format!("-max_total_time={seconds}"), format!("-artifact_prefix={}/", failed.display())]);
        run.args(["-timeout=5", "-rss_limit_mb=512", "-print_final_stats=1", "-print_funcs=0", "-verbosity=0"]);
        run.arg(format!("-max_len={LONGEST}"));
        run.arg(&found).arg(&kept).args(*seeds);
        if let Err(error) = process::run(&mut run) {
            eprintln!("{name}: {error:#}");
            failures.push(*name);
        } else if keep {
            keep_best(&program, name, [&kept, &found])?;
        }
    }
    ensure!(failures.is_empty(), "failed: {}. The inputs are in {}", failures.join(", "), failed.display());
    Ok(())
}

fn build() -> Result<PathBuf> {
    announce("Compiling the reader with coverage, about 10 minutes the first time");
    let target = paths::root().join("target").join("fuzz");
    let version = process::capture(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    // A target that is named keeps the flags away from build scripts and macros.
    let mut cargo = Command::new("cargo");
    cargo.current_dir(paths::root()).args(["build", "--release", "--target", host]);
    cargo.args(["--manifest-path", "fuzz/Cargo.toml"]);
    process::run(cargo.env("CARGO_TARGET_DIR", &target).env("RUSTFLAGS", COVERAGE.join(" ")))?;
    Ok(target.join(host).join("release").join("lungfield-fuzz"))
}

fn folder(name: &str) -> Result<PathBuf> {
    let folder = paths::root().join("target").join("fuzz").join(name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}

/// The inputs that are kept, one a line, in hexadecimal.
fn kept(target: &str) -> PathBuf {
    paths::root().join("fuzz").join("corpus").join(target).with_extension("hex")
}

/// Writes the kept inputs as files into a folder, as libFuzzer reads them.
fn unpack(target: &str) -> Result<PathBuf> {
    let folder = folder(&format!("kept/{target}"))?;
    for (nth, line) in fs::read_to_string(kept(target)).unwrap_or_default().lines().enumerate() {
        let digits = line.as_bytes().as_chunks::<2>().0;
        let bytes: Result<Vec<u8>, _> =
            digits.iter().map(|pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16)).collect();
        fs::write(folder.join(nth.to_string()), bytes.with_context(|| format!("line {} of {target}", nth + 1))?)?;
    }
    Ok(folder)
}

/// Keeps the fewest inputs that reach all that those in `folders` reach.
fn keep_best(program: &Path, name: &str, folders: [&Path; 2]) -> Result<()> {
    let best = folder(&format!("best/{name}"))?;
    fs::remove_dir_all(&best)?;
    fs::create_dir_all(&best)?;
    let mut merge = Command::new(program);
    merge.current_dir(paths::root()).env("LUNGFIELD_TARGET", name);
    process::run(merge.args(["-set_cover_merge=1", "-verbosity=0"]).arg(&best).args(folders))?;
    let mut inputs = Vec::new();
    for input in fs::read_dir(&best)? {
        inputs.push(fs::read(input?.path())?);
    }
    inputs.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    let mut room = KEPT;
    let mut lines = String::new();
    for input in inputs {
        let Some(left) = room.checked_sub(input.len()) else { break };
        room = left;
        lines.extend(input.iter().map(|byte| format!("{byte:02x}")));
        lines.push('\n');
    }
    fs::create_dir_all(paths::root().join("fuzz").join("corpus"))?;
    Ok(fs::write(kept(name), lines)?)
}
