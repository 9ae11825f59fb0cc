use serde::{Deserialize, Serialize};

use crate::{Corners, Rectangle};

/// Where somebody has put what is found by itself otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ByHand {
    /// The film's corners in a photograph of it.
    pub corners: Option<Corners>,
    /// The rectangle around the lungs, on the film as it is hung.
    pub lungs: Option<Rectangle>,
}
