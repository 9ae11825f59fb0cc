//! Files as the user names them: those of a folder, and their bytes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use lungfield_reader::listing::{is_hidden, visible_in_order};
use walkdir::WalkDir;

use crate::error::{Error, Result};

/// Every file at or below `path`, in the order of the names. A file named by the user is always taken; in folders hidden
/// files (`.DS_Store`, `._film.jpeg`) are left out.
///
/// # Errors
/// When a folder cannot be listed. A path that does not exist is no error here: reading it will say so.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let files: Vec<(String, PathBuf)> = WalkDir::new(path)
        .follow_links(true)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(&entry.file_name().to_string_lossy()))
        .filter(|entry| entry.as_ref().map_or(true, |entry| !entry.file_type().is_dir()))
        .map(|entry| {
            let file = entry.map_err(|e| unlisted(path, &e))?.into_path();
            Ok((to_slash(file.strip_prefix(path).unwrap_or(&file)), file))
        })
        .collect::<Result<_>>()?;
    Ok(visible_in_order(files, |(name, _)| name).into_iter().map(|(_, file)| file).collect())
}

/// The bytes of a film's file, at most one more than `limit`: enough for the reader to refuse a larger one.
///
/// # Errors
/// When it cannot be read.
pub fn bytes(film: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let (file, most) = (File::open(film)?, limit as u64 + 1);
    // One more than there are: then the end is found without room for more.
    let mut bytes = Vec::with_capacity((file.metadata()?.len() + 1).min(most) as usize);
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A path with `/` between its parts on every system.
pub fn to_slash(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy()),
            _ => None,
        })
        .collect();
    parts.join("/")
}

fn unlisted(folder: &Path, error: &walkdir::Error) -> Error {
    Error::at(
        error.path().unwrap_or(folder),
        format!("could not be listed: {error}"),
        "Check the path and the permissions.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_of_a_file_is_read_than_shows_that_it_is_too_large() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.png");
        std::fs::write(&path, [1; 100]).expect("a file");
        assert_eq!(bytes(&path, 100).expect("reads").len(), 100);
        assert_eq!(bytes(&path, 10).expect("reads").len(), 11);
    }

    #[test]
    fn a_path_that_does_not_exist_is_left_to_the_reading() {
        assert_eq!(files(Path::new("no/such.png")).expect("no error"), [PathBuf::from("no/such.png")]);
    }
}
