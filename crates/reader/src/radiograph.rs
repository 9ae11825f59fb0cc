use image::{ImageBuffer, Luma, imageops};

use crate::{Decoded, Limits, Presentation, Result, squash};

/// A film as it is looked at: grey, and upright as far as the file says.
///
/// Samples are luma, `0..=65535` from black to white whatever depth the file had, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Radiograph {
    width: u32,
    height: u32,
    luma: Vec<u16>,
}

impl Radiograph {
    /// Reads a film from the bytes of a file. The format is found by content, never by name. [`Decoded::read`] gives what
    /// its header says as well.
    ///
    /// # Errors
    /// A refusal ([`crate::Kind::is_refusal`]) for a format or a size that is not read here, a failure for bytes that are
    /// empty, truncated or damaged. Limits are checked from the header, before any pixel is allocated.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self> {
        Decoded::read(bytes, limits).map(|decoded| decoded.radiograph)
    }

    /// A film from its samples.
    ///
    /// # Panics
    /// When there are not `width * height` samples, or a side is 0.
    pub fn from_luma(width: u32, height: u32, luma: Vec<u16>) -> Self {
        assert!(
            width > 0 && height > 0 && luma.len() == width as usize * height as usize,
            "{width} x {height} film of {} samples",
            luma.len()
        );
        Self { width, height, luma }
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The samples, row by row, `0..=65535`.
    pub fn luma(&self) -> &[u16] {
        &self.luma
    }

    /// Its rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u16]> {
        self.luma.chunks_exact(self.width as usize)
    }

    /// The film put right: turned back and, where bone is black, inverted.
    pub fn put_right(self, presentation: Presentation) -> Self {
        let Self { width, height, mut luma } = self;
        if presentation.inverted {
            luma.iter_mut().for_each(|v| *v = u16::MAX - *v);
        }
        let picture = ImageBuffer::<Luma<u16>, _>::from_raw(width, height, luma).expect("width * height samples");
        let turned = match presentation.quarter_turns % 4 {
            0 => picture,
            1 => imageops::rotate270(&picture),
            2 => imageops::rotate180(&picture),
            _ => imageops::rotate90(&picture),
        };
        Self::from_luma(turned.width(), turned.height(), turned.into_raw())
    }

    /// Width and height of the film in proportion, its longer side at most `side` pixels.
    pub(crate) fn size_within(&self, side: u32) -> [u32; 2] {
        let long = self.width.max(self.height);
        let scaled = |length: u32| if long <= side { length } else { ((length * side + long / 2) / long).max(1) };
        [self.width, self.height].map(scaled)
    }

    /// The film resized to `width x height` with an antialiased triangle filter, whatever its aspect ratio. This is the
    /// pixel grid that the training films were made with (Pillow's "bilinear", PyTorch's `antialias=True`).
    ///
    /// # Panics
    /// When a side is 0.
    pub fn squash(&self, width: u32, height: u32) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let [squashed] = self.squash_to([[width, height]]);
        squashed
    }

    /// The same to several sizes, width before height, in one go.
    pub(crate) fn squash_to<const N: usize>(&self, sizes: [[u32; 2]; N]) -> [Self; N] {
        let rows: Vec<&[u16]> = self.rows().collect();
        let mut luma = squash::squash(&rows, sizes.map(|size| size.map(|side| side as usize)));
        std::array::from_fn(|nth| Self::from_luma(sizes[nth][0], sizes[nth][1], std::mem::take(&mut luma[nth])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_put_right_from_every_way_it_can_lie() {
        let film = Radiograph::from_luma(2, 3, vec![0, 1, 2, 3, 4, 5]);
        let clockwise = Radiograph::from_luma(3, 2, vec![4, 2, 0, 5, 3, 1]);
        let right = |film: &Radiograph, quarter_turns, inverted| {
            film.clone().put_right(Presentation { quarter_turns, inverted })
        };
        assert_eq!(right(&film, 0, false), film);
        assert_eq!(right(&clockwise, 1, false), film);
        assert_eq!(right(&right(&film, 2, false), 2, false), film);
        assert_eq!(right(&right(&clockwise, 3, false), 2, false), film);
        assert_eq!(right(&film, 0, true).luma()[5], 65530);
    }
}
