//! The `lungfield` command: it reads films, measures the model on labelled films, prepares films for training and
//! converts what training made, with the code and the numbers of the app. `docs/command.md` is its manual.

mod bulk_read;
mod case;
#[cfg_attr(not(feature = "onnx"), path = "without_onnx.rs")]
mod convert;
mod decode;
mod error;
mod evaluate;
mod evaluation;
mod exit;
mod exports;
mod files;
mod film_reader;
#[cfg(feature = "onnx")]
mod half_weights;
mod index;
mod labels;
#[cfg(feature = "onnx")]
mod layout;
mod model_dir;
mod names;
mod npy;
mod ordered;
mod outcomes_plot;
mod overlay;
#[cfg_attr(not(feature = "onnx"), path = "own_without_onnx.rs")]
mod own_read;
mod patient;
mod plots;
mod prepare;
mod prepared;
mod prevalence;
mod progress;
mod read;
mod report;
mod sha256;
mod site;
mod source;
mod statistics;
mod summary;
mod tfrecord;

use std::io::{self, Write};
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
    Read(read::Read),
    Index(index::Index),
    Summary(summary::Summarise),
    #[command(hide = true)]
    ReadFilms(bulk_read::ReadFilms),
    Evaluate(evaluate::Evaluate),
    Prepare(prepare::Prepare),
    Convert(convert::Convert),
    Decode(decode::Decode),
    #[cfg(feature = "onnx")]
    #[command(hide = true)]
    TryModel(own_read::TryModel),
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
        Command::Read(read) => read.run(),
        Command::Index(index) => index.run(),
        Command::Summary(summary) => summary.run(),
        Command::ReadFilms(worker) => worker.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Prepare(prepare) => prepare.run(),
        Command::Convert(convert) => convert.run(),
        Command::Decode(decode) => decode.run(),
        #[cfg(feature = "onnx")]
        Command::TryModel(model) => model.run(),
    };
    let exit = done.unwrap_or_else(|error| {
        if !matches!(error, Error::OutputClosed) {
            let _ = writeln!(io::stderr(), "lungfield: {error}");
        }
        Exit::CouldNotWork
    });
    exit.into()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_of_every_command_are_sound() {
        super::Arguments::command().debug_assert();
    }
}
