use serde::{Deserialize, Serialize};

use crate::{Rectangle, Warning, WarningKind};

/// Where the lungs lie in a film, as it is hung: what was read of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lungs {
    /// The rectangle around them.
    pub rectangle: Rectangle,
    /// Their outline, the part of a lung behind the heart included: lines of points, how far across and how far down the film, in parts of its sides. Each line is closed, its
    /// last point the first again.
    pub outline: Vec<Vec<[f32; 2]>>,
    /// Whether somebody has set the rectangle; the outline is what was found in it then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
}

impl Lungs {
    /// What to keep in mind of an answer that was read from them.
    pub(crate) fn warning(&self) -> Option<Warning> {
        self.by_hand.then(|| Warning::new(WarningKind::LungsByHand, "the lungs were read where somebody has set them"))
    }

    /// Whether a place of the film, in parts of its sides, lies inside the outline.
    pub fn contain(&self, [x, y]: [f32; 2]) -> bool {
        let steps = self.outline.iter().flat_map(|line| line.windows(2));
        // A way from there to the right crosses the outline an odd number of times.
        let crossed = steps.filter(|step| {
            let ([x0, y0], [x1, y1]) = (step[0], step[1]);
            (y0 > y) != (y1 > y) && x < x0 + (x1 - x0) * (y - y0) / (y1 - y0)
        });
        crossed.count() % 2 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contain_what_lies_within_either_of_two_outlines() {
        let square = |left: f32| vec![[left, 0.2], [left + 0.2, 0.2], [left + 0.2, 0.8], [left, 0.8], [left, 0.2]];
        let outline = vec![square(0.1), square(0.6)];
        let lungs = Lungs { rectangle: Rectangle::FILM, outline, by_hand: false };
        let inside = [[0.2, 0.5], [0.5, 0.5], [0.7, 0.5], [0.7, 0.1], [0.9, 0.5]].map(|place| lungs.contain(place));
        assert_eq!(inside, [true, false, true, false, false]);
    }
}
