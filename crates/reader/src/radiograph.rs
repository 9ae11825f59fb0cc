use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::{Limits, Result, decode};

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
    /// Reads a film from the bytes of a file. The format is found by content, never by name.
    ///
    /// # Errors
    /// A refusal ([`crate::Kind::is_refusal`]) for a format or a size that is not read here, a failure for bytes that are
    /// empty, truncated or damaged. Limits are checked from the header, before any pixel is allocated.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self> {
        decode::decode(bytes, limits)
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

    /// The film resized to `width x height` with an antialiased triangle filter, whatever its aspect ratio. This is the
    /// pixel grid that the training films were made with (Pillow's "bilinear", PyTorch's `antialias=True`).
    ///
    /// # Panics
    /// When a side is 0.
    pub fn squash(&self, width: u32, height: u32) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let source = ImageRef::new(self.width, self.height, bytemuck::cast_slice(&self.luma), PixelType::U16)
            .expect("a radiograph holds width * height samples");
        let mut target = Image::new(width, height, PixelType::U16);
        let triangle = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new()
            .resize(&source, &mut target, &triangle)
            .expect("both pictures have sides above 0 and one pixel type");
        Self::from_luma(width, height, bytemuck::cast_slice(target.buffer()).to_vec())
    }
}
