//! Square pixels (PS3.3, sections C.7.6.3.1.7, 10.7 and C.8.11.7.1.2).

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::super::check::check_size;
use super::data_set::DataSet;
use crate::{Limits, Result};

/// Where the ratio of a pixel's height to its width may stand, the first that is one counts.
const RATIOS: [Tag; 3] = [tags::PIXEL_ASPECT_RATIO, tags::PIXEL_SPACING, tags::IMAGER_PIXEL_SPACING];
/// The most that a pixel may be longer than it is wide, or the other way round.
const MOST: f64 = 8.0;
/// A ratio nearer to 1 than this is a rounded 1.
const ROUNDED: f64 = 0.01;

/// The width and height that a film of so many columns and rows has with square pixels; `None` when its pixels are square, or nothing usable says
/// that they are not.
///
/// # Errors
/// A refusal when the film would be too large.
pub(super) fn square(data_set: &DataSet, size: [usize; 2], limits: &Limits) -> Result<Option<(u32, u32)>> {
    let Some(ratio) = RATIOS.into_iter().find_map(|tag| ratio(data_set, tag)) else { return Ok(None) };
    if (ratio - 1.0).abs() < ROUNDED {
        return Ok(None);
    }
    let [width, height] = size.map(|side| side as f64);
    // Stretched, never shrunk: no pixel is lost.
    let (width, height) = if ratio > 1.0 { (width, height * ratio) } else { (width / ratio, height) };
    let (width, height) = (width.round() as u32, height.round() as u32);
    check_size(width.into(), height.into(), limits)?;
    Ok(Some((width, height)))
}

/// A pixel's height by its width; `None` when the element gives none, or one that no machine has.
fn ratio(data_set: &DataSet, tag: Tag) -> Option<f64> {
    let [down, across] = [0, 1].map(|nth| data_set.number(tag, nth).ok().flatten().filter(|side| *side > 0.0));
    Some(down? / across?).filter(|ratio| (1.0 / MOST..=MOST).contains(ratio))
}
