use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};

use rawzip::{ErrorKind, ReaderAt, ZipArchive, ZipFileHeaderRecord};

use super::unpack::{check, unpack};
use crate::guard::guarded;
use crate::listing::{FileGroup, group_file_sets, has_directory_name, visible_in_order};
use crate::study::file_set;
use crate::{ArchiveEntry, Error, Kind, Limits, Listed, Result, Stage};

/// Files by which documents and programs that come as ZIP archives are told from folders that somebody has packed.
const NO_FOLDER: [&str; 3] = ["[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"];

/// What an archive holds that is a model of a hospital's own, and no films.
pub const MODEL: &str = "model.json";

/// How far from an archive's end its index may be announced: behind that there is a comment of at most 65,535 bytes.
const END: u64 = 1 << 17;

/// The films of an archive: the files that it holds but for folders, hidden ones and what macOS adds, in the order in which
/// they would come unpacked. Of a file-set with a DICOMDIR, the films that it lists, in its order. A film that cannot be
/// unpacked is listed; [`unpack`] says why it cannot.
///
/// # Errors
/// A refusal for an archive beyond the limits, or one that is no folder but a document or a program; a failure for one
/// that is damaged, cut off or empty, or that cannot be read.
pub fn films(archive: &mut (impl Read + Seek), limits: &Limits) -> Result<Vec<Listed<ArchiveEntry>>> {
    let mut files = guarded(|| entries(archive, limits))?;
    if files.iter().any(|(name, _)| NO_FOLDER.contains(&name.as_str())) {
        let detail = "the file is a document or a program, and no folder of films";
        return Err(error(Kind::UnsupportedFormat, detail));
    }
    files = visible_in_order(files, |(name, _)| name);
    if files.is_empty() {
        return Err(error(Kind::Empty, "the ZIP archive holds no files"));
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let mut films = Vec::with_capacity(files.len());
    // All directories together may have as many bytes as one: they are read before any film is.
    let mut index_bytes = limits.index_bytes;
    for group in group_file_sets(&names, |index| has_directory_name(names[index])) {
        match group {
            FileGroup::File(index) => {
                films.push(Listed { name: names[index].to_owned(), place: Ok(files[index].1.clone()) })
            }
            FileGroup::FileSet { files: own, directory } => {
                let bytes = unpack(&files[own[directory]].1, archive, &Limits { bytes: index_bytes, ..*limits });
                index_bytes -= bytes.as_ref().map_or(0, Vec::len);
                let own_names: Vec<&str> = own.iter().map(|&index| names[index]).collect();
                films.extend(file_set::films_or_all(&own_names, directory, bytes, limits).into_iter().map(|film| {
                    Listed { name: film.name, place: film.place.map(|place| files[own[place]].1.clone()) }
                }));
            }
        }
    }
    Ok(films)
}

/// Whether the films of an archive are none, but a model of a hospital's own: `docs/own-model.md`.
pub fn is_model(films: &[Listed<ArchiveEntry>]) -> bool {
    films.iter().any(|film| film.name == MODEL)
}

/// All files with their names, in the archive's order.
fn entries(archive: &mut (impl Read + Seek), limits: &Limits) -> Result<Vec<(String, ArchiveEntry)>> {
    let length = archive.seek(SeekFrom::End(0)).map_err(|cause| unreadable(&cause))?;
    let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let located =
        ZipArchive::with_max_search_space(END).locate_in_reader(At(RefCell::new(&mut *archive)), &mut buffer, length);
    let located = located.map_err(|(_, cause)| refused(&cause))?;
    // Or it is the list of an archive within this one, which is cut off.
    if located.end_offset() != length {
        return Err(error(Kind::Damaged, "the ZIP archive does not end with the list of its files"));
    }
    let announced = located.entries_hint();
    let mut entries = located.entries(&mut buffer);
    let mut found = Vec::new();
    let (mut names, mut unpacked) = (0, 0_u64);
    let most = limits.archive_bytes.min(length.saturating_mul(limits.archive_ratio));
    let mut count = 0_u64;
    while let Some(record) = entries.next_entry().map_err(|cause| refused(&cause))? {
        count += 1;
        if count > limits.entries as u64 {
            return Err(too_large(format!("more than {} files", limits.entries)));
        }
        if record.is_dir() {
            continue;
        }
        let name = name(&record);
        names += name.len();
        if names > limits.index_bytes {
            return Err(too_large(format!("names of more than {} bytes", limits.index_bytes)));
        }
        let entry = entry(&record);
        // One that is too large by itself is not unpacked, and harms no other.
        if check(&entry, limits).is_ok() {
            unpacked = unpacked.saturating_add(entry.bytes);
        }
        if unpacked > most {
            return Err(too_large(format!("more than {most} bytes, unpacked")));
        }
        found.push((name, entry));
    }
    if count < announced {
        let detail = format!("the ZIP archive's list of files ends early: it has {count} of {announced}");
        return Err(error(Kind::Damaged, detail));
    }
    Ok(found)
}

fn entry(record: &ZipFileHeaderRecord) -> ArchiveEntry {
    let flags = record.flags();
    ArchiveEntry {
        header: record.local_header_offset(),
        packed: record.compressed_size_hint(),
        bytes: record.uncompressed_size_hint(),
        crc32: record.crc32(),
        method: record.compression_method().as_u16(),
        encrypted: flags.is_encrypted() || flags.has_strong_encryption() || flags.is_masked(),
    }
}

/// A file's path for people and for finding it again: with `/` between the parts, without any that lead upwards, without
/// characters that a terminal obeys. Old archives have names in an encoding that they do not tell; what is no UTF-8 is
/// shown as such.
fn name(record: &ZipFileHeaderRecord) -> String {
    let path = record.file_path();
    let text = String::from_utf8_lossy(path.as_bytes());
    let parts = text.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let name = parts.collect::<Vec<_>>().join("/").replace(char::is_control, "\u{FFFD}");
    if name.is_empty() { "\u{FFFD}".into() } else { name }
}

/// A stream as something that can be read anywhere.
struct At<R>(RefCell<R>);

impl<R: Read + Seek> ReaderAt for At<R> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut stream = self.0.borrow_mut();
        stream.seek(SeekFrom::Start(offset))?;
        stream.read(buffer)
    }
}

fn refused(cause: &rawzip::Error) -> Error {
    match cause.kind() {
        ErrorKind::IO(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => unreadable(cause),
        ErrorKind::MissingEndOfCentralDirectory => {
            error(Kind::Truncated, "the ZIP archive ends before the list of its files")
        }
        _ => error(Kind::Damaged, "the ZIP archive's list of files is damaged"),
    }
}

fn too_large(holds: String) -> Error {
    error(Kind::TooLarge, format!("the ZIP archive holds {holds}"))
}

fn unreadable(cause: &io::Error) -> Error {
    error(Kind::Unreadable, format!("the ZIP archive could not be read: {cause}"))
}

fn error(kind: Kind, detail: impl Into<String>) -> Error {
    Error::new(Stage::Decode, kind, detail)
}
