//! From a file's bytes to a radiograph. One file a format; what is common to them is here.

mod check;
mod chroma;
mod decoded;
mod dicom;
mod format;
mod gzip;
mod jpeg;
mod luma;
mod picture;
mod tiff;
mod tiff_jpeg;

use std::num::NonZeroU32;

use image::ImageFormat;

pub(crate) use dicom::{images, is_dicom, is_directory};
pub(crate) use format::is_archive;

pub use chroma::Chroma;
pub use decoded::{Decoded, StoredValues};

use self::check::{check_bytes, error};
use crate::guard::guarded;
use crate::{Error, FilmHeader, Kind, Limits, Radiograph, Result};

/// Whether this build reads more than JPEG and PNG. What a branch on it leaves out is not in the program.
const ALL_FORMATS: bool = cfg!(feature = "all-formats");

impl Decoded {
    /// Reads a film and its header from the bytes of a file. The format is found by content, never by name.
    ///
    /// # Errors
    /// A refusal ([`Kind::is_refusal`]) for a format or a size that is not read here, a failure for bytes that are empty,
    /// truncated or damaged. Limits are checked from the header, before any pixel is allocated.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self> {
        Self::read_frame(bytes, None, limits)
    }

    /// As [`Decoded::read`], of the frame that is asked for, the first one being 1.
    ///
    /// # Errors
    /// As [`Decoded::read`], and a refusal when the file holds no such frame.
    pub fn read_frame(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<Self> {
        check_bytes(bytes, limits)?;
        guarded(|| decode(&gzip::unpacked(bytes, limits)?, frame, limits))
    }
}

/// The first frame of a DICOM film whose window hides some of its values, in the whole range that they may have, with what the
/// window shows of that range; `None` of any other film.
pub(crate) fn whole_range(bytes: &[u8], limits: &Limits) -> Option<(Radiograph, [f64; 2])> {
    if !ALL_FORMATS {
        return None;
    }
    let read = guarded(|| {
        let bytes = gzip::unpacked(bytes, limits)?;
        if dicom::is_dicom(&bytes) { dicom::film(&bytes, None, limits, true).map(Some) } else { Ok(None) }
    });
    let (film, shown) = read.ok().flatten()?;
    Some((film.radiograph, shown?))
}

/// What the header of a DICOM file says, name and number too; `None` of any other file. Only for who looks at the film.
pub fn film_header(bytes: &[u8], limits: &Limits) -> Option<FilmHeader> {
    if !ALL_FORMATS {
        return None;
    }
    let read = guarded(|| {
        let bytes = gzip::unpacked(bytes, limits)?;
        if dicom::is_dicom(&bytes) { dicom::film_header(&bytes, limits).map(Some) } else { Ok(None) }
    });
    read.ok().flatten()
}

impl StoredValues {
    /// Reads the stored values from the bytes of a DICOM file: of its first frame, or of the one that is asked for, the
    /// first one being 1.
    ///
    /// # Errors
    /// [`Kind::UnsupportedFormat`] for a file of another format, else as [`Decoded::read_frame`].
    pub fn read(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<Self> {
        check_bytes(bytes, limits)?;
        guarded(|| {
            let bytes = gzip::unpacked(bytes, limits)?;
            if !dicom::is_dicom(&bytes) {
                let what = "the file is no DICOM file, and only those have stored values";
                return Err(error(Kind::UnsupportedFormat, what));
            }
            dicom::stored(&bytes, frame, limits)
        })
    }
}

/// Whether a file that begins like this is a JPEG or PNG picture, and no DICOM file.
pub(crate) fn is_jpeg_or_png(head: &[u8]) -> bool {
    matches!(image::guess_format(head), Ok(ImageFormat::Jpeg | ImageFormat::Png)) && !dicom::has_prefix(head)
}

/// Finds the format by content and decodes the frame that is asked for, else the first one.
fn decode(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<Decoded> {
    let format = image::guess_format(bytes);
    if !is_jpeg_or_png(bytes) {
        if !ALL_FORMATS {
            return Err(error(
                Kind::UnsupportedFormat,
                "the file is neither JPEG nor PNG, and this build reads nothing else",
            ));
        }
        if dicom::is_dicom(bytes) {
            return dicom::decode(bytes, frame, limits);
        }
        if tiff::is_tiff(bytes) {
            return picture::decode_tiff(bytes, frame, limits);
        }
    }
    if let Some(frame) = frame.filter(|frame| frame.get() > 1) {
        return Err(error(Kind::UnsupportedVariant, format!("the file holds one picture, and so no frame {frame}")));
    }
    match format {
        Ok(ImageFormat::Jpeg) => jpeg::decode(bytes, limits),
        Ok(ImageFormat::Avif) | Err(_) if is_archive(bytes) => {
            Err(error(Kind::Archive, "the file is a ZIP archive, where one film is looked for"))
        }
        Ok(ImageFormat::Avif) | Err(_) => Err(unsupported(format::name(bytes))),
        Ok(format) => picture::decode(format, bytes, limits)
            .unwrap_or_else(|| Err(unsupported(&format!("a {} picture", format.extensions_str()[0].to_uppercase())))),
    }
}

fn unsupported(what: &str) -> Error {
    error(Kind::UnsupportedFormat, format!("the file is {what}. DICOM, PNG, JPEG, TIFF, WebP and BMP are read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dicom(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/dicom");
        std::fs::read(format!("{folder}/{name}.dcm")).expect("is a fixture")
    }

    #[test]
    fn in_the_whole_range_a_window_shows_what_it_always_shows() {
        for name in ["window-linear", "window-linear-exact", "windows", "rescale"] {
            let bytes = dicom(name);
            let film = Decoded::read(&bytes, &Limits::default()).expect("is read").radiograph;
            let (whole, [middle, apart]) = whole_range(&bytes, &Limits::default()).expect("has a window");
            assert_ne!(whole, film, "{name}");
            for (whole, luma) in whole.luma().iter().zip(film.luma().iter()) {
                let shown = ((f64::from(*whole) / 65535.0 - middle) / apart + 0.5).clamp(0.0, 1.0);
                // A value of the whole range is rounded, and spread by the window.
                let within = 1.0 / apart / 65535.0 + 1e-4;
                assert!((shown - f64::from(*luma) / 65535.0).abs() < within, "{name}: {shown} {luma}");
            }
        }
        for name in ["window-sigmoid", "voi-lut", "no-window", "window-above"] {
            assert_eq!(whole_range(&dicom(name), &Limits::default()), None, "{name}");
        }
    }

    #[test]
    fn a_header_is_read_as_it_is_written() {
        for name in ["explicit-big-12", "implicit-little-12", "deflated-12"] {
            let header = film_header(&dicom(name), &Limits::default()).expect("has one");
            assert_eq!(header.value(0x0028_0101, 0), Some("12"), "{name}");
            assert!(header.elements().iter().all(|element| element.tag != 0x7FE0_0010), "{name}");
        }
        let adult = film_header(&dicom("adult"), &Limits::default()).expect("has one");
        assert_eq!(adult.value(0x0010_1010, 0), Some("043Y"));
        assert_eq!(film_header(b"no DICOM file at all", &Limits::default()), None);
    }

    #[test]
    fn names_what_it_does_not_read() {
        let refusal = Decoded::read(b"GIF89a..........", &Limits::default()).expect_err("GIF is not read");
        assert_eq!(refusal.kind(), Kind::UnsupportedFormat);
        assert!(refusal.detail().contains("GIF"), "{refusal}");
    }
}
