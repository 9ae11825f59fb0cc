//! DICOM: a film with a header that says what it is. `docs/dicom.md` has the order of operations.

mod aspect;
mod colour;
mod data_set;
mod directory;
mod file;
mod frame;
mod grey;
mod header;
mod jpeg;
mod jpeg2000;
mod jpeg_ls;
mod layout;
mod rle;
mod syntax;
mod table;
mod window;

use std::num::NonZeroU32;

pub(crate) use directory::images;
pub(super) use file::is_dicom;
pub(crate) use file::is_directory;

use self::data_set::DataSet;
use self::file::File;
use self::grey::Stored;
use self::layout::{Layout, Photometric};
use crate::{Decoded, Limits, Radiograph, Result, StoredValues};

/// The film of a DICOM file, its first frame unless another one is asked for, and what its header says.
pub(super) fn decode(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<Decoded> {
    let file = File::open(bytes, limits)?;
    let data_set = DataSet::parse(&file.data_set, file.syntax.encoding)?;
    // What says that a film is refused is looked at before anything is decoded.
    let frames = Layout::frames(&data_set)?;
    let header = header::facts(&data_set, frames, frame)?;
    let place = layout::place(frame, frames)?;
    let layout = Layout::read(&data_set, file.syntax.codec, limits)?;
    let square = aspect::square(&data_set, &layout, limits)?;
    let samples = frame::samples(&data_set, &layout, file.syntax.codec, place, limits)?;
    let luma = match layout.photometric {
        Photometric::Monochrome1 | Photometric::Monochrome2 => grey::luma(&data_set, &layout, samples)?,
        _ => colour::luma(&data_set, &layout, samples)?,
    };
    let film = Radiograph::from_luma(layout.columns.into(), layout.rows.into(), luma);
    let radiograph = match square {
        Some((width, height)) => film.resize(width, height),
        None => film,
    };
    Ok(Decoded { radiograph, header: Some(header), chroma: 0.0 })
}

/// The stored values of a frame of a DICOM file, the first one unless another is asked for.
pub(super) fn stored(bytes: &[u8], frame: Option<NonZeroU32>, limits: &Limits) -> Result<StoredValues> {
    let file = File::open(bytes, limits)?;
    let data_set = DataSet::parse(&file.data_set, file.syntax.encoding)?;
    let layout = Layout::read(&data_set, file.syntax.codec, limits)?;
    let place = layout::place(frame, layout.frames)?;
    let samples = frame::samples(&data_set, &layout, file.syntax.codec, place, limits)?;
    let stored = Stored::new(&layout);
    let bits = samples.into_iter().map(|sample| stored.value(stored.bits(sample)) as u16).collect();
    let (rows, columns) = (layout.rows.into(), layout.columns.into());
    Ok(StoredValues { rows, columns, samples: layout.samples.into(), signed: layout.signed, bits })
}
