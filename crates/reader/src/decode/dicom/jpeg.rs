//! JPEG inside DICOM (PS3.5, A.4.1).

use super::super::jpeg::{self, Colours, Frame};
use super::broken::broken;
use super::layout::Layout;
use crate::{Limits, Result};

/// A picture as its own headers describe it.
pub(super) struct Coded {
    /// Samples, colours together.
    pub(super) samples: Vec<u16>,
    /// Bits of a sample.
    pub(super) precision: u16,
    /// What its colours are, if it says so itself.
    pub(super) colours: Option<Colours>,
}

/// The picture of a frame.
///
/// # Errors
/// A refusal for a process that is not read, a failure for a picture that is cut off, damaged, or of another size than
/// the layout says.
pub(super) fn decode(bytes: &[u8], layout: &Layout, limits: &Limits) -> Result<Coded> {
    let frame = Frame::find(bytes)?;
    let (columns, rows) = (layout.columns, layout.rows);
    if (frame.width, frame.height) != (columns, rows) {
        let Frame { width, height, .. } = frame;
        return Err(broken(format!("its JPEG has {width} x {height} pixels, its header {columns} x {rows}")));
    }
    let components = frame.components.len();
    if components != usize::from(layout.samples) {
        return Err(broken(format!("its JPEG has {components} colours, its header {}", layout.samples)));
    }
    let (precision, colours) = (frame.precision.into(), frame.colours());
    Ok(Coded { samples: jpeg::samples(bytes, frame, limits)?, precision, colours })
}
