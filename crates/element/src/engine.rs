use std::io::Cursor;

use js_sys::{Date, Function};
use lungfield_contract::{
    Error, Kind, Limits, Manifest, Milliseconds, OwnFacts, OwnReading, Prevalence, Reading, Stage,
};
use lungfield_presenter::{Asked, OwnView, Texts, Verdict};
use lungfield_reader::{
    CloseFilm, Kernels, Model, Preview, ReadOptions, Reader, film_header,
    study::{FileKind, archive},
};
use wasm_bindgen::{JsError, JsValue, prelude::wasm_bindgen};

use crate::{
    ask::{HowToRead, Said, WhatToSay, parsed},
    film::FilmRead,
};

/// Reads films, one after the other, and says what they show.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine {
    pub(crate) reader: Reader,
    /// The film that is looked at closely.
    pub(crate) close: Option<CloseFilm>,
    #[cfg(feature = "own")]
    pub(crate) own: Option<lungfield_reader::own::OwnModel>,
}

#[wasm_bindgen]
impl Engine {
    /// An engine with a model: the bytes of its manifest and of its network.
    ///
    /// # Errors
    /// If the manifest is not understood, or the network is not the one that it describes.
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8], network: &[u8]) -> Result<Engine, JsError> {
        let manifest = Manifest::from_json(manifest)?;
        let model = Model::load(&manifest, network, Kernels::default())?;
        Ok(Self {
            reader: Reader::new(manifest, model),
            close: None,
            #[cfg(feature = "own")]
            own: None,
        })
    }

    /// Which model answers, as JSON: name, version, sha256.
    #[wasm_bindgen(getter)]
    pub fn model(&self) -> String {
        json(&self.without_answer("", &Error::new(Stage::Load, Kind::Empty, "")).model)
    }

    /// The most bytes that a film's file may have.
    #[wasm_bindgen(getter)]
    pub fn limit(&self) -> f64 {
        Limits::default().bytes as f64
    }

    /// Takes a made-up film the whole way, so that the browser compiles the code well before the first one comes.
    pub fn warm_up(&mut self) {
        let _ = self.reader.time_kernels(Kernels::default(), &Date::now);
        let _ = Preview::of(&self.reader.warm_up());
    }

    /// Reads a film from the bytes of its file. `how` is `{"frame": 1, "corners": [[x, y], ...], "lungs": {"left": 0.1, ...}, "site": {}}`, each of
    /// them optional: the frame of a file that holds several, the film's corners in a photograph of it, in shares of its sides, the rectangle
    /// around the lungs in those of the film as it is hung, and a site's own thresholds,
    /// `lungfield.site/1`, which are void with another model: [`FilmRead::void_site`]. `on_stage` hears each stage.
    ///
    /// # Errors
    /// If `how` is not understood. A film that cannot be read is a reading.
    pub fn read(&mut self, name: &str, bytes: &[u8], how: &str, on_stage: &Function) -> Result<FilmRead, JsError> {
        let how: HowToRead = parsed("how the film is to be read", how)?;
        let mut said = |stage: Stage| drop(on_stage.call1(&JsValue::NULL, &json(&stage).trim_matches('"').into()));
        let options =
            ReadOptions { frame: how.frame, by_hand: how.by_hand(), clock: Some(&clock()), on_stage: Some(&mut said) };
        self.close = None;
        let mut read = self.reader.read(name, bytes, options);
        let at_site = how.site.map(|site| self.reader.manifest().clone().at_site(site)).transpose();
        if let Ok(Some(manifest)) = &at_site {
            read.reading = read.reading.at_thresholds_of(manifest);
        }
        let void = at_site.err().map(|error| error.detail().to_owned());
        Ok(FilmRead::of(&read, film_header(bytes, &Limits::default()).as_ref(), void))
    }

    /// The reading of a film whose file has more bytes than [`Engine::limit`].
    pub fn too_large(&self, name: &str, bytes: f64) -> String {
        let [bytes, limit] = [bytes, self.limit()].map(|bytes| bytes / 1e6);
        let detail = format!("the file has {bytes:.0} MB, the limit is {limit:.0} MB");
        json(&self.without_answer(name, &Error::new(Stage::Decode, Kind::TooLarge, detail)))
    }

    /// The reading of a film whose bytes could not be had, and why; `None` if the browser could not open its file.
    pub fn not_opened(&self, name: &str, why: Option<String>) -> String {
        let why = why.unwrap_or_else(|| "the browser could not open the file".into());
        json(&self.without_answer(name, &Error::new(Stage::Decode, Kind::Unreadable, why)))
    }

    /// The reading of a film that an engine before this one stopped at.
    pub fn stopped(&self, name: &str) -> String {
        json(&self.without_answer(name, &Error::new(Stage::Infer, Kind::Engine, "the reader stopped at this film")))
    }

    /// A reading with its probability restated where pneumonia is so common, above 0 and below 1.
    ///
    /// # Errors
    /// If the reading is not understood, or the share lies outside.
    pub fn restated(&self, reading: &str, prevalence: f64) -> Result<String, JsError> {
        let reading: Reading = parsed("the reading", reading)?;
        let prevalence = Prevalence::try_from(prevalence).map_err(JsError::new)?;
        Ok(json(&reading.with_prevalence(prevalence)))
    }

    /// What is said of a hospital's own model and of what it says of a film, in the words of a locale's file: `lungfield.own-view/1`.
    /// `null` where the film's `reading`, with what is `asked`, lets nothing of it be shown. `facts` and `own` are of an engine that
    /// has opened it; `own` is absent while it reads.
    ///
    /// # Errors
    /// As of [`Engine::say`].
    pub fn say_own(
        &self,
        reading: &str,
        facts: &str,
        own: Option<String>,
        locale: &str,
        asked: &str,
    ) -> Result<String, JsError> {
        let reading: Reading = parsed("the reading", reading)?;
        let facts: OwnFacts = parsed("the model's facts", facts)?;
        let own: Option<OwnReading> = own.map(|own| parsed("the model's reading", &own)).transpose()?;
        let WhatToSay { revealed, prevalence, first, .. } = parsed("what is asked", asked)?;
        let texts = texts(locale)?;
        let verdict = Verdict::of(&reading, Asked { revealed, prevalence, first });
        Ok(json(&verdict.lets_own(facts.through_gate).then(|| OwnView::of(&facts, own.as_ref(), &texts))))
    }

    /// Whether a file is the archive of a hospital's own model, and no film.
    pub fn is_own_model(&self, bytes: &[u8]) -> bool {
        FileKind::of(bytes) == FileKind::Archive
            && archive::films(&mut Cursor::new(bytes), &Limits::default()).is_ok_and(|films| archive::is_model(&films))
    }

    /// What is said of a reading in the words of a locale's file: `lungfield.view/1`, with `heat`, what the heatmaps have to show, and
    /// `plain`, all of it as text. `asked` is `{"revealed": true, "prevalence": 0.1, "first": "asked", "other": {}}`, each of them
    /// optional; `other` is [`FilmRead::other`].
    ///
    /// # Errors
    /// If one of the three is not understood, or the language lacks a text.
    pub fn say(&self, reading: &str, locale: &str, asked: &str) -> Result<String, JsError> {
        let reading: Reading = parsed("the reading", reading)?;
        let asked: WhatToSay = parsed("what is asked", asked)?;
        let texts = texts(locale)?;
        Ok(json(&Said::of(&reading, self.reader.manifest(), &texts, asked)))
    }
}

impl Engine {
    fn without_answer(&self, name: &str, error: &Error) -> Reading {
        Reading::without_answer(name, self.reader.manifest(), error, Milliseconds::default())
    }
}

pub(crate) fn texts(locale: &str) -> Result<Texts, JsError> {
    Texts::from_json(locale).map_err(|name| JsError::new(&format!("the language lacks {name}")))
}

/// Milliseconds, as exact as the browser tells them.
pub(crate) fn clock() -> impl Fn() -> f64 {
    let performance = js_sys::Reflect::get(&js_sys::global(), &"performance".into()).unwrap_or_default();
    let now = js_sys::Reflect::get(&performance, &"now".into()).unwrap_or_default();
    let now: Option<Function> = wasm_bindgen::JsCast::dyn_into(now).ok();
    move || {
        let told = now.as_ref().and_then(|now| now.call0(&performance).ok()).and_then(|now| now.as_f64());
        told.unwrap_or_else(Date::now)
    }
}

/// Plain types of ours always serialise.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
