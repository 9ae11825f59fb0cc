//! JPEG inside DICOM (PS3.5, A.4.1; ITU-T T.81): 8 bits by the decoder of JPEG files, what that does not read here,
//! 12 bits (process 4) and lossless (process 14). The process is the one that the picture's own frame header names.

mod cosine;
mod frame;
mod huffman;
mod lossless;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use self::frame::{Frame, Process};
use super::super::jpeg as file;
use super::data_set::broken;
use super::layout::Layout;
use crate::Result;

/// The samples of a frame, colours together.
///
/// # Errors
/// A refusal for a process that is not read, a failure for a picture that is cut off, damaged, or of another size than
/// the layout says.
pub(super) fn decode(bytes: &[u8], layout: &Layout) -> Result<Vec<u16>> {
    let frame = Frame::find(bytes)?;
    if (frame.width, frame.height) != (layout.columns, layout.rows) {
        let Frame { width, height, .. } = frame;
        return Err(broken(format!(
            "its JPEG has {width} x {height} pixels, its header {} x {}",
            layout.columns, layout.rows
        )));
    }
    if frame.components.len() != usize::from(layout.samples) {
        return Err(broken(format!("its JPEG has {} colours, its header {}", frame.components.len(), layout.samples)));
    }
    match frame.process {
        Process::Lossless => lossless::decode(frame),
        Process::Cosine if frame.precision == 12 => cosine::decode(frame),
        Process::Cosine | Process::Progressive => eight_bits(bytes, frame.components.len()),
    }
}

fn eight_bits(bytes: &[u8], components: usize) -> Result<Vec<u16>> {
    let strict = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), strict);
    decoder.decode_headers().map_err(file::failed)?;
    // The colours as they are coded: what they mean, the data set says.
    if let Some(colours) = decoder.input_colorspace() {
        // Adobe's marker says the transform only, and the decoder counts the components later.
        let colours = match colours {
            ColorSpace::CMYK if components == 3 => ColorSpace::RGB,
            ColorSpace::YCCK if components == 3 => ColorSpace::YCbCr,
            other => other,
        };
        decoder.set_options(strict.jpeg_set_out_colorspace(colours));
    }
    let samples = decoder.decode().map_err(file::failed)?;
    Ok(samples.into_iter().map(u16::from).collect())
}
