//! Display shutters (PS3.3, section C.7.6.11): what lies outside of them is not to be looked at.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::data_set::DataSet;
use super::layout::Layout;
use crate::{Limits, Warning, WarningKind};

/// Values of Shutter Shape at most: one of each shape.
const SHAPES: usize = 3;
/// Corners of a polygon at most.
const CORNERS: usize = 1000;

/// The part of the picture that shutters leave, as the rectangle around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shutter {
    /// The column and the row that it begins in, 0 being the first.
    pub(super) start: [usize; 2],
    /// Columns and rows.
    pub(super) size: [usize; 2],
}

impl Shutter {
    /// The shutter that the header names; `None` where it names none, or one that leaves all or too little of the picture.
    pub(super) fn read(data_set: &DataSet, layout: &Layout, limits: &Limits) -> Option<Self> {
        let whole = [f64::from(layout.columns), f64::from(layout.rows)];
        let (mut first, mut last) = ([1.0, 1.0], whole);
        for nth in 0..SHAPES {
            let Some(shape) = data_set.nth_text(tags::SHUTTER_SHAPE, nth) else { break };
            let [near, far] = match shape {
                "RECTANGULAR" => rectangle(data_set)?,
                "CIRCULAR" => circle(data_set)?,
                "POLYGONAL" => polygon(data_set)?,
                _ => return None,
            };
            for axis in [0, 1] {
                first[axis] = near[axis].max(first[axis]);
                last[axis] = far[axis].min(last[axis]);
            }
        }
        let size = [0, 1].map(|axis| last[axis] - first[axis] + 1.0);
        if size == whole || size.iter().any(|&side| side < f64::from(limits.least_side)) {
            return None;
        }
        Some(Self { start: first.map(|place| place as usize - 1), size: size.map(|side| side as usize) })
    }

    /// What is said of it with the answer.
    pub(super) fn warning(&self) -> Warning {
        let Self { start: [left, top], size: [width, height] } = self;
        let text = format!(
            "the header has a shutter; what lies outside was cut off, at column {left} and row {top}, to {width} x {height} pixels"
        );
        Warning::new(WarningKind::MarginCut, text)
    }
}

/// Columns and rows of the first and of the last pixel within; the first of the picture is 1.
type Bounds = [[f64; 2]; 2];

fn rectangle(data_set: &DataSet) -> Option<Bounds> {
    let edge = |tag| whole_number(data_set, tag, 0);
    Some([
        [edge(tags::SHUTTER_LEFT_VERTICAL_EDGE)?, edge(tags::SHUTTER_UPPER_HORIZONTAL_EDGE)?],
        [edge(tags::SHUTTER_RIGHT_VERTICAL_EDGE)?, edge(tags::SHUTTER_LOWER_HORIZONTAL_EDGE)?],
    ])
}

fn circle(data_set: &DataSet) -> Option<Bounds> {
    let [row, column] = [0, 1].map(|nth| whole_number(data_set, tags::CENTER_OF_CIRCULAR_SHUTTER, nth));
    let (centre, radius) = ([column?, row?], whole_number(data_set, tags::RADIUS_OF_CIRCULAR_SHUTTER, 0)?);
    Some([centre.map(|place| place - radius), centre.map(|place| place + radius)])
}

fn polygon(data_set: &DataSet) -> Option<Bounds> {
    let place = |nth| whole_number(data_set, tags::VERTICES_OF_THE_POLYGONAL_SHUTTER, nth);
    let corners = (0..CORNERS).map_while(|nth| Some([place(2 * nth + 1)?, place(2 * nth)?]));
    corners.fold(None, |bounds: Option<Bounds>, corner| {
        let [near, far] = bounds.unwrap_or([corner, corner]);
        let both = |choose: fn(f64, f64) -> f64, bound: [f64; 2]| [0, 1].map(|axis| choose(bound[axis], corner[axis]));
        Some([both(f64::min, near), both(f64::max, far)])
    })
}

fn whole_number(data_set: &DataSet, tag: Tag, nth: usize) -> Option<f64> {
    Some(data_set.number(tag, nth).ok()??.trunc())
}
