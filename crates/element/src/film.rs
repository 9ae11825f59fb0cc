use lungfield_contract::FilmHeader;
use lungfield_reader::{FilmReading, Preview};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::engine::json;

/// What became of a film: its reading, and the pictures to show it with.
#[wasm_bindgen]
#[derive(Debug)]
pub struct FilmRead {
    reading: String,
    other: Option<String>,
    preview: Option<Preview>,
    size: (u32, u32),
    header: Option<String>,
    void_site: Option<String>,
}

impl FilmRead {
    pub(crate) fn of(read: &FilmReading, header: Option<&FilmHeader>, void_site: Option<String>) -> Self {
        Self {
            reading: json(&read.reading),
            other: read.other.as_ref().map(json),
            preview: read.radiograph.as_ref().map(Preview::of),
            size: read.radiograph.as_ref().map_or((0, 0), |film| (film.width(), film.height())),
            header: header.map(json),
            void_site,
        }
    }
}

#[wasm_bindgen]
impl FilmRead {
    /// `lungfield.reading/1`.
    #[wasm_bindgen(getter)]
    pub fn reading(&self) -> String {
        self.reading.clone()
    }

    /// The heatmap of the class that the reading's own does not explain, in the same form.
    #[wasm_bindgen(getter)]
    pub fn other(&self) -> Option<String> {
        self.other.clone()
    }

    /// Width of the film's picture in pixels; 0 where there is none.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.preview.as_ref().map_or(0, |preview| preview.width)
    }

    /// Height of the film's picture in pixels; 0 where there is none.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.preview.as_ref().map_or(0, |preview| preview.height)
    }

    /// Width of the film in its own pixels; 0 where there is no picture.
    #[wasm_bindgen(getter)]
    pub fn film_width(&self) -> u32 {
        self.size.0
    }

    /// Height of the film in its own pixels; 0 where there is no picture.
    #[wasm_bindgen(getter)]
    pub fn film_height(&self) -> u32 {
        self.size.1
    }

    /// The film's picture as it is hung, its longer side at most 1200 pixels: a grey byte a pixel, row by row.
    #[wasm_bindgen(getter)]
    pub fn grey(&self) -> Vec<u8> {
        self.preview.as_ref().map_or_else(Vec::new, |preview| preview.grey.clone())
    }

    /// Why a site's thresholds are void, and the answer is at the model's own.
    #[wasm_bindgen(getter)]
    pub fn void_site(&self) -> Option<String> {
        self.void_site.clone()
    }

    /// What the header of a DICOM film says, for what is made of it: it names the patient.
    #[wasm_bindgen(getter)]
    pub fn header(&self) -> Option<String> {
        self.header.clone()
    }
}
