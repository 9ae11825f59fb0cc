//! A progress bar on standard error, and only when that is a terminal.

use std::fmt::Display;
use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressStyle};

/// How many films are done.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar for `films` films.
    pub fn new(films: usize) -> Self {
        let bar = ProgressBar::new(films as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} films, {eta} left") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// One more film is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Says something on standard error; where that is closed, nobody hears it.
    pub fn note(&self, text: impl Display) {
        self.print(|| {
            let _ = writeln!(io::stderr(), "{text}");
        });
    }

    /// Prints something without the bar in its way.
    pub fn print<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
