use lungfield_contract::{Class, Lungs, OwnHeatmap, ReportedHeatmap};
use wasm_bindgen::{JsError, prelude::wasm_bindgen};

use crate::ask::{ToPaint, parsed};

/// The places that stand out, to be laid over a film: four bytes a pixel, red, green, blue and opacity, row by row. `what` is
/// `{"map": {}, "lungs": {}}`, both as in a reading. Where no place stands out everything is clear.
///
/// # Errors
/// If `what` is not understood, or a side is 0 or above 4096.
#[wasm_bindgen]
pub fn paint(what: &str, width: usize, height: usize) -> Result<Vec<u8>, JsError> {
    let ToPaint { map, lungs } = parsed("what is to be painted", what)?;
    painted(&map, lungs.as_ref(), width, height)
}

/// The same of a heatmap in a reading of a hospital's own model.
///
/// # Errors
/// As of [`paint`].
#[wasm_bindgen]
pub fn paint_own(map: &str, width: usize, height: usize) -> Result<Vec<u8>, JsError> {
    let map: OwnHeatmap = parsed("what is to be painted", map)?;
    painted(&map.painted(), None, width, height)
}

/// How the strong places of a class look, `"pneumonia"` or `"normal"`.
///
/// # Errors
/// If it is another class.
#[wasm_bindgen]
pub fn swatch(class: &str, width: usize, height: usize) -> Result<Vec<u8>, JsError> {
    let class: Class = parsed("the class", &format!("{class:?}"))?;
    Ok(class.swatch(width, height))
}

fn painted(map: &ReportedHeatmap, lungs: Option<&Lungs>, width: usize, height: usize) -> Result<Vec<u8>, JsError> {
    const MOST: usize = 4096;
    if ![width, height].iter().all(|side| (1..=MOST).contains(side)) {
        return Err(JsError::new(&format!("a side has 1 to {MOST} pixels, not {width} x {height}")));
    }
    if map.rows * map.columns != map.values.len() || map.values.is_empty() {
        return Err(JsError::new("what is to be painted: the map has not as many values as cells"));
    }
    Ok(map.paint(width, height, lungs))
}
