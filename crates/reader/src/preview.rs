use crate::Radiograph;

/// The longest side of a preview, in pixels: about what a phone or a page's panel shows, little enough to hand over at once.
const LONG_SIDE: u32 = 1200;

/// The film as it was read, for a person to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Grey, `0..=255`, row by row.
    pub grey: Vec<u8>,
}

impl Preview {
    /// A film with its true aspect ratio, shrunk where its long side is above 1200 pixels.
    pub fn of(film: &Radiograph) -> Self {
        Self::within(film, LONG_SIDE)
    }

    /// A picture with its true aspect ratio, shrunk where its long side is above `most` pixels.
    pub fn within(film: &Radiograph, most: u32) -> Self {
        let long = film.width().max(film.height());
        let side = |side: u32| if long <= most { side } else { (side * most / long).max(1) };
        let shown = film.squash(side(film.width()), side(film.height()));
        let grey = shown.luma().iter().map(|&luma| ((u32::from(luma) + 128) / 257) as u8).collect();
        Self { width: shown.width(), height: shown.height(), grey }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_small_films_and_shrinks_large_ones_in_proportion() {
        let small = Preview::of(&Radiograph::from_luma(2, 1, vec![0, 65535]));
        assert_eq!((small.width, small.height, small.grey), (2, 1, vec![0, 255]));
        let large = Preview::of(&Radiograph::from_luma(2400, 100, vec![65535; 240_000]));
        assert_eq!((large.width, large.height), (1200, 50));
        assert!(large.grey.iter().all(|&g| g == 255));
    }
}
