//! JPEG-LS inside DICOM (PS3.5, A.4.3; ITU-T T.87 = ISO/IEC 14495-1): lossless and near-lossless, of any interleave.

mod bits;
mod context;
mod frame;
mod parameters;
mod scan;

use self::frame::Frame;
use super::broken::broken;
use super::layout::Layout;
use crate::Result;

/// The samples of a frame, colours together, and how many bits they have.
///
/// # Errors
/// A refusal for a feature that is not read, a failure for a picture that is cut off, damaged, or of another size than
/// the layout says.
pub(super) fn decode(bytes: &[u8], layout: &Layout) -> Result<(Vec<u16>, u16)> {
    let mut frame = Frame::find(bytes)?;
    let (columns, rows) = (layout.columns, layout.rows);
    if (frame.width, frame.height) != (columns, rows) {
        let Frame { width, height, .. } = frame;
        return Err(broken(format!("its JPEG-LS has {width} x {height} pixels, its header {columns} x {rows}")));
    }
    let colours = frame.components.len();
    if colours != usize::from(layout.samples) {
        return Err(broken(format!("its JPEG-LS has {colours} colours, its header {}", layout.samples)));
    }
    let mut samples = vec![0; layout.sample_count()];
    let mut seen = 0;
    while seen < colours {
        let scan = frame.next_scan()?;
        seen += scan.components.len();
        scan::decode(&scan, columns.into(), colours, &mut samples)?;
    }
    Ok((samples, frame.precision.into()))
}
