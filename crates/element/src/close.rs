use lungfield_reader::{Detail, ReadOptions};
use wasm_bindgen::{JsError, prelude::wasm_bindgen};

use crate::{
    ask::{HowToRead, Looked, ToMeasure, parsed},
    engine::{Engine, json, texts},
};

/// A part of a film with its own samples.
#[wasm_bindgen]
#[derive(Debug)]
pub struct FilmPart {
    detail: Detail,
    shown: Option<[f64; 2]>,
}

#[wasm_bindgen]
impl FilmPart {
    /// Which part it is, in shares of the film's sides, as JSON: left, top, right, bottom.
    #[wasm_bindgen(getter)]
    pub fn place(&self) -> String {
        json(&self.detail.part)
    }

    /// Width in pixels.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.detail.size[0]
    }

    /// Height in pixels.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.detail.size[1]
    }

    /// Whether a sample has two bytes, the less significant one first.
    #[wasm_bindgen(getter)]
    pub fn deep(&self) -> bool {
        self.detail.deep
    }

    /// The samples, from black to white, row by row.
    #[wasm_bindgen(getter)]
    pub fn samples(&self) -> Vec<u8> {
        self.detail.samples.clone()
    }

    /// Where the samples show more of the film's values than its picture: what that shows of them, the middle between black and white and how
    /// far those are apart, as shares of their range.
    #[wasm_bindgen(getter)]
    pub fn shown(&self) -> Option<Vec<f64>> {
        self.shown.map(Vec::from)
    }
}

/// Films are looked at closely.
#[wasm_bindgen]
impl Engine {
    /// Decodes a film once more, to be looked at closely until another one is read; false where that cannot be done.
    ///
    /// # Errors
    /// If `how`, as for [`Engine::read`], is not understood.
    pub fn open_closely(&mut self, bytes: &[u8], how: &str) -> Result<bool, JsError> {
        let how: HowToRead = parsed("how the film is to be read", how)?;
        let options = ReadOptions { frame: how.frame, by_hand: how.by_hand(), ..ReadOptions::default() };
        self.close = self.reader.look(bytes, options);
        Ok(self.close.is_some())
    }

    /// A part of the film that is looked at closely, its own pixels as far as they are no more than so many across and down; nothing where no
    /// film is.
    ///
    /// # Errors
    /// If the part is not understood: JSON with left, top, right and bottom, in shares of the film's sides.
    pub fn part(&self, part: &str, across: u32, down: u32) -> Result<Option<FilmPart>, JsError> {
        let part = parsed("the part", part)?;
        let part_of = |close: &lungfield_reader::CloseFilm| FilmPart {
            detail: close.part(part, [across, down]),
            shown: close.shown,
        };
        Ok(self.close.as_ref().map(part_of))
    }

    /// A measurement on a film that is looked at, and what was measured in words: `{"measurement": {}, "text": ""}`. `asked` is
    /// `{"measured": "length", "seen": {}, "film": [width, height]}` to begin one in the part of the film that is seen, with `points` and which
    /// of them are `placed` to go on with it, and the film's `header` and `lungs` where they are known.
    ///
    /// # Errors
    /// If `asked` is not understood, or the language lacks a text.
    pub fn measured(&self, asked: &str, locale: &str) -> Result<String, JsError> {
        let asked: ToMeasure = parsed("what is to be measured", asked)?;
        Ok(json(&asked.said(&texts(locale)?)))
    }

    /// The windows that can be chosen for a film by name, as JSON. `asked` is `{"header": {}, "inverted": true, "shown": [0.5, 1]}`, each of them
    /// optional. The name of a header's own window is in `bytes`, in an `encoding`.
    ///
    /// # Errors
    /// As of [`Engine::measured`].
    pub fn presets(&self, asked: &str, locale: &str) -> Result<String, JsError> {
        let Looked { header, inverted, shown } = parsed("what is asked", asked)?;
        Ok(json(&lungfield_presenter::presets(header.as_ref(), inverted, shown, &texts(locale)?)))
    }
}
