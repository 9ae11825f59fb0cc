//! How far a picture is from grey: films are grey, photographs of them are not.

/// Darker pixels than this have no colour to speak of, whatever their values say.
const DARK: u8 = 32;
/// One pixel in so many is looked at.
const EVERY: usize = 7;
/// From this on a pixel is in colour, whatever light it was photographed in.
const STRONG: usize = 64;

/// How far a picture is from grey. A pixel's chroma is the largest less the smallest of red, green and blue, `0..=1`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Chroma {
    /// The median over the pixels that are not dark. A median, because a coloured marker on a grey film is no cast; and of
    /// pixels that go on as the one before only the first counts, because a viewer's windows around a grey film are none
    /// either.
    pub median: f64,
    /// The share of all pixels that are in colour, `0..=1`.
    pub strong: f64,
}

/// The chroma of a picture of these pixels.
pub(super) fn chroma(pixels: impl Iterator<Item = [u8; 3]>) -> Chroma {
    let mut counts = [0u32; 256];
    let (mut before, mut all, mut strong) = (None, 0u32, 0u32);
    for pixel @ [r, g, b] in pixels.step_by(EVERY) {
        let largest = r.max(g).max(b);
        let chroma = usize::from(largest - r.min(g).min(b));
        all += 1;
        strong += u32::from(chroma >= STRONG);
        if largest > DARK && before.replace(pixel) != Some(pixel) {
            counts[chroma] += 1;
        }
    }
    let half = counts.iter().sum::<u32>() / 2;
    let mut below = 0;
    let median = counts.iter().position(|count| {
        below += count;
        below > half
    });
    Chroma { median: median.unwrap_or(0) as f64 / 255.0, strong: f64::from(strong) / f64::from(all.max(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_counts_and_markers_and_windows_do_not() {
        let film = (0..900u32).map(|i| [(i * 37 % 200 + 40) as u8; 3]);
        let marker = [[255, 0, 0]; 100];
        let window = [[40, 60, 90]; 5000];
        let found = chroma(window.into_iter().chain(film).chain(marker));
        assert_eq!(found.median, 0.0);
        assert!((0.01..0.02).contains(&found.strong), "{}", found.strong);
        assert_eq!(chroma([[120, 110, 69]; 50].into_iter()), Chroma { median: 51.0 / 255.0, strong: 0.0 });
        assert_eq!(chroma([[120, 110, 56]; 50].into_iter()).strong, 1.0);
    }

    #[test]
    fn a_dark_picture_has_no_colour() {
        assert_eq!(chroma([[20, 0, 0]; 50].into_iter()), Chroma::default());
        assert_eq!(chroma(std::iter::empty()), Chroma::default());
    }
}
