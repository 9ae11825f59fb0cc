use serde::{Deserialize, Serialize};

/// A rectangle on a film, in parts of the film's sides from its upper left corner. It may reach beyond the film: below 0 and
/// above 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rectangle {
    /// Its left end, as a part of the film's width.
    pub left: f32,
    /// Its upper end, as a part of the film's height.
    pub top: f32,
    /// Its right end, as a part of the film's width; more than `left`.
    pub right: f32,
    /// Its lower end, as a part of the film's height; more than `top`.
    pub bottom: f32,
}

impl Rectangle {
    /// The whole film.
    pub const FILM: Self = Self { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

    /// Its width, as a part of the film's.
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// Its height, as a part of the film's.
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// Widened on each of the four sides by `margin`, a part of its own side.
    #[must_use]
    pub fn with_margin(self, margin: f32) -> Self {
        let (across, down) = (self.width() * margin, self.height() * margin);
        Self { left: self.left - across, top: self.top - down, right: self.right + across, bottom: self.bottom + down }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_is_a_part_of_each_side() {
        let inner = Rectangle { left: 0.25, top: 0.0, right: 0.75, bottom: 1.0 };
        let wider = inner.with_margin(0.5);
        assert_eq!(wider, Rectangle { left: 0.0, top: -0.5, right: 1.0, bottom: 1.5 });
        assert_eq!((wider.width(), wider.height()), (1.0, 2.0));
    }
}
