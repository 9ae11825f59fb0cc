//! Brightness and contrast of a film on the screen.

/// What of a film's luma is shown between black and white, as shares of its whole range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// What is shown middle grey.
    pub centre: f64,
    /// From black to white.
    pub width: f64,
}

/// How luma becomes grey on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tone {
    /// What is shown of it.
    pub window: Window,
    /// Black for white.
    pub inverted: bool,
}

impl Default for Window {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl Window {
    /// The film as it came.
    pub const WHOLE: Self = Self { centre: 0.5, width: 1.0 };

    /// For what is dark on a film: lungs.
    pub const LUNGS: Self = Self { centre: 0.35, width: 0.6 };

    /// For what is bright on a film: heart, spine, what lies behind them.
    pub const DENSE: Self = Self { centre: 0.7, width: 0.6 };

    /// The narrowest one.
    const LEAST: f64 = 0.02;
    /// The furthest from what is shown usually: a film may have values beyond that.
    const MOST: f64 = 8.0;

    /// Moved up by a share of its width and widened by another, as far as there is luma to show.
    pub fn changed(self, centre: f64, width: f64) -> Self {
        Self {
            centre: (self.centre + centre * self.width).clamp(-Self::MOST, Self::MOST),
            width: (self.width * (1.0 + width)).clamp(Self::LEAST, 2.0 * Self::MOST),
        }
    }

    /// The same window over a range of which all that is shown usually is a part: its middle and its width, as shares.
    pub fn over(self, [middle, apart]: [f64; 2]) -> Self {
        Self { centre: middle + (self.centre - 0.5) * apart, width: self.width * apart }
    }

    /// A window over the same values as another that is shown usually.
    pub fn beside(self, usual: Self) -> Self {
        Self { centre: (self.centre - usual.centre) / usual.width + 0.5, width: self.width / usual.width }
    }

    /// The grey of a luma, both `0..=1`.
    fn of(self, luma: f64) -> f64 {
        ((luma - self.centre) / self.width + 0.5).clamp(0.0, 1.0)
    }
}

impl Tone {
    /// The opaque RGBA of each luma of so many bits, from black to white.
    pub fn table(self, bits: u32) -> Table {
        let count = 1 << bits;
        let last = (count - 1) as f64;
        let grey = |value: usize| {
            let grey = (self.window.of(value as f64 / last) * 255.0).round() as u8;
            if self.inverted { 255 - grey } else { grey }
        };
        Table((0..count).map(|value| [grey(value), grey(value), grey(value), 255]).collect())
    }
}

/// What a canvas takes for each luma.
pub struct Table(Vec<[u8; 4]>);

impl Table {
    /// How many bits a luma has.
    pub fn bits(&self) -> u32 {
        self.0.len().ilog2()
    }

    /// The RGBA of samples.
    pub fn paint<S: Copy + Into<usize>>(&self, samples: impl Iterator<Item = S>) -> Vec<[u8; 4]> {
        samples.map(|luma| self.0[luma.into()]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greys(tone: Tone) -> Vec<u8> {
        tone.table(8).0.into_iter().map(|[grey, ..]| grey).collect()
    }

    #[test]
    fn the_whole_range_is_the_film_itself() {
        let table = Tone::default().table(8);
        for grey in 0..=255u8 {
            assert_eq!(table.paint([grey].into_iter()), [[grey, grey, grey, 255]]);
        }
        assert_eq!(Tone::default().table(16).0[257 * 100][0], 100);
    }

    #[test]
    fn black_for_white() {
        let table = greys(Tone { inverted: true, ..Tone::default() });
        assert_eq!([table[0], table[200], table[255]], [255, 55, 0]);
    }

    #[test]
    fn a_window_spreads_what_lies_in_it() {
        let table = greys(Tone { window: Window { centre: 0.25, width: 0.5 }, inverted: false });
        assert_eq!([table[0], table[64], table[127], table[128], table[255]], [0, 128, 254, 255, 255]);
    }

    #[test]
    fn a_window_stays_within_the_range() {
        let narrow = (0..200).fold(Window::WHOLE, |window, _| window.changed(0.1, -0.1));
        assert!(narrow.width >= Window::LEAST && narrow.centre <= Window::MOST, "{narrow:?}");
        let wide = (0..200).fold(Window::WHOLE, |window, _| window.changed(0.1, 0.1));
        assert!(wide.width <= 2.0 * Window::MOST, "{wide:?}");
    }

    #[test]
    fn a_window_over_more_values_shows_the_same_ones() {
        // A header's window at 1000 with a width of 400 of values from 0 to 4000.
        let usual = Window { centre: 1000.0, width: 400.0 };
        let other = Window { centre: 1100.0, width: 200.0 }.beside(usual);
        assert_eq!(other, Window { centre: 0.75, width: 0.5 });
        assert_eq!(other.over([0.25, 0.1]), Window { centre: 0.275, width: 0.05 });
        assert_eq!(usual.beside(usual), Window::WHOLE);
    }
}
