//! Running other programs: what fails is named, what is slow is bounded.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

/// Announces a long step: what is done, why, and roughly how long it takes. On stderr: stdout is for what was asked for.
pub fn announce(what: &str) {
    eprintln!("==> {what}");
}

/// Runs a program with its output on the terminal.
///
/// # Errors
/// If it cannot be started or does not succeed; the message holds its command line.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    ensure!(status.success(), "`{}` failed ({status})", line(command));
    Ok(())
}

/// Runs a program with its output on the terminal, and ends it when it takes longer than `limit`.
///
/// # Errors
/// As [`run`], or if the time is up.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "`{}` failed ({status})", line(command));
            return Ok(());
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("`{}` took longer than {} s and was ended", line(command), limit.as_secs());
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Runs a program and returns what it prints.
///
/// # Errors
/// If it cannot be started or does not succeed; the message holds what it wrote to stderr.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = output(command)?;
    ensure!(
        output.status.success(),
        "`{}` failed ({}): {}",
        line(command),
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a program quietly and returns what it printed and how it ended.
///
/// # Errors
/// If it cannot be started.
pub fn output(command: &mut Command) -> Result<Output> {
    command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))
}

/// The first of `programs` that is on PATH.
pub fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    programs.iter().find_map(|program| {
        folders
            .iter()
            .map(|folder| folder.join(program).with_extension(env::consts::EXE_EXTENSION))
            .find(|file| file.is_file())
    })
}

/// PATH with `folders` before what is there.
///
/// # Errors
/// If a folder's name cannot be part of PATH.
pub fn path_with<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Result<OsString> {
    let present = env::var_os("PATH").unwrap_or_default();
    let folders = folders.into_iter().map(Path::to_owned).chain(env::split_paths(&present));
    env::join_paths(folders).context("a folder name holds the character that separates PATH")
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start `{}`: is it installed and on PATH?", command.get_program().to_string_lossy())
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
