use std::io::{self, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::guard::guarded;
use crate::{ArchiveEntry, Error, Kind, Limits, Result, Stage};

/// How much of an archive is read at once.
const PIECE: usize = 1 << 18;
/// A local file header up to its name (APPNOTE.TXT 4.3.7).
const HEADER: usize = 30;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The file's bytes, unpacked from its archive. No more is allocated than the archive has bytes for, and never more
/// than a film may have.
///
/// # Errors
/// [`Kind::Encrypted`], [`Kind::UnsupportedCompression`] and [`Kind::TooLarge`] by what the archive says of the file,
/// before it is touched. [`Kind::Damaged`] and [`Kind::Truncated`] when it is not what the archive says,
/// [`Kind::Unreadable`] when the archive cannot be read.
pub fn unpack(entry: &ArchiveEntry, archive: &mut (impl Read + Seek), limits: &Limits) -> Result<Vec<u8>> {
    check(entry, limits)?;
    guarded(|| unpacked(entry, archive))
}

fn unpacked(entry: &ArchiveEntry, archive: &mut (impl Read + Seek)) -> Result<Vec<u8>> {
    let length = archive.seek(SeekFrom::End(0)).map_err(failed)?;
    archive.seek(SeekFrom::Start(entry.header)).map_err(failed)?;
    let mut header = [0; HEADER];
    archive.read_exact(&mut header).map_err(failed)?;
    let [b'P', b'K', 3, 4, .., n0, n1, e0, e1] = header else {
        return Err(damaged("it is not where the archive says"));
    };
    // The names are the index's affair.
    let skipped = u64::from(u16::from_le_bytes([n0, n1])) + u64::from(u16::from_le_bytes([e0, e1]));
    let begin = archive.seek_relative(skipped as i64).and_then(|()| archive.stream_position()).map_err(failed)?;
    if begin.saturating_add(entry.packed) > length {
        return Err(error(Kind::Truncated, "the ZIP archive ends before this file in it does"));
    }
    let mut bytes = Vec::with_capacity(entry.bytes as usize);
    let packed = archive.take(entry.packed);
    // One byte more than it should have, to find out that it has.
    let most = entry.bytes + 1;
    let unpacked = if entry.method == DEFLATED {
        DeflateDecoder::new_with_buf(packed, vec![0; PIECE]).take(most).read_to_end(&mut bytes)
    } else {
        packed.take(most).read_to_end(&mut bytes)
    };
    unpacked.map_err(failed)?;
    if bytes.len() as u64 != entry.bytes {
        return Err(damaged("it has another size than the archive says"));
    }
    let mut crc = Crc::new();
    crc.update(&bytes);
    if crc.sum() != entry.crc32 {
        return Err(damaged("its checksum is wrong"));
    }
    Ok(bytes)
}

/// Refuses a file by what the archive says of it.
pub(super) fn check(entry: &ArchiveEntry, limits: &Limits) -> Result<()> {
    if entry.encrypted {
        return Err(error(Kind::Encrypted, "the file in the ZIP archive is locked with a password"));
    }
    if !matches!(entry.method, STORED | DEFLATED) {
        let method = method(entry.method);
        let detail = format!("the file in the ZIP archive is packed by {method}; deflated and stored ones are read");
        return Err(error(Kind::UnsupportedCompression, detail));
    }
    let most = (limits.bytes as u64).min(entry.packed.saturating_mul(limits.archive_ratio));
    if entry.bytes > most {
        let detail = format!(
            "the file in the ZIP archive has {} bytes, and {} packed; the limits are {} bytes, and {} times its packed size",
            entry.bytes, entry.packed, limits.bytes, limits.archive_ratio
        );
        return Err(error(Kind::TooLarge, detail));
    }
    if entry.method == STORED && entry.bytes != entry.packed {
        return Err(damaged("it is stored, and has two sizes"));
    }
    Ok(())
}

/// The name of a compression method (APPNOTE.TXT 4.4.5).
fn method(number: u16) -> String {
    let name = match number {
        9 => "Deflate64",
        12 => "BZIP2",
        14 => "LZMA",
        93 => "Zstandard",
        95 => "XZ",
        98 => "PPMd",
        _ => return format!("method {number}"),
    };
    name.into()
}

/// What went wrong with the archive's bytes: those of the file, or of the disc.
fn failed(cause: io::Error) -> Error {
    match cause.kind() {
        io::ErrorKind::UnexpectedEof => error(Kind::Truncated, "the file in the ZIP archive ends early"),
        // What a damaged stream is to flate2, and a place beyond the last one to a file.
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => damaged("it does not unpack"),
        _ => error(Kind::Unreadable, format!("the ZIP archive could not be read: {cause}")),
    }
}

fn damaged(says: &str) -> Error {
    error(Kind::Damaged, format!("the file in the ZIP archive is damaged: {says}"))
}

fn error(kind: Kind, detail: impl Into<String>) -> Error {
    Error::new(Stage::Decode, kind, detail)
}
