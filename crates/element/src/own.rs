use lungfield_contract::{Error, Kind, OwnReading, Stage};
use lungfield_reader::{ReadOptions, own::OwnModel};
use wasm_bindgen::{JsError, prelude::wasm_bindgen};

use crate::{
    ask::{HowToRead, parsed},
    engine::{Engine, clock, json},
};

/// A model of a hospital's own, run by tract.
#[wasm_bindgen]
impl Engine {
    /// Opens a hospital's own model from the bytes of its ZIP archive. What is to be known of it, as JSON.
    ///
    /// # Errors
    /// Why the model is refused.
    pub fn open_own(&mut self, archive: &[u8]) -> Result<String, JsError> {
        let model = OwnModel::open(archive).map_err(|error| JsError::new(error.detail()))?;
        let facts = json(&model.facts(archive));
        self.own = Some(model);
        Ok(facts)
    }

    /// What it says of a film: `lungfield.own-reading/1`. `how` is as for [`Engine::read`].
    ///
    /// # Errors
    /// If no model is open, or `how` is not understood. A film that cannot be read is a reading.
    pub fn read_own(&self, name: &str, bytes: &[u8], how: &str) -> Result<String, JsError> {
        let how: HowToRead = parsed("how the film is to be read", how)?;
        let clock = clock();
        let options =
            ReadOptions { frame: how.frame, by_hand: how.by_hand(), clock: Some(&clock), ..ReadOptions::default() };
        self.with_own(|model| model.read(name, bytes, &self.reader, options))
    }

    /// Its reading of a film whose bytes could not be had, and why.
    ///
    /// # Errors
    /// If no model is open.
    pub fn own_not_opened(&self, name: &str, why: &str) -> Result<String, JsError> {
        self.with_own(|model| model.unread(name, &Error::new(Stage::Decode, Kind::Unreadable, why)))
    }

    fn with_own(&self, read: impl FnOnce(&OwnModel) -> OwnReading) -> Result<String, JsError> {
        let model = self.own.as_ref().ok_or_else(|| JsError::new("no model is open"))?;
        Ok(json(&read(model)))
    }
}
