//! A film with its heatmap over it, as a PNG.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use lungfield_reader::{FilmReading, Preview};

use crate::error::{Error, Result};
use crate::names::Names;

/// A folder of overlays, and the names that are taken in it.
pub struct Overlays {
    folder: PathBuf,
    names: Names,
}

impl Overlays {
    /// Overlays in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|e| Error::write(folder, &e))?;
        Ok(Self { folder: folder.to_owned(), names: Names::default() })
    }

    /// The path for a film's overlay: `NAME.heatmap.png`.
    pub fn path(&mut self, film: &Path) -> PathBuf {
        self.folder.join(format!("{}.heatmap.png", self.names.of(film)))
    }
}

/// Writes the overlay of a film that was read; a film without a heatmap has none.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, film: &FilmReading) -> Result<()> {
    let (Some(radiograph), Some(heatmap)) = (&film.radiograph, &film.reading.heatmap) else { return Ok(()) };
    let preview = Preview::of(radiograph);
    let heat = heatmap.paint(preview.width as usize, preview.height as usize, film.reading.lungs.as_ref());
    let file = File::create(path).map_err(|e| Error::write(path, &e))?;
    let mut png = png::Encoder::new(BufWriter::new(file), preview.width, preview.height);
    png.set_color(png::ColorType::Rgb);
    let rgb = blend(&preview.grey, &heat);
    let written = png.write_header().and_then(|mut png| {
        png.write_image_data(&rgb)?;
        png.finish()
    });
    written.map_err(|e| Error::write(path, &e.into()))
}

/// RGB of a grey picture with an RGBA picture over it.
fn blend(grey: &[u8], rgba: &[u8]) -> Vec<u8> {
    let mix = |below: u8, above: u8, alpha: u8| {
        let alpha = f32::from(alpha) / 255.0;
        (f32::from(below) * (1.0 - alpha) + f32::from(above) * alpha).round() as u8
    };
    let (pixels, _) = rgba.as_chunks::<4>();
    grey.iter().zip(pixels).flat_map(|(&grey, &[r, g, b, a])| [r, g, b].map(|above| mix(grey, above, a))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_no_heat_the_film_is_as_it_was() {
        assert_eq!(blend(&[0, 100, 255], &[9, 9, 9, 0].repeat(3)), [0, 0, 0, 100, 100, 100, 255, 255, 255]);
    }

    #[test]
    fn the_film_is_seen_through_what_is_not_opaque() {
        let over = |grey, alpha| blend(&[grey], &[255, 0, 0, alpha]);
        assert_eq!((over(0, 255), over(200, 255)), (vec![255, 0, 0], vec![255, 0, 0]));
        assert_eq!((over(0, 51), over(255, 51)), (vec![51, 0, 0], vec![255, 204, 204]));
    }
}
