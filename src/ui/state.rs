//! What the page knows, and how each happening changes it. Pure: no browser, no time, no chance.

mod film;
mod session;
mod tally;
#[cfg(test)]
mod tests;
mod verdict;

pub use film::{Film, Progress};
pub use session::{Action, Engine, Removed, Session};
pub use tally::Ending;
pub use verdict::{Verdict, is_in_population};
