//! A progress bar on standard error, and only when that is a terminal.

use std::fmt::Display;
use std::io::{self, Write};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

/// How many films are done.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar for `films` films.
    pub fn new(films: usize) -> Self {
        Self::of_style(films as u64, "{bar:32} {pos}/{len} films, {eta} left")
    }

    /// A bar for the films of an archive, with how fast they are read.
    pub fn of_archive(films: u64) -> Self {
        Self::of_style(films, "{bar:32} {pos}/{len} films, {per_sec:.1}, {eta} left")
    }

    fn of_style(films: u64, template: &str) -> Self {
        let bar = ProgressBar::new(films);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Where nobody sees the bar, a line that says the same: for the logs of long runs.
    pub fn line(&self, done: &str) {
        if self.0.is_hidden() {
            let (position, length) = (self.0.position(), self.0.length().unwrap_or(0));
            let (rate, left) = (self.0.per_sec(), HumanDuration(self.0.eta()));
            let _ = writeln!(io::stderr(), "{done}: {position} of {length} films, {rate:.1} films/s, {left} left");
        }
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
