//! The index of a file-set, a DICOMDIR (PS3.3, annex F; PS3.10, section 8.6): which files hold its images, and in which
//! order. Nothing else of it is kept: no name, number or date of a patient.

use std::collections::{BTreeMap, BTreeSet};

use dicom_dictionary_std::tags;

use super::super::check::error;
use super::data_set::DataSet;
use super::file::File;
use crate::{Kind, Limits, Result};

/// A Referenced File ID (0004,1500): the path of a file below the folder of the directory, with `/` between its parts;
/// `None` where it leads out of that folder, or nowhere.
pub(crate) type FileId = Option<String>;

/// A directory record (PS3.3, F.3.2.2), as far as it leads to images.
struct Record {
    next: usize,
    lower: usize,
    image: Option<FileId>,
}

/// The files that the image records reference, in the order in which the records' offsets lead to them. Records that no
/// offset leads to, which careless writers leave, come last, in the order in which they lie.
///
/// # Errors
/// [`Kind::TooLarge`] for a directory beyond the limits; a failure for broken bytes.
pub(crate) fn images(bytes: &[u8], limits: &Limits) -> Result<Vec<FileId>> {
    if bytes.len() > limits.index_bytes {
        return Err(too_large(format!("has more than {} bytes", limits.index_bytes)));
    }
    let file = File::open_any(bytes, limits)?;
    let data_set = DataSet::parse(&file.data_set, file.syntax.encoding)?;
    let mut records = records(&data_set, bytes)?;
    let first = data_set.long(tags::OFFSET_OF_THE_FIRST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY);
    let images: Vec<FileId> = order(&records, first.unwrap_or_default() as usize)
        .into_iter()
        .filter_map(|offset| records.get_mut(&offset)?.image.take())
        .collect();
    if images.len() > limits.entries {
        return Err(too_large(format!("lists {} films, the limit is {}", images.len(), limits.entries)));
    }
    Ok(images)
}

/// The records by their offsets, which count from the file's first byte to the item (PS3.3, F.2.2.1).
fn records(data_set: &DataSet, file: &[u8]) -> Result<BTreeMap<usize, Record>> {
    let mut records = BTreeMap::new();
    let Some(sequence) = data_set.get(tags::DIRECTORY_RECORD_SEQUENCE) else { return Ok(records) };
    let begin = sequence.bytes.as_ptr().addr().wrapping_sub(file.as_ptr().addr());
    data_set.each_item(tags::DIRECTORY_RECORD_SEQUENCE, |place, item| {
        let offset = |tag| item.long(tag).unwrap_or_default() as usize;
        // A record that is not in use any more has this flag at 0 (PS3.3, F.3.2.2).
        let in_use = item.short(tags::RECORD_IN_USE_FLAG) != Some(0);
        let is_image = in_use && item.text(tags::DIRECTORY_RECORD_TYPE) == Some("IMAGE");
        let record = Record {
            next: offset(tags::OFFSET_OF_THE_NEXT_DIRECTORY_RECORD),
            lower: offset(tags::OFFSET_OF_REFERENCED_LOWER_LEVEL_DIRECTORY_ENTITY),
            image: is_image.then(|| file_id(&item)),
        };
        records.insert(begin.wrapping_add(place), record);
    })?;
    Ok(records)
}

/// Every record once: first the offsets' way, lower records before the next one, then those that are left.
fn order(records: &BTreeMap<usize, Record>, first: usize) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let mut order = Vec::with_capacity(records.len());
    let mut ahead = vec![first];
    while let Some(offset) = ahead.pop() {
        // An offset of 0 ends a row of records; any other that is none's is a fault, and ends it as well.
        let Some(record) = records.get(&offset).filter(|_| seen.insert(offset)) else { continue };
        order.push(offset);
        ahead.extend([record.next, record.lower]);
    }
    order.extend(records.keys().filter(|offset| !seen.contains(offset)));
    order
}

fn file_id(record: &DataSet) -> FileId {
    let value = str::from_utf8(record.get(tags::REFERENCED_FILE_ID)?.bytes).ok()?;
    let parts: Vec<&str> = value.split('\\').map(|part| part.trim_matches([' ', '\0'])).collect();
    let inside = |part: &&str| !part.is_empty() && !matches!(*part, "." | "..") && !part.contains(['/', ':']);
    parts.iter().all(inside).then(|| parts.join("/"))
}

fn too_large(says: String) -> crate::Error {
    error(Kind::TooLarge, format!("the DICOM directory {says}"))
}
