use std::borrow::Cow;

use image::metadata::Orientation as ExifOrientation;
use image::{DynamicImage, ImageBuffer};

use super::resize::resize;
use super::rows::{Rows, luma};
use crate::Orientation;

/// A film as it is looked at: grey, and upright as far as the file says.
///
/// Samples are luma, `0..=65535` from black to white whatever depth the file had, row by row.
#[derive(Clone, Debug)]
pub struct Radiograph {
    width: u32,
    height: u32,
    samples: Samples,
}

/// A film of 8 bits stays one: what it takes to fetch its samples is most of what it takes to resize them.
#[derive(Clone, Debug)]
enum Samples {
    Eight(Vec<u8>),
    Sixteen(Vec<u16>),
}

impl Radiograph {
    /// A film from its samples.
    ///
    /// # Panics
    /// When there are not `width * height` samples, or a side is 0.
    pub fn from_luma(width: u32, height: u32, luma: Vec<u16>) -> Self {
        Self::of(width, height, luma.len(), Samples::Sixteen(luma))
    }

    /// A film from samples of 8 bits.
    ///
    /// # Panics
    /// When there are not `width * height` samples, or a side is 0.
    pub fn from_grey(width: u32, height: u32, grey: Vec<u8>) -> Self {
        Self::of(width, height, grey.len(), Samples::Eight(grey))
    }

    fn of(width: u32, height: u32, count: usize, samples: Samples) -> Self {
        let is_filled = width > 0 && height > 0 && count == width as usize * height as usize;
        assert!(is_filled, "{width} x {height} film of {count} samples");
        Self { width, height, samples }
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The samples, row by row, `0..=65535`: those of a film of 8 bits are a copy.
    pub fn luma(&self) -> Cow<'_, [u16]> {
        match &self.samples {
            Samples::Eight(grey) => grey.iter().map(|&grey| luma(grey)).collect(),
            Samples::Sixteen(luma) => luma.into(),
        }
    }

    /// The sample in a column and a row.
    pub(crate) fn at(&self, x: usize, y: usize) -> u16 {
        let at = y * self.width as usize + x;
        match &self.samples {
            Samples::Eight(grey) => luma(grey[at]),
            Samples::Sixteen(luma) => luma[at],
        }
    }

    /// Its rows.
    pub(crate) fn rows(&self) -> Rows<'_> {
        self.part([0, 0], [self.width, self.height].map(|side| side as usize))
    }

    /// The rows of the part from a column and a row on, so wide and high.
    pub(crate) fn part(&self, [left, top]: [usize; 2], [width, height]: [usize; 2]) -> Rows<'_> {
        fn cut<S>(samples: &[S], [stride, left, width]: [usize; 3], rows: std::ops::Range<usize>) -> Vec<&[S]> {
            rows.map(|row| &samples[row * stride + left..][..width]).collect()
        }
        let (across, down) = ([self.width as usize, left, width], top..top + height);
        match &self.samples {
            Samples::Eight(grey) => Rows::Eight(cut(grey, across, down)),
            Samples::Sixteen(luma) => Rows::Sixteen(cut(luma, across, down)),
        }
    }

    /// The film as it is hung: turned back and, where bone is black, inverted.
    pub fn correct_orientation(self, orientation: Orientation) -> Self {
        let mut picture = self.into_picture();
        if orientation.inverted {
            picture.invert();
        }
        Self::from_picture(match orientation.quarter_turns % 4 {
            0 => picture,
            1 => picture.rotate270(),
            2 => picture.rotate180(),
            _ => picture.rotate90(),
        })
    }

    /// The film turned as its file says that it is looked at.
    pub(crate) fn upright(self, orientation: ExifOrientation) -> Self {
        if orientation == ExifOrientation::NoTransforms {
            return self;
        }
        let mut picture = self.into_picture();
        picture.apply_orientation(orientation);
        Self::from_picture(picture)
    }

    fn into_picture(self) -> DynamicImage {
        let Self { width, height, samples } = self;
        let picture = match samples {
            Samples::Eight(grey) => ImageBuffer::from_raw(width, height, grey).map(DynamicImage::ImageLuma8),
            Samples::Sixteen(luma) => ImageBuffer::from_raw(width, height, luma).map(DynamicImage::ImageLuma16),
        };
        picture.expect("width * height samples")
    }

    fn from_picture(picture: DynamicImage) -> Self {
        let (width, height) = (picture.width(), picture.height());
        match picture {
            DynamicImage::ImageLuma8(grey) => Self::from_grey(width, height, grey.into_raw()),
            picture => Self::from_luma(width, height, picture.into_luma16().into_raw()),
        }
    }

    /// The part of the film from a column and a row on, so wide and high.
    pub(crate) fn crop(&self, start: [usize; 2], size: [usize; 2]) -> Self {
        let (width, height) = (size[0] as u32, size[1] as u32);
        match self.part(start, size) {
            Rows::Eight(rows) => Self::from_grey(width, height, rows.concat()),
            Rows::Sixteen(rows) => Self::from_luma(width, height, rows.concat()),
        }
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
    pub fn resize(&self, width: u32, height: u32) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let [resized] = self.resize_to([[width, height]]);
        resized
    }

    /// The same to several sizes, width before height, in one go.
    pub(crate) fn resize_to<const N: usize>(&self, sizes: [[u32; 2]; N]) -> [Self; N] {
        let mut resized = resize(&self.rows(), sizes.map(|size| size.map(|side| side as usize)));
        std::array::from_fn(|nth| Self::from_luma(sizes[nth][0], sizes[nth][1], std::mem::take(&mut resized[nth])))
    }
}

/// Films are the same where their luma is, whatever their files' depth.
impl PartialEq for Radiograph {
    fn eq(&self, other: &Self) -> bool {
        (self.width, self.height, self.luma()) == (other.width, other.height, other.luma())
    }
}

impl Eq for Radiograph {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_put_right_from_every_way_it_can_lie() {
        let film = Radiograph::from_luma(2, 3, vec![0, 1, 2, 3, 4, 5]);
        let clockwise = Radiograph::from_luma(3, 2, vec![4, 2, 0, 5, 3, 1]);
        let right = |film: &Radiograph, quarter_turns, inverted| {
            film.clone().correct_orientation(Orientation { quarter_turns, inverted })
        };
        assert_eq!(right(&film, 0, false), film);
        assert_eq!(right(&clockwise, 1, false), film);
        assert_eq!(right(&right(&film, 2, false), 2, false), film);
        assert_eq!(right(&right(&clockwise, 3, false), 2, false), film);
        assert_eq!(right(&film, 0, true).luma()[5], 65530);
    }

    #[test]
    fn a_film_of_8_bits_is_the_one_of_16() {
        let grey: Vec<u8> = (0..35 * 23).map(|i| (i * 37 % 256) as u8).collect();
        let deep = Radiograph::from_luma(35, 23, grey.iter().map(|&v| u16::from(v) * 257).collect());
        let film = Radiograph::from_grey(35, 23, grey);
        assert_eq!(film, deep);
        assert_eq!(film.at(34, 22), deep.luma()[34 + 22 * 35]);
        assert_eq!(film.resize(16, 40), deep.resize(16, 40));
        let orientation = Orientation { quarter_turns: 1, inverted: true };
        assert_eq!(film.clone().correct_orientation(orientation), deep.clone().correct_orientation(orientation));
        let exif = ExifOrientation::Rotate90FlipH;
        assert_eq!(film.upright(exif), deep.upright(exif));
    }
}
