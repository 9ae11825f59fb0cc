//! The worker that makes what is taken away: sheets, DICOM, FHIR, tables. The page starts it when it is asked for one, and ends it with
//! its answer.

use js_sys::Reflect;
use lungfield_contract::Manifest;
use lungfield_export::{Film, Occasion, Picture, Table, Words, export};
use lungfield_presenter::Texts;
use lungfield_sheet::Fonts;

use crate::{
    bridge::{FilmExport, ToExporter, answer_exports},
    device,
};

/// Answers the page. A panic ends the worker, which the page hears.
pub fn run() {
    answer_exports(|question, grey| match question {
        ToExporter::Table(readings) => {
            let mut table = Table::new(Vec::new());
            readings.iter().try_for_each(|(reading, marks)| table.add(reading, *marks)).map_err(said)?;
            table.finish().map_err(said)
        }
        ToExporter::Film(film) => of_film(*film, grey.as_deref()),
    });
}

fn of_film(film: FilmExport, grey: Option<&[u8]>) -> Result<Vec<u8>, String> {
    let FilmExport { format, reading, marks, header, picture, language, texts } = film;
    // www/start-exporter.js has put it there.
    let manifest = Reflect::get(&js_sys::global(), &"manifest".into()).ok().and_then(|json| json.as_string());
    let manifest = Manifest::from_json(manifest.unwrap_or_default().as_bytes()).map_err(|e| e.to_string())?;
    let texts = Texts::from_json(&texts).map_err(|name| format!("the language lacks {name}"))?;
    let picture = picture.zip(grey).map(|((width, height), grey)| Picture { width, height, grey });
    let film = Film { reading: &reading, picture, header: header.as_ref(), marks, captured: false };
    let words = Words { language: &language, texts: &texts, manifest: &manifest, fonts: &Fonts::noto() };
    let at = device::now().parse().map_err(|_| "the clock has no time")?;
    let random = device::random().ok_or("the browser has no random numbers")?;
    let made = export(&film, format, &Occasion::new(&at, u128::from_be_bytes(random)), &words).map_err(said)?;
    made.ok_or_else(|| format!("{} has nothing to say of a film without an answer", format.name()))
}

fn said(error: lungfield_export::Error) -> String {
    error.to_string()
}
