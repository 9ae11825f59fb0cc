//! Brightness and contrast of a film on the screen.

use lungfield_presenter::Window;

/// How luma becomes grey on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tone {
    /// What is shown of it.
    pub window: Window,
    /// Black for white.
    pub inverted: bool,
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
}
