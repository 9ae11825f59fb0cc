//! JPEG 2000 and High-Throughput JPEG 2000 inside DICOM (PS3.5, A.4.4 and A.4.12; ISO/IEC 15444-1 and -15).

mod codestream;
mod error;
mod high_throughput;
mod packets;
mod tile_parts;

use dicom_toolkit_jpeg2000 as part15;
use hayro_jpeg2000 as part1;
use hayro_jpeg2000::error::{DecodeError, DecodingError};

use self::codestream::{Codestream, Coding};
use super::super::check;
use super::broken::broken;
use super::layout::Layout;
use crate::{Error, Kind, Limits, Result};

/// What decoding takes in memory, in bytes a sample: coefficients, components and the result.
const BYTES_A_SAMPLE: u64 = 12;

/// The samples of a frame, colours together, how many bits they have, and whether one of them is a sign.
///
/// # Errors
/// A refusal when it would need too much memory or is of a kind that is not read, a failure when it is damaged or of
/// another size than the layout says.
pub(super) fn decode(bytes: &[u8], layout: &Layout, limits: &Limits) -> Result<(Vec<u16>, u16, bool)> {
    if layout.sample_count() as u64 * BYTES_A_SAMPLE > limits.decoder_bytes {
        return Err(check::error(Kind::TooLarge, "the DICOM file's JPEG 2000 picture needs too much memory to decode"));
    }
    let stream = Codestream::find(bytes, layout)?;
    let mut samples = match stream.coding {
        Coding::Part1 => decode_part1(&stream, layout)?,
        Coding::HighThroughput => decode_high_throughput(&stream, layout)?,
    };
    // The decoders move every sample up by half the range, as ISO/IEC 15444-1, G.1 says for unsigned ones only.
    if stream.signed {
        let half = 1u16 << (stream.precision - 1);
        samples.iter_mut().for_each(|sample| *sample = sample.wrapping_sub(half));
    }
    Ok((samples, stream.precision.into(), stream.signed))
}

fn decode_part1(stream: &Codestream, layout: &Layout) -> Result<Vec<u16>> {
    let image = |strict| {
        let settings = part1::DecodeSettings { strict, ..part1::DecodeSettings::default() };
        part1::Image::new(&stream.bytes, &settings).map_err(|cause| failed(&cause))
    };
    let (strict, lenient) = (image(true)?, image(false)?);
    let mut context = part1::DecoderContext::default();
    let mut other = part1::DecoderContext::default();
    let picture = match strict.decode(&mut context) {
        // Coefficients of more bits than the header gives them, as OpenJPEG takes them.
        Err(DecodeError::Decoding(DecodingError::TooManyCodingPasses)) => lenient.decode(&mut other),
        picture => picture,
    };
    let picture = picture.map_err(|cause| failed(&cause))?;
    let planes = picture.components();
    if planes.len() != usize::from(layout.samples) {
        return Err(other_colours());
    }
    let most = f32::from(u16::MAX >> (16 - stream.precision));
    let mut samples = vec![0; layout.sample_count()];
    for (nth, plane) in planes.iter().enumerate() {
        for (sample, value) in samples[nth..].iter_mut().step_by(planes.len()).zip(plane.samples()) {
            *sample = (value.clamp(0.0, most) + 0.5) as u16;
        }
    }
    Ok(samples)
}

fn decode_high_throughput(stream: &Codestream, layout: &Layout) -> Result<Vec<u16>> {
    let bytes = high_throughput::rewrite_for_decoder(stream)?;
    let strict = part15::DecodeSettings { strict: true, ..part15::DecodeSettings::default() };
    let image = part15::Image::new(&bytes, &strict).map_err(|cause| failed(&cause))?;
    let native = image.decode_native().map_err(|cause| failed(&cause))?;
    if u16::from(native.num_components) != layout.samples {
        return Err(other_colours());
    }
    Ok(if native.bytes_per_sample == 2 {
        native.data.as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect()
    } else {
        native.data.into_iter().map(u16::from).collect()
    })
}

fn failed(cause: &dyn std::fmt::Display) -> Error {
    broken(format!("its JPEG 2000 picture: {cause}"))
}

fn other_colours() -> Error {
    broken("its JPEG 2000 picture has other colours than its header says")
}
