//! What the page knows, and how each happening changes it. Pure: no browser, no time, no chance.

mod film;
mod gesture;
mod own;
mod own_thresholds;
mod session;
mod tally;
#[cfg(test)]
mod tests;
mod view;

pub use film::{Early, Film, Progress};
pub use gesture::{Drag, Ended, Gesture};
pub use own::Own;
pub use own_thresholds::OwnThresholds;
pub use session::{Action, Engine, Removed, Session};
pub use tally::{Ending, agreement};
pub use view::{View, ViewAction};
