//! A film's bytes, from wherever they lie.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use lungfield_reader::study::archive;
use lungfield_reader::{Error as Reason, Kind, Limits, Stage};

use crate::error::Error;
use crate::http::{Client, Unanswered};
use crate::index::Place;

/// Why a film's bytes cannot be had.
pub enum Unfetched {
    /// It is the film's own fault, and its answer says so.
    Film(Reason),
    /// It is not there. So says its answer too, if others are there.
    Absent(Reason),
    /// The storage does not answer, for this film or any other.
    Storage(Error),
}

/// What to do when it does not.
pub const AGAIN: &str = "What was read is kept; run the same again when the storage answers.";

/// Whether an address is a server's.
fn is_remote(address: &str) -> bool {
    ["http://", "https://", "s3://"].iter().any(|scheme| address.starts_with(scheme))
}

/// The bytes of the film at a place, at most one more than `limits` allow.
///
/// # Errors
/// When they cannot be had.
pub fn fetch(client: &Client, place: &Place, limits: &Limits) -> Result<Vec<u8>, Unfetched> {
    match place {
        Place::Whole(address) if is_remote(address) => ask(client, address, limits),
        Place::Whole(path) => read(path, 0, u64::MAX, limits).map_err(|e| unreadable(path, &e)),
        Place::Slice(path, offset, length) => read(path, *offset, *length, limits).map_err(|e| unreadable(path, &e)),
        Place::Packed(path, entry) => {
            let mut file = File::open(path).map_err(|e| unreadable(path, &e))?;
            archive::unpack(entry, &mut file, limits).map_err(Unfetched::Film)
        }
        Place::Nowhere(reason) => Err(Unfetched::Film(reason.clone())),
    }
}

fn ask(client: &Client, address: &str, limits: &Limits) -> Result<Vec<u8>, Unfetched> {
    client.bytes(address, limits.bytes).map_err(|why| match why {
        Unanswered::Status(404 | 410) => {
            Unfetched::Absent(Reason::new(Stage::Decode, Kind::Unreadable, why.to_string()))
        }
        // A login that is no longer good would cost every film to come.
        why => Unfetched::Storage(Error::at(address, why.to_string(), AGAIN)),
    })
}

fn read(path: &str, offset: u64, length: u64, limits: &Limits) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(length.min(limits.bytes as u64 + 1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: &str, cause: &io::Error) -> Unfetched {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
    match cause.kind() {
        NotFound | PermissionDenied | IsADirectory | NotADirectory => {
            Unfetched::Absent(Reason::new(Stage::Decode, Kind::Unreadable, cause.to_string()))
        }
        _ => Unfetched::Storage(Error::at(path, format!("could not be read: {cause}"), AGAIN)),
    }
}
