use std::num::NonZeroU32;

use lungfield_contract::{ByHand, Corners, FilmHeader, Lungs, Prevalence, Reading, Rectangle, ReportedHeatmap, Site};
use lungfield_presenter::{Asked, First, HeatView, Measured, Measurement, Scale, Texts, View};
use lungfield_reader::Manifest;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::JsError;

/// How a film is to be read.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HowToRead {
    /// The frame of a file that holds several, from 1.
    pub frame: Option<NonZeroU32>,
    /// Where the film's corners are in a photograph of it.
    pub corners: Option<Corners>,
    /// The rectangle around the lungs.
    pub lungs: Option<Rectangle>,
    /// The site's own thresholds.
    pub site: Option<Site>,
}

impl HowToRead {
    /// What the user has put where it is.
    pub fn by_hand(&self) -> ByHand {
        ByHand { corners: self.corners, lungs: self.lungs }
    }
}

/// What is to be said of a reading.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WhatToSay {
    /// The answer even if it is withheld.
    pub revealed: bool,
    /// The probability where pneumonia is so common.
    pub prevalence: Option<Prevalence>,
    /// Whether the user says first what she sees: `"not-asked"`, `"asked"`, or `{"said": Seen}`.
    pub first: First,
    /// The heatmap of the class that the reading's own does not explain.
    pub other: Option<ReportedHeatmap>,
}

/// `lungfield.view/1`, with what the heatmaps have to show and the text to copy.
#[derive(Debug, Serialize)]
pub(crate) struct Said {
    #[serde(flatten)]
    view: View,
    /// For pneumonia, then against it, of a film with an answer.
    heat: Vec<HeatView>,
    /// All of it as plain text.
    plain: String,
}

impl Said {
    pub fn of(reading: &Reading, manifest: &Manifest, texts: &Texts, asked: WhatToSay) -> Self {
        let WhatToSay { revealed, prevalence, first, other } = asked;
        let view = View::of(reading, Some(manifest), texts, Asked { revealed, prevalence, first });
        let maps = reading.heatmap.iter().chain(&other).filter(|_| view.shows_answer());
        let mut heat: Vec<_> = maps.map(|map| HeatView::of(map, reading.lungs.as_ref(), texts)).collect();
        heat.sort_by_key(|said| said.class == lungfield_contract::Class::Normal);
        Self { plain: view.plain(reading, texts), view, heat }
    }
}

/// A film that is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Looked {
    pub header: Option<FilmHeader>,
    /// It was inverted to be hung.
    pub inverted: bool,
    /// What is usually shown of its values, where its detail shows more.
    pub shown: Option<[f64; 2]>,
}

/// A measurement, or where one is to begin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToMeasure {
    measured: Measured,
    #[serde(default)]
    points: Option<Vec<[f64; 2]>>,
    #[serde(default)]
    placed: Option<Vec<bool>>,
    /// The part of the film that is seen.
    seen: Rectangle,
    /// Width and height of the film in its own pixels.
    film: [f64; 2],
    #[serde(default)]
    header: Option<FilmHeader>,
    #[serde(default)]
    lungs: Option<Lungs>,
}

/// A measurement, and what was measured in words.
#[derive(Debug, Serialize)]
pub(crate) struct MeasuredSaid {
    measurement: Measurement,
    text: String,
}

impl ToMeasure {
    pub fn said(self, texts: &Texts) -> MeasuredSaid {
        let Self { measured, points, placed, seen, film, header, lungs } = self;
        let seen = [[seen.left, seen.top], [seen.right, seen.bottom]].map(|place| place.map(f64::from));
        let begun = Measurement::begin(measured, seen, lungs.as_ref());
        let measurement = match points.zip(placed) {
            Some((points, placed)) => begun.with_points(points, placed),
            None => begun,
        };
        let text = measurement.said(film, header.as_ref().and_then(Scale::read), texts);
        MeasuredSaid { measurement, text }
    }
}

/// A heatmap of a film whose lungs lie there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToPaint {
    pub map: ReportedHeatmap,
    #[serde(default)]
    pub lungs: Option<Lungs>,
}

/// Reads what the caller wrote; `what` is what the error calls it.
pub(crate) fn parsed<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, JsError> {
    serde_json::from_str(json).map_err(|error| JsError::new(&format!("{what}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(serde_json::from_str::<HowToRead>(r#"{"frame":2}"#).is_ok_and(|how| how.frame.is_some()));
        for wrong in [r#"{"frame":0}"#, r#"{"corners":[[0,0],[0,0],[0,0],[0,0]]}"#, r#"{"frames":1}"#] {
            assert!(serde_json::from_str::<HowToRead>(wrong).is_err(), "{wrong}");
        }
        assert!(serde_json::from_str::<WhatToSay>(r#"{"prevalence":1.5}"#).is_err());
    }
}
