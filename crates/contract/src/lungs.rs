use serde::{Deserialize, Serialize};

use crate::Rectangle;

/// Where the lungs lie in a film, as it is hung: what was read of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lungs {
    /// The rectangle around them.
    pub rectangle: Rectangle,
    /// Their outline, the part of a lung behind the heart included: lines of points, how far across and how far down the film, in parts of its sides. Each line is closed, its
    /// last point the first again.
    pub outline: Vec<Vec<[f32; 2]>>,
}
