use std::rc::Rc;

use lungfield_contract::{Format, Marks, Prevalence, Reading};
use wasm_bindgen::JsValue;
use web_sys::File;

use super::{state::Film, view::Locale};
use crate::{
    bridge::{ExportFailure, Exporter, FilmExport, Samples, ToExporter},
    platform,
};

/// What is to be taken away.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wanted {
    /// One table of these films.
    Table(Vec<(Rc<Reading>, Marks)>, Option<Prevalence>),
    /// A film, as this.
    Film(Box<Film>, Format, Option<Prevalence>),
}

/// A file that was made, or why there is none.
pub(super) type Made = Result<File, ExportFailure>;

/// Makes a file of what is wanted, by a worker of its own.
pub(super) async fn make(wanted: Wanted, locale: Locale) -> Made {
    let exporter = Exporter { script: platform::meta("exporter").ok_or(ExportFailure::Absent)? };
    match wanted {
        Wanted::Table(readings, prevalence) => {
            let readings = readings.iter().map(|(reading, marks)| (at(prevalence, reading), *marks)).collect();
            let bytes = exporter.make(&ToExporter::Table(readings), None).await?;
            named(&bytes, "readings.csv", "text/csv")
        }
        Wanted::Film(film, format, prevalence) => {
            let answer = film.answer().ok_or(ExportFailure::Absent)?;
            let picture = answer.picture.as_deref();
            let grey = picture.and_then(|picture| match picture.samples() {
                Samples::Eight(grey) => Some(&**grey),
                Samples::Sixteen(_) => None,
            });
            let question = ToExporter::Film(Box::new(FilmExport {
                format,
                reading: at(prevalence, &answer.reading),
                marks: film.marks(),
                header: answer.header.as_deref().cloned(),
                picture: picture.map(|picture| (picture.width(), picture.height())),
                language: locale.tag.into(),
                texts: locale.json.into(),
            }));
            let bytes = exporter.make(&question, grey).await?;
            named(&bytes, &format!("{}.{}", stem(&film.name), format.ending()), format.media_type())
        }
    }
}

/// A reading where pneumonia is as common as the user says.
fn at(prevalence: Option<Prevalence>, reading: &Reading) -> Reading {
    let reading = reading.clone();
    match prevalence {
        Some(prevalence) => reading.with_prevalence(prevalence),
        None => reading,
    }
}

fn named(bytes: &JsValue, name: &str, media_type: &str) -> Made {
    platform::made_file(bytes, name, media_type).ok_or_else(|| ExportFailure::Refused("there is no room for it".into()))
}

/// A film's own name, without its folders and its ending.
fn stem(name: &str) -> &str {
    let own = name.rsplit('/').next().unwrap_or(name);
    own.rsplit_once('.').map_or(own, |(stem, _)| if stem.is_empty() { own } else { stem })
}
