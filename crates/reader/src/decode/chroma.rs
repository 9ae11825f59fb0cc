//! How far a picture is from grey: films are grey, photographs of them are not.

/// Darker pixels than this have no colour to speak of, whatever their values say.
const DARK: u8 = 32;
/// One pixel in so many is looked at.
const EVERY: usize = 7;

/// The median over the pixels that are not dark of the largest less the smallest of red, green and blue, `0..=1`. A
/// median, because a coloured marker on a grey film is no cast; and of pixels that go on as the one before only the first
/// counts, because a viewer's windows around a grey film are none either.
pub(super) fn chroma(pixels: impl Iterator<Item = [u8; 3]>) -> f64 {
    let mut counts = [0u32; 256];
    let mut before = None;
    for pixel @ [r, g, b] in pixels.step_by(EVERY) {
        let largest = r.max(g).max(b);
        if largest > DARK && before.replace(pixel) != Some(pixel) {
            counts[usize::from(largest - r.min(g).min(b))] += 1;
        }
    }
    let half = counts.iter().sum::<u32>() / 2;
    let mut below = 0;
    let median = counts.iter().position(|count| {
        below += count;
        below > half
    });
    median.unwrap_or(0) as f64 / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_counts_and_markers_and_windows_do_not() {
        let film = (0..900u32).map(|i| [(i * 37 % 200 + 40) as u8; 3]);
        let marker = [[255, 0, 0]; 100];
        let window = [[40, 60, 90]; 5000];
        assert_eq!(chroma(window.into_iter().chain(film).chain(marker)), 0.0);
        assert_eq!(chroma([[120, 110, 69]; 50].into_iter()), 51.0 / 255.0);
    }

    #[test]
    fn a_dark_picture_has_no_colour() {
        assert_eq!(chroma([[20, 0, 0]; 50].into_iter()), 0.0);
        assert_eq!(chroma(std::iter::empty()), 0.0);
    }
}
