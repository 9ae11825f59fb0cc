//! JPEG 2000 and High-Throughput JPEG 2000 inside DICOM (PS3.5, A.4.4 and A.4.12; ISO/IEC 15444-1 and -15).

use dicom_toolkit_jpeg2000::{DecodeSettings, Image};

use super::super::error;
use super::data_set::broken;
use super::layout::Layout;
use crate::{Kind, Limits, Result};

/// What decoding takes in memory, in bytes a sample: coefficients, components and the result.
const BYTES_A_SAMPLE: u64 = 12;

/// The samples of a frame, colours together.
///
/// # Errors
/// A refusal when it would need too much memory, a failure when it is damaged or of another size than the layout says.
pub(super) fn decode(bytes: &[u8], layout: &Layout, limits: &Limits) -> Result<Vec<u16>> {
    if layout.sample_count() as u64 * BYTES_A_SAMPLE > limits.decoder_bytes {
        return Err(error(Kind::TooLarge, "the DICOM file's JPEG 2000 picture needs too much memory to decode"));
    }
    let components = components(bytes, layout)?;
    let strict = DecodeSettings { strict: true, ..DecodeSettings::default() };
    let failed = |cause: &dyn std::fmt::Display| broken(format!("its JPEG 2000 picture: {cause}"));
    let picture = Image::new(bytes, &strict).map_err(|cause| failed(&cause))?;
    let native = picture.decode_native().map_err(|cause| failed(&cause))?;
    if usize::from(native.num_components) != usize::from(layout.samples) {
        return Err(broken("its JPEG 2000 picture has other colours than its header says"));
    }
    let wide = native.bytes_per_sample == 2;
    let mut samples: Vec<u16> = if wide {
        native.data.as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect()
    } else {
        native.data.into_iter().map(u16::from).collect()
    };
    // The decoder moves every sample up by half the range, as ISO/IEC 15444-1, G.1 says for unsigned ones only.
    if components.signed {
        let half = 1u16 << (components.precision - 1);
        samples.iter_mut().for_each(|sample| *sample = sample.wrapping_sub(half));
    }
    Ok(samples)
}

struct Components {
    /// Bits of a sample, 1 to 16.
    precision: u8,
    signed: bool,
}

/// Reads the size segment (ISO/IEC 15444-1, A.5.1), which must say what the data set says.
fn components(bytes: &[u8], layout: &Layout) -> Result<Components> {
    const START: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];
    let cut_off = || error(Kind::Truncated, "the DICOM file's JPEG 2000 picture ends before it begins");
    let at = bytes.windows(4).position(|window| window == START);
    let at = at.ok_or_else(|| broken("its picture is not the JPEG 2000 that it says"))?;
    let segment = bytes[at..].first_chunk::<42>().ok_or_else(cut_off)?;
    let word = |at: usize| u32::from_be_bytes([segment[at], segment[at + 1], segment[at + 2], segment[at + 3]]);
    let (width, height) = (word(8).saturating_sub(word(16)), word(12).saturating_sub(word(20)));
    if (width, height) != (layout.columns.into(), layout.rows.into()) {
        let (columns, rows) = (layout.columns, layout.rows);
        return Err(broken(format!(
            "its JPEG 2000 picture has {width} x {height} pixels, its header {columns} x {rows}"
        )));
    }
    let count = u16::from_be_bytes([segment[40], segment[41]]);
    if count != layout.samples {
        return Err(broken(format!("its JPEG 2000 picture has {count} colours, its header {}", layout.samples)));
    }
    // Tiles of a few pixels each would cost more than the picture.
    let tiles = u64::from(width.div_ceil(word(24).max(1))) * u64::from(height.div_ceil(word(28).max(1)));
    if tiles > 4096 {
        return Err(broken(format!("its JPEG 2000 picture has {tiles} tiles")));
    }
    let each = bytes[at + 42..].as_chunks::<3>().0;
    let &[depth, ..] = each.first().ok_or_else(cut_off)?;
    if each.iter().take(count.into()).any(|component| *component != [depth, 1, 1]) {
        let what = "the DICOM file's JPEG 2000 picture has colours of several depths or resolutions";
        return Err(error(Kind::UnsupportedVariant, what));
    }
    // A.6.1: the decoder's irreversible transform does not agree with others', so it is not used.
    let coding = bytes[at..].windows(14).find(|window| window.starts_with(&[0xFF, 0x52]));
    if coding.is_none_or(|coding| coding[13] != 1) {
        let what = "the DICOM file's JPEG 2000 picture is lossy, by the irreversible transform, which is not read";
        return Err(error(Kind::UnsupportedTransferSyntax, what));
    }
    let (precision, signed) = (depth & 0x7F, depth & 0x80 != 0);
    if precision > 15 {
        let what = format!("the DICOM file's JPEG 2000 picture has {} bits, at most 16 are read", precision + 1);
        return Err(error(Kind::UnsupportedVariant, what));
    }
    Ok(Components { precision: precision + 1, signed })
}
