//! `cargo xtask test`: every check and test in order, all of them even after a failure, and a summary.

use std::{
    env, fs,
    fs::File,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

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
    lane: Lane,
    run: fn() -> Result<Outcome>,
}

/// What goes on beside a step. A linker and a download leave most of a machine idle, and the two that compile share nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// What is compiled for this machine, and its tests.
    Native,
    /// What is compiled for the browser.
    Web,
    /// The browsers' tests come after both, and have the machine to themselves.
    Alone,
}

/// How a step went, if it did not fail.
enum Outcome {
    Passed,
    Skipped(String),
}

const STEPS: [Step; 19] = [
    Step { name: "format", what: "Rust is formatted", lane: Lane::Native, run: format },
    Step { name: "lint", what: "clippy, natively", lane: Lane::Native, run: lint },
    Step { name: "lint-web", what: "clippy, for wasm", lane: Lane::Web, run: lint_web },
    Step { name: "docs", what: "the documentation builds without a warning", lane: Lane::Native, run: docs },
    Step {
        name: "licences",
        what: "every dependency's licence is allowed",
        lane: Lane::Native,
        run: || passed(licences::check()),
    },
    Step { name: "advisories", what: "no dependency has a known vulnerability", lane: Lane::Native, run: advisories },
    Step {
        name: "invariants",
        what: "the borders of the code base hold",
        lane: Lane::Native,
        run: || passed(invariants::check()),
    },
    Step { name: "native", what: "unit, golden and command tests", lane: Lane::Native, run: native },
    Step { name: "training", what: "the training pipeline on a few films", lane: Lane::Native, run: training },
    Step { name: "exports", what: "what is exported, by the judgement of others", lane: Lane::Native, run: exports },
    Step { name: "engines", what: "the Python wheel, with real Ray and real Spark", lane: Lane::Native, run: engines },
    Step { name: "wasm", what: "the golden tests and the exported bytes in Chromium", lane: Lane::Web, run: wasm },
    Step { name: "page", what: "the page builds", lane: Lane::Web, run: || passed(web::build()) },
    Step {
        name: "sizes",
        what: "what a visitor downloads is within budget",
        lane: Lane::Web,
        run: || passed(sizes::report(&paths::dist())),
    },
    Step { name: "trunk", what: "Trunk builds the same page", lane: Lane::Web, run: || passed(trunk::compare()) },
    Step { name: "preview", what: "what `cargo xtask serve` shows reads films", lane: Lane::Web, run: preview },
    Step {
        name: "package",
        what: "the element is packed",
        lane: Lane::Web,
        run: || passed(package::package().map(drop)),
    },
    Step { name: "element", what: "the packed element in other people's builds", lane: Lane::Alone, run: element },
    Step { name: "e2e", what: "the built page in browsers", lane: Lane::Alone, run: end_to_end },
];

