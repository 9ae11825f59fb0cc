//! `lungfield decode`: what the reader sees in a film, so that anyone can check the decoding.

use std::fs;
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use clap::Args;
use lungfield_reader::{Decoded, Limits, Radiograph, StoredValues};

use crate::case::{self, Content};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::npy;

/// Write what the reader sees in a film as a 16-bit PNG
///
/// At full resolution: for DICOM after the modality transform, the window and the presentation; for pictures as luma,
/// upright. What the header refuses (a CT, a hand) has stored values, but nothing that the reader sees.
#[derive(Args)]
pub struct Decode {
    /// The film: DICOM, PNG, JPEG, TIFF, WebP or BMP, whatever its name; in a ZIP archive, as case.zip/film.dcm
    #[arg(value_name = "FILE")]
    film: PathBuf,

    /// Where the PNG is written
    #[arg(value_name = "OUT.png", required_unless_present = "stored")]
    png: Option<PathBuf>,

    /// Where the values are written that a DICOM file stores, before any transform: int16 or uint16, rows x columns, or
    /// rows x columns x 3 for colours
    #[arg(long, value_name = "OUT.npy")]
    stored: Option<PathBuf>,

    /// Which frame of a DICOM file of several, the first one being 1
    #[arg(long, value_name = "N")]
    frame: Option<NonZeroU32>,
}

impl Decode {
    /// Decodes one film.
    ///
    /// # Errors
    /// When the file cannot be opened, or is a folder of films, or the output cannot be written.
    pub fn run(&self) -> Result<Exit> {
        let limits = Limits::default();
        let bytes = self.content()?.bytes(&limits).map_err(|e| Error::refused(&self.film, &e))?;
        let seen = self.png.as_ref().map(|out| {
            let film = Decoded::read_frame(&bytes, self.frame, &limits);
            (out, film.map(|film| png(&film.radiograph)))
        });
        let stored = self.stored.as_ref().map(|out| {
            let values = StoredValues::read(&bytes, self.frame, &limits);
            (out, values.map(|values| array(&values)))
        });
        let mut not_written = 0;
        for (out, content) in [seen, stored].into_iter().flatten() {
            match content {
                Ok(content) => content.and_then(|bytes| fs::write(out, bytes)).map_err(|e| Error::write(out, &e))?,
                Err(reason) => {
                    not_written += 1;
                    writeln!(io::stderr(), "{}: {reason}", self.name())?;
                }
            }
        }
        Ok(Exit::after(not_written))
    }

    /// Where the one film is that the path stands for.
    fn content(&self) -> Result<Content> {
        let mut films = case::films(&self.film)?;
        match (films.pop(), films.is_empty()) {
            (Some(film), true) => Ok(film.content),
            _ => Err(Error::at(&self.film, "holds not one film", "Name one film, in an archive as case.zip/film.dcm.")),
        }
    }

    fn name(&self) -> std::path::Display<'_> {
        Path::display(&self.film)
    }
}

fn png(film: &Radiograph) -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, film.width(), film.height());
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Sixteen);
    let samples: Vec<u8> = film.luma().iter().flat_map(|luma| luma.to_be_bytes()).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&samples)?;
    writer.finish()?;
    Ok(file)
}

fn array(stored: &StoredValues) -> io::Result<Vec<u8>> {
    let (rows, columns) = (stored.rows as usize, stored.columns as usize);
    let shape = [rows, columns, stored.samples as usize];
    let shape = if stored.samples == 1 { &shape[..2] } else { &shape[..] };
    let mut file = npy::header(if stored.signed { "<i2" } else { "<u2" }, shape).to_vec();
    file.extend(stored.bits.iter().flat_map(|bits| bits.to_le_bytes()));
    Ok(file)
}
