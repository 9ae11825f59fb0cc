//! The worker that makes what is taken away: sheets, DICOM, FHIR, tables. The page starts it when it is asked for one, and ends it with
//! its answer.

use js_sys::{Date, Reflect};
use lungfield_contract::Manifest;
use lungfield_export::{Film, Occasion, Picture, Table, Words, export};
use lungfield_presenter::Texts;
use lungfield_sheet::Fonts;
use wasm_bindgen::{JsCast, UnwrapThrowExt};
use web_sys::DedicatedWorkerGlobalScope;

use crate::bridge::{FilmExport, ToExporter, answer_exports};

/// Answers the page. A panic ends the worker, which the page hears.
pub fn run() {
    answer_exports(|question, grey| match question {
        ToExporter::Table(readings) => {
            let mut table = Table::new(Vec::new());
            readings.iter().try_for_each(|reading| table.add(reading)).map_err(said)?;
            table.finish().map_err(said)
        }
        ToExporter::Film(film) => of_film(*film, grey.as_deref()),
    });
}

fn of_film(film: FilmExport, grey: Option<&[u8]>) -> Result<Vec<u8>, String> {
    let FilmExport { format, reading, revealed, header, picture, language, texts } = film;
    // www/start-exporter.js has put it there.
    let manifest = Reflect::get(&js_sys::global(), &"manifest".into()).ok().and_then(|json| json.as_string());
    let manifest = Manifest::from_json(manifest.unwrap_or_default().as_bytes()).map_err(|e| e.to_string())?;
    let texts = Texts::from_json(&texts).map_err(|name| format!("the language lacks {name}"))?;
    let picture = picture.zip(grey).map(|((width, height), grey)| Picture { width, height, grey });
    let film = Film { reading: &reading, picture, header: header.as_ref(), revealed, captured: false };
    let words = Words { language: &language, texts: &texts, manifest: &manifest, fonts: &Fonts::noto() };
    let at = now().parse().map_err(|_| "the clock has no time")?;
    let made = export(&film, format, &Occasion::new(&at, random()?), &words).map_err(said)?;
    made.ok_or_else(|| format!("{} has nothing to say of a film without an answer", format.name()))
}

/// The time here, in RFC 3339 with the offset from UTC.
fn now() -> String {
    let now = Date::new_0();
    let east = -now.get_timezone_offset() as i32;
    let local = Date::new(&(now.get_time() + f64::from(east) * 60_000.0).into());
    let local = String::from(local.to_iso_string());
    let sign = if east < 0 { '-' } else { '+' };
    format!("{}{sign}{:02}:{:02}", local.trim_end_matches('Z'), east.abs() / 60, east.abs() % 60)
}

fn random() -> Result<u128, String> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().expect_throw("this is a worker");
    let mut bytes = [0; 16];
    let drawn = scope.crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    drawn.map_err(|_| "the browser has no random numbers")?;
    Ok(u128::from_be_bytes(bytes))
}

fn said(error: lungfield_export::Error) -> String {
    error.to_string()
}