/// A step that has ended: how long it took, and how it went.
type Ended = (&'static str, Duration, Result<Outcome>);

/// Runs all steps, or the one named `only`, and prints the summary, whose last line is `N passed, N failed`.
///
/// # Errors
/// If no step is named `only`.
pub fn run(only: Option<&str>) -> Result<ExitCode> {
    let ended = match only {
        None => all(),
        Some(only) => {
            let step = STEPS.iter().find(|step| step.name == only);
            let names = || STEPS.map(|step| step.name).join(", ");
            vec![here(step.with_context(|| format!("there is no step of that name; there are {}", names()))?)]
        }
    };
    Ok(summarise(&ended))
}

fn all() -> Vec<Ended> {
    let steps = |lane| STEPS.iter().filter(move |step| step.lane == lane);
    let mut ended = thread::scope(|scope| {
        let web = scope.spawn(move || steps(Lane::Web).map(apart).collect::<Vec<_>>());
        let mut ended: Vec<_> = steps(Lane::Native).map(here).collect();
        println!("\n=== waiting for what is compiled for the browser");
        ended.extend(web.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        ended
    });
    ended.extend(steps(Lane::Alone).map(here));
    ended
}

/// Runs a step with its output on the terminal.
fn here(step: &Step) -> Ended {
    println!("\n=== {}: {}", step.name, step.what);
    let start = Instant::now();
    let result = (step.run)();
    if let Err(error) = &result {
        println!("FAILED {}: {error:#}", step.name);
    }
    (step.name, start.elapsed(), result)
}

/// Runs a step as a process of its own, whose output comes when it has ended.
fn apart(step: &Step) -> Ended {
    announce(&format!("{}, beside this: {}", step.name, step.what));
    let start = Instant::now();
    let result = captured(step.name);
    (step.name, start.elapsed(), result)
}

fn captured(name: &str) -> Result<Outcome> {
    let log = paths::root().join("target").join(name).with_extension("log");
    let output = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut step = Command::new(env::current_exe()?);
    step.args(["test", "--only", name]).stderr(output.try_clone()?).stdout(output);
    let succeeded = step.status()?.success();
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let (printed, summary) = said.rsplit_once(SUMMARY).unwrap_or((&said, ""));
    print!("{printed}");
    let verdict = summary.lines().find_map(|line| Some(line.strip_prefix(name)?.split_once(" s  ")?.1));
    match verdict.map(|verdict| verdict.split_once(": ").unwrap_or((verdict, ""))) {
        Some(("passed", _)) if succeeded => Ok(Outcome::Passed),
        Some(("skipped", reason)) if succeeded => Ok(Outcome::Skipped(reason.to_owned())),
        Some(("FAILED", reason)) => bail!("{reason}"),
        _ => bail!("it ended without a verdict"),
    }
}

/// What stands above the summary.
const SUMMARY: &str = "\n=== summary\n";

fn summarise(results: &[Ended]) -> ExitCode {
    print!("{SUMMARY}");
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
        // The page's, so that its macros are compiled once.
        "--profile",
        "web",
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
    announce("Compiling and running the native tests (the first time about 8 minutes)");
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
    let command = command()?;
    let judge = paths::root().join("tests").join("exports").join("judge.py");
    passed(process::run(Command::new(python).arg(judge).arg(command).arg(paths::root())))
}

/// The command, in a profile and with features that what the native tests compiled serves for.
fn command() -> Result<PathBuf> {
    process::run(&mut cargo(&["build", "--workspace", "--exclude=xtask", "--all-features", "--bin=lungfield"]))?;
    Ok(paths::root().join("target").join("debug").join("lungfield"))
}

fn engines() -> Result<Outcome> {
    if !cfg!(unix) {
        return Ok(Outcome::Skipped("Ray and Spark are tested on Linux".into()));
    }
    if process::find(&["java"]).is_none() {
        if !debian::is_debian() {
            return Ok(Outcome::Skipped("Spark needs Java 17 or later".into()));
        }
        debian::install(&["openjdk-17-jre-headless"])?;
    }
    let python = python::engines()?;
    let command = command()?;
    announce("Compiling the Python wheel (the first time about 2 minutes)");
    let (package, wheels) = (paths::root().join("crates/python"), paths::root().join("target/wheels"));
    let maturin = ["-m", "maturin", "build", "--quiet", "--profile", "dev", "--out"];
    process::run(Command::new(&python).current_dir(&package).args(maturin).arg(&wheels))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"];
    let mut pip = Command::new(&python);
    process::run(pip.args(install).args(["--force-reinstall", "lungfield", "--find-links"]).arg(&wheels))?;
    let folder = paths::root().join("tests/engines");
    // What the types promise is what is there.
    let mut types = Command::new(&python);
    types.current_dir(&folder).args(["-m", "mypy.stubtest", "lungfield._lungfield", "--concise", "--mypy-config-file"]);
    process::run(types.arg(package.join("pyproject.toml")))?;
    passed(process::run(Command::new(python).arg(folder.join("archives.py")).arg(command).arg(paths::root())))
}

fn wasm() -> Result<Outcome> {
    let browser = Browser::ensure()?;
    let toolchain = Toolchain::ensure()?;
    announce("Compiling and running the golden tests for wasm (the first time about 3 minutes)");
    let mut test = toolchain.command("cargo", &[tools::wasm_bindgen()?])?;
    // The page's profile and the worker's features, so that the reader is compiled for wasm only once.
    test.args(["test", "--target", WASM, "--profile", "web", "-p", "lungfield", "-p", "lungfield-reader"]);
    test.args(["--features", "lungfield/worker", "--test", "golden"]);
    // The preview's profile and features, which compiles all of it anyway.
    let mut exports = toolchain.command("cargo", &[tools::wasm_bindgen()?])?;
    exports.args(["test", "--target", WASM, "--profile", "preview", "-p", "lungfield", "-p", "lungfield-export"]);
    exports.args([
        "--features",
        "lungfield/page,lungfield/worker,lungfield/exporter,lungfield/history",
        "--test",
        "bytes",
    ]);
    for test in [&mut test, &mut exports] {
        test.env("CHROMEDRIVER", &browser.driver)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser.capabilities()?)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "600")
            .env_remove("NO_HEADLESS");
        process::run(test)?;
    }
    Ok(Outcome::Passed)
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
