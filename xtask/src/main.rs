//! All of Lungfield's automation behind one door: `cargo xtask serve | build | package | element | test | check | bench | fuzz | train`.
//!
//! Each command sets up what it needs on a fresh machine (Rust, Node and Python are enough) and keeps the tools in a
//! cache outside the clone. `docs/building.md` says what is installed and why.

mod advisories;
mod bench;
mod bindgen;
mod browser;
mod compress;
mod debian;
mod debian_rust;
mod documents;
mod e2e;
mod embed;
mod finish;
mod fuzz;
mod headers;
mod index;
mod invariants;
mod licences;
mod locales;
mod model_card;
mod package;
mod packages;
mod paths;
mod process;
mod python;
mod relaxed;
mod serve;
mod sizes;
mod test;
mod toolchain;
mod tools;
mod train;
mod trunk;
mod wasm;
mod web;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Builds, serves and tests Lungfield.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the page to look at and serve it on this machine
    Serve {
        /// The port on 127.0.0.1; 0 takes a free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Serve what `cargo xtask build` left in dist/
        #[arg(long)]
        no_build: bool,
        /// Print every request
        #[arg(long)]
        log: bool,
    },
    /// Build the page to deploy into dist/
    Build,
    /// Make the npm package of the element, into dist/packages/
    Package,
    /// Serve a portal with the packed element on this machine, with knobs for what can be set
    Element {
        /// The port on 127.0.0.1; 0 takes a free one
        #[arg(long, default_value_t = 8081)]
        port: u16,
    },
    /// Run every check and test, and sum them up
    Test {
        /// Run one step
        #[arg(long, value_name = "STEP")]
        only: Option<String>,
    },
    /// Check the invariants of the code base
    Check,
    /// Measure the built page, and other engines beside it
    Bench {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        /// Inferences of each engine, after warming up
        #[arg(long, default_value_t = 50)]
        runs: usize,
    },
    /// Damage files, guided by coverage, and look for a panic, a hang or too much memory
    Fuzz {
        /// One way into the reader
        #[arg(value_name = "TARGET")]
        only: Option<String>,
        /// How long each takes
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Keep the inputs that reach the most in fuzz/corpus
        #[arg(long)]
        keep: bool,
    },
    /// Train a model: from films to models/ and tests/golden/
    Train(Box<train::Films>),
    /// Finish what Trunk has staged (Trunk calls this; see Trunk.toml)
    #[command(hide = true)]
    Finish {
        /// The folder to finish
        #[arg(env = "TRUNK_STAGING_DIR")]
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Serve { port, no_build, log } => {
            let listener = serve::listen(port)?;
            let folder = if no_build { paths::dist() } else { web::preview()? };
            serve::serve(&folder, listener, log)?;
        }
        Command::Build => {
            web::build()?;
            println!("Built: {}", paths::dist().display());
        }
        Command::Package => println!("Made: {}", package::package()?.display()),
        Command::Element { port } => {
            let listener = serve::listen(port)?;
            serve::serve(&package::portal()?, listener, false)?;
        }
        Command::Test { only } => return test::run(only.as_deref()),
        Command::Check => invariants::check()?,
        Command::Bench { json, runs } => bench::run(json, runs)?,
        Command::Fuzz { only, seconds, keep } => fuzz::fuzz(only.as_deref(), seconds, keep)?,
        Command::Train(films) => train::train(&films)?,
        Command::Finish { folder } => web::complete(&folder)?,
    }
    Ok(ExitCode::SUCCESS)
}
