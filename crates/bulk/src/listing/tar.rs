use std::fs::File;
use std::io::Read;
use std::path::Path;

use lungfield_reader::listing::is_hidden;
use tar::Archive;

use crate::error::{Error, Result};
use crate::index::{IndexedFilm, Place};
use crate::listing::Add;

/// Whether a file is a tar archive that is not packed, by its content.
pub fn is_tar(path: &Path) -> bool {
    let mut head = Vec::with_capacity(512);
    let read = File::open(path).and_then(|file| file.take(512).read_to_end(&mut head));
    read.is_ok() && head.get(257..262) == Some(b"ustar")
}

/// The files in a tar archive, in its order and without hidden ones; an identifier is `prefix` and the file's path. The
/// archive stays as it is: a film is a slice of it.
///
/// # Errors
/// When the archive cannot be read, or is damaged.
pub fn tar(archive: &Path, prefix: &str, add: Add) -> Result<()> {
    let failed = |e| Error::read(archive, &e);
    let path = std::path::absolute(archive).map_err(failed)?;
    let url = path.to_str().ok_or_else(|| Error::read(archive, &"its path is no UTF-8"))?;
    let mut entries = Archive::new(File::open(archive).map_err(failed)?);
    for entry in entries.entries_with_seek().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.path().map_err(failed)?.to_string_lossy().into_owned();
        let name = name.trim_start_matches("./");
        if entry.header().entry_type().is_file() && !is_hidden(name) {
            let place = Place::Slice(url.to_owned(), entry.raw_file_position(), entry.size());
            add(IndexedFilm { id: format!("{prefix}{name}"), place, bytes: Some(entry.size()) })?;
        }
    }
    Ok(())
}
