use serde::{Deserialize, Serialize};

/// How a film lies in its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Orientation {
    /// Quarter turns clockwise away from upright, 0 to 3.
    pub quarter_turns: u8,
    /// Whether bone is black and air white.
    pub inverted: bool,
}

impl Orientation {
    /// As a film is hung: head up, bone white.
    pub const UPRIGHT: Self = Self { quarter_turns: 0, inverted: false };
}
