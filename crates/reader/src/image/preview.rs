use super::Radiograph;
use super::resize::resize;

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
        let shown = film.resize(side(film.width()), side(film.height()));
        Self { width: shown.width(), height: shown.height(), grey: shown.luma().iter().copied().map(grey).collect() }
    }

    /// The middle square of a film, `side` pixels wide.
    pub fn middle(film: &Radiograph, side: u32) -> Self {
        let short = film.width().min(film.height());
        let (left, top) = ((film.width() - short) as usize / 2, (film.height() - short) as usize / 2);
        let [luma] = resize(&film.part([left, top], [short as usize; 2]), [[side as usize; 2]]);
        Self { width: side, height: side, grey: luma.into_iter().map(grey).collect() }
    }
}

pub(super) fn grey(luma: u16) -> u8 {
    ((u32::from(luma) + 128) / 257) as u8
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

    #[test]
    fn a_thumbnail_is_the_middle_square() {
        let luma = |grey: [u16; 8]| grey.map(|grey| grey * 257).to_vec();
        let wide = Radiograph::from_luma(4, 2, luma([99, 10, 20, 99, 99, 30, 40, 99]));
        assert_eq!(Preview::middle(&wide, 2), Preview { width: 2, height: 2, grey: vec![10, 20, 30, 40] });
        let high = Radiograph::from_luma(2, 4, luma([99, 99, 10, 20, 30, 40, 99, 99]));
        assert_eq!(Preview::middle(&high, 2).grey, [10, 20, 30, 40]);
        let small = Radiograph::from_luma(1, 1, vec![7 * 257]);
        assert_eq!(Preview::middle(&small, 3).grey, [7; 9]);
    }
}
