//! `cargo xtask test`: every check and test in order, all of them even after a failure, and a summary.

use std::{
    path::Path,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{
    advisories::{self, Advisories},
    browser::Browser,
    debian, e2e, embed, invariants, licences, package, paths,
    process::{self, announce},
    python, sizes,
    toolchain::Toolchain,
    tools, trunk,
    wasm::WASM,
    web,
};

/// A step of the test run.
struct Step {
    /// What `--only` names it by.
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<Outcome>,
}

/// How a step went, if it did not fail.
enum Outcome {
    Passed,
    Skipped(String),
}

const STEPS: [Step; 17] = [
    Step { name: "format", what: "Rust is formatted", run: format },
    Step { name: "lint", what: "clippy, natively", run: lint },
    Step { name: "lint-web", what: "clippy, for wasm", run: lint_web },
    Step { name: "docs", what: "the documentation builds without a warning", run: docs },
    Step { name: "licences", what: "every dependency's licence is allowed", run: || passed(licences::check()) },
    Step { name: "advisories", what: "no dependency has a known vulnerability", run: advisories },
    Step { name: "invariants", what: "the borders of the code base hold", run: || passed(invariants::check()) },
    Step { name: "native", what: "unit, golden and command tests", run: native },
    Step { name: "training", what: "the training pipeline on a few films", run: training },
    Step { name: "exports", what: "what is exported, by the judgement of others", run: exports },
    Step { name: "wasm", what: "the golden tests in Chromium", run: wasm },
    Step { name: "page", what: "the page builds", run: || passed(web::build()) },
    Step {
        name: "sizes",
        what: "what a visitor downloads is within budget",
        run: || passed(sizes::report(&paths::dist())),
    },
    Step { name: "trunk", what: "Trunk builds the same page", run: || passed(trunk::compare()) },
    Step { name: "preview", what: "what `cargo xtask serve` shows reads films", run: preview },
    Step { name: "element", what: "the packed element in other people's builds", run: element },
    Step { name: "e2e", what: "the built page in browsers", run: end_to_end },
];

/// Runs all steps, or the one named `only`, and prints the summary, whose last line is `N passed, N failed`.
///
/// # Errors
/// If no step is named `only`.
pub fn run(only: Option<&str>) -> Result<ExitCode> {
    let steps: Vec<&Step> = STEPS.iter().filter(|step| only.is_none_or(|name| name == step.name)).collect();
    let names = || STEPS.map(|step| step.name).join(", ");
    ensure!(!steps.is_empty(), "there is no step of that name; there are {}", names());
    let mut results = Vec::new();
    for step in steps {
        println!("\n=== {}: {}", step.name, step.what);
        let start = Instant::now();
        let result = (step.run)();
        if let Err(error) = &result {
            println!("FAILED {}: {error:#}", step.name);
        }
        results.push((step.name, start.elapsed(), result));
    }
    Ok(summarise(&results))
}

fn summarise(results: &[(&str, Duration, Result<Outcome>)]) -> ExitCode {
    println!("\n=== summary");
    for (name, duration, result) in results {
        let verdict = match result {
            Ok(Outcome::Passed) => "passed".to_owned(),
            Ok(Outcome::Skipped(reason)) => format!("skipped: {reason}"),
            Err(error) => format!("FAILED: {error:#}"),
        };
        println!("{name:12} {:>5} s  {}", duration.as_secs(), verdict.lines().next().unwrap_or_default());
    }
    let failed = results.iter().filter(|(.., result)| result.is_err()).count();
    let passed = results.iter().filter(|(.., result)| matches!(result, Ok(Outcome::Passed))).count();
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn passed(result: Result<()>) -> Result<Outcome> {
    result.map(|()| Outcome::Passed)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(paths::root()).args(arguments);
    command
}

fn format() -> Result<Outcome> {
    passed(process::run(&mut cargo(&["fmt", "--all", "--check"])))
}

fn lint() -> Result<Outcome> {
    // With every feature, and the command as people build it.
    for packages in [["--workspace", "--all-features"], ["--package", "lungfield-cli"]] {
        let mut clippy = cargo(&["clippy", "--all-targets"]);
        process::run(clippy.args(packages).args(["--", "--deny", "warnings"]))?;
    }
    Ok(Outcome::Passed)
}

fn lint_web() -> Result<Outcome> {
    let mut clippy = Toolchain::ensure()?.command("cargo", &[])?;
    clippy.args([
        "clippy",
        "--target",
        WASM,
        "-p",
        "lungfield",
        "-p",
        "lungfield-reader",
        "-p",
        "lungfield-element",
        "--all-targets",
        // All but `onnx`, which is for the command.
        "--features",
        "lungfield/page,lungfield/worker",
    ]);
    passed(process::run(clippy.args(["--", "--deny", "warnings"])))
}

fn docs() -> Result<Outcome> {
    // One after the other: the command's program and the web app's library are both called lungfield.
    for packages in [["--workspace", "--exclude=lungfield-cli"].as_slice(), &["--package=lungfield-cli"]] {
        let mut doc = cargo(&["doc", "--no-deps", "--all-features", "--document-private-items"]);
        process::run(doc.args(packages).env("RUSTDOCFLAGS", "--deny warnings"))?;
    }
    Ok(Outcome::Passed)
}

fn advisories() -> Result<Outcome> {
    Ok(match advisories::check()? {
        Advisories::None => Outcome::Passed,
        Advisories::Unreachable(reason) => {
            Outcome::Skipped(format!("the advisory database cannot be reached ({reason})"))
        }
    })
}

fn native() -> Result<Outcome> {
    announce("Compiling and running the native tests (the first time about 6 minutes, most of it the ONNX reader)");
    process::run(&mut cargo(&["test", "--workspace", "--exclude=xtask", "--all-features"]))?;
    passed(process::run(&mut cargo(&["test", "--package=xtask", "--profile=xtask"])))
}

fn training() -> Result<Outcome> {
    let python = python::interpreter()?;
    let folder = paths::root().join("training");
    passed(process::run(Command::new(python).current_dir(folder).args([
        "-m",
        "unittest",
        "discover",
        "--start-directory",
        "tests",
        "--verbose",
    ])))
}

/// DICOM's validators are Debian's alone.
fn exports() -> Result<Outcome> {
    const PACKAGES: [&str; 6] = ["dicom3tools", "dcmtk", "qpdf", "poppler-utils", "orthanc", "orthanc-dicomweb"];
    let programs = ["dciodvfy", "dcentvfy", "dsrdump", "qpdf", "pdftotext", "Orthanc"];
    let lacks = programs.iter().any(|name| process::find(&[name]).is_none())
        || !Path::new("/usr/share/orthanc/plugins/libOrthancDicomWeb.so").exists();
    if lacks && !debian::is_debian() {
        return Ok(Outcome::Skipped(format!("{} are not installed", PACKAGES.join(", "))));
    }
    if lacks {
        debian::install(&PACKAGES)?;
    }
    let folder = paths::root().join("tests/exports");
    process::run(Command::new("npm").current_dir(folder).args(["ci", "--no-audit", "--no-fund"]))?;
    let python = python::judges()?;
    process::run(&mut cargo(&["build", "--workspace", "--exclude=xtask", "--all-features"]))?;
    let command = paths::root().join("target").join("debug").join("lungfield");
    let judge = paths::root().join("tests").join("exports").join("judge.py");
    passed(process::run(Command::new(python).arg(judge).arg(command).arg(paths::root())))
}

fn wasm() -> Result<Outcome> {
    let browser = Browser::ensure()?;
    let toolchain = Toolchain::ensure()?;
    announce("Compiling and running the golden tests for wasm (the first time about 3 minutes)");
    let mut test = toolchain.command("cargo", &[tools::wasm_bindgen()?])?;
    // The page's profile and the worker's features, so that the reader is compiled for wasm only once.
    test.args(["test", "--target", WASM, "--profile", "web", "-p", "lungfield", "-p", "lungfield-reader"]);
    test.args(["--features", "lungfield/worker", "--test", "golden"]);
    test.env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser.capabilities()?)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "600")
        .env_remove("NO_HEADLESS");
    passed(process::run(&mut test))
}

fn preview() -> Result<Outcome> {
    web::preview()?;
    passed(e2e::preview())
}

fn element() -> Result<Outcome> {
    let archive = package::package()?;
    build_command()?;
    passed(embed::run(&archive))
}

fn end_to_end() -> Result<Outcome> {
    ensure!(paths::dist().join("index.html").exists(), "there is no build: run `cargo xtask build`");
    build_command()?;
    passed(e2e::run())
}

/// The command that the browsers' numbers are compared with. Quick after the native tests.
fn build_command() -> Result<()> {
    process::run(&mut cargo(&["test", "--workspace", "--exclude=xtask", "--all-features", "--no-run"]))
        .context("the command could not be built")
}
