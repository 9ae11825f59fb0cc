//! DICOM: a film with a header that says what it is. `docs/dicom.md` has the order of operations.

mod age;
mod aspect;
mod broken;
mod colour;
mod data_set;
mod difference;
mod directory;
mod file;
mod film_header;
mod fragments;
mod frame;
mod grey;
mod header;
mod jpeg;
mod jpeg2000;
mod jpeg_ls;
mod layout;
mod lut;
mod rle;
mod sample_format;
mod samples;
mod shutter;
mod syntax;
mod view;
mod walk;
mod window;

use std::num::NonZeroU32;

pub(crate) use directory::images;
pub(super) use file::has_prefix;
pub(crate) use file::is_dicom;
pub(crate) use file::is_directory;
pub(super) use film_header::read as film_header;

use self::data_set::DataSet;
use self::difference::Differences;
use self::file::File;
use self::layout::{Layout, Photometric};
use self::sample_format::SampleFormat;
use self::shutter::Shutter;
use crate::{Decoded, Limits, Radiograph, Result, StoredValues};

/// The film of a DICOM file, its first frame unless another one is asked for, and what its header says.
pub(super) fn decode(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<Decoded> {
    film(bytes, frame, limits, false).map(|(film, _)| film)
}

/// The film of a DICOM file as [`decode`] gives it, or `whole` range that its values may have, where its window hides some of it: then
/// with what is shown of that range otherwise, as [`grey::luma`] says it.
pub(super) fn film(
    bytes: &[u8],
    frame: Option<NonZeroU32>,
    limits: &Limits,
    whole: bool,
) -> Result<(Decoded, Option<[f64; 2]>)> {
    let file = File::open(bytes, limits)?;
    let data_set = DataSet::parse(&file.data_set, file.syntax.encoding)?;
    // What says that a film is refused is looked at before anything is decoded.
    let frames = Layout::frames(&data_set)?;
    let header = header::facts(&data_set, frames, frame)?;
    let nth = layout::place(frame, frames)?;
    let mut differences = Differences::default();
    let layout = Layout::read(&data_set, file.syntax.codec, limits, &mut differences)?;
    let shutter = Shutter::read(&data_set, &layout, limits);
    let size = shutter.map_or([layout.columns.into(), layout.rows.into()], |shutter| shutter.size);
    let square = aspect::square(&data_set, size, limits)?;
    let frame = frame::read(&data_set, layout, file.syntax.codec, nth, limits, &mut differences)?;
    let layout = frame.layout;
    let (luma, shown) = match layout.photometric {
        Photometric::Monochrome1 | Photometric::Monochrome2 => {
            grey::luma(&data_set, &layout, frame.samples, whole, &mut differences)?
        }
        _ => (colour::luma(&data_set, &layout, frame.samples, &mut differences)?, None),
    };
    let mut film = Radiograph::from_luma(layout.columns.into(), layout.rows.into(), luma);
    if let Some(shutter) = shutter {
        film = film.crop(shutter.start, shutter.size);
        differences.warn(shutter.warning());
    }
    let radiograph = match square {
        Some((width, height)) => film.resize(width, height),
        None => film,
    };
    let decoded = Decoded { header: Some(header), warnings: differences.into_warnings(), ..Decoded::of(radiograph) };
    Ok((decoded, shown))
}

/// The stored values of a frame of a DICOM file, the first one unless another is asked for.
pub(super) fn stored(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<StoredValues> {
    let file = File::open(bytes, limits)?;
    let data_set = DataSet::parse(&file.data_set, file.syntax.encoding)?;
    let mut differences = Differences::default();
    let layout = Layout::read(&data_set, file.syntax.codec, limits, &mut differences)?;
    let nth = layout::place(frame, layout.frames)?;
    let frame::Frame { samples, layout } =
        frame::read(&data_set, layout, file.syntax.codec, nth, limits, &mut differences)?;
    let format = SampleFormat::new(&layout);
    let bits = samples.into_iter().map(|sample| format.value(format.bits(sample)) as u16).collect();
    let (rows, columns) = (layout.rows.into(), layout.columns.into());
    Ok(StoredValues { rows, columns, samples: layout.samples.into(), signed: layout.signed, bits })
}
