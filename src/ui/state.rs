//! What the page knows, and how each happening changes it. Pure: no browser, no time, no chance.

mod film;
mod gesture;
mod measure;
mod session;
mod tally;
#[cfg(test)]
mod tests;
mod view;

pub use film::{Film, Progress};
pub use gesture::{Drag, Ended, Gesture};
pub use measure::{Measured, Measurement, Scale};
pub use session::{Action, Engine, Removed, Session};
pub use tally::Ending;
pub use view::{View, ViewAction};
