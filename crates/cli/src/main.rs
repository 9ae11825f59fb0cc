//! The `lungfield` command: it reads films, measures the model on labelled films, prepares films for training and
//! converts what training made, with the code and the numbers of the app. `docs/command.md` is its manual.

mod error;
mod exit;
mod films;
mod npy;
mod ordered;
mod patient;
mod prepare;
mod prepared;
mod progress;
mod sha256;
mod source;
mod tfrecord;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use error::Error;
use exit::Exit;

/// Read children's chest X-ray films for signs of pneumonia, on this machine
///
/// It supports a reader; it does not diagnose. Built for films of children of 1 to 5 years.
///
/// Exit status: 0 when every film was read, 2 when some were refused or failed, 1 when the command could not work.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Prepare(prepare::Prepare),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => {
            let exit = if message.use_stderr() { Exit::CouldNotWork } else { Exit::AllRead };
            let _ = message.print();
            return exit.into();
        }
    };
    let done = match arguments.command {
        Command::Prepare(prepare) => prepare.run(),
    };
    let exit = done.unwrap_or_else(|error| {
        if !matches!(error, Error::OutputClosed) {
            eprintln!("lungfield: {error}");
        }
        Exit::CouldNotWork
    });
    exit.into()
}
