//! `lungfield index`: which films an archive has and where their bytes lie.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf, absolute};

use clap::Args;
use lungfield_bulk::listing::{self, Add, Columns};
use lungfield_bulk::{Client, IndexWriter, IndexedFilm, PART_FILMS, Place};
use lungfield_reader::{Error as Reason, Kind, Stage};

use crate::case::{self, CaseFilm, Content};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::files::to_slash;

/// List the films of an archive, for `read --index`
///
/// Writes a folder of Parquet files with 1,000 films each. Films are not read for it, nor copied.
#[derive(Args)]
pub struct Index {
    /// A folder, a ZIP or tar archive, a Parquet table of identifiers, a server's listing (http://.../), a bucket
    /// (s3://bucket/prefix), or an Orthanc (http://.../changes)
    #[arg(value_name = "SOURCE")]
    source: String,

    /// Folder for the index, which is not there yet
    #[arg(long, value_name = "INDEX")]
    out: PathBuf,

    /// How many films a part has, which is what is lost at most when a run is ended
    #[arg(long, value_name = "N", default_value_t = PART_FILMS)]
    part_films: usize,

    /// The column of identifiers in a Parquet table
    #[arg(long, value_name = "NAME", default_value = "id")]
    id_column: String,

    /// The column of addresses or paths in a Parquet table
    #[arg(long, value_name = "NAME", default_value = "url")]
    url_column: String,

    /// Where the film of an identifier is, instead of a column: an address with {id} in it
    #[arg(long, value_name = "ADDRESS")]
    url_pattern: Option<String>,
}

impl Index {
    /// Lists the films.
    ///
    /// # Errors
    /// When the source cannot be listed or holds nothing, or the index cannot be written.
    pub fn run(&self) -> Result<Exit> {
        let mut writer = IndexWriter::create(&self.source, &self.out, self.part_films)?;
        self.list(&mut |film| writer.add(film))?;
        let index = writer.finish()?;
        let mut out = io::stdout().lock();
        writeln!(out, "{} films in {} parts", index.films, index.parts.len())?;
        if index.named_again > 0 {
            writeln!(out, "{} were named again, and are listed once", index.named_again)?;
        }
        Ok(Exit::AllRead)
    }

    fn list(&self, add: Add) -> Result<()> {
        let (source, path) = (self.source.as_str(), Path::new(&self.source));
        if source.starts_with("s3://") {
            listing::store(&Client::from_environment(), source, add)?;
        } else if source.starts_with("http://") || source.starts_with("https://") {
            let client = Client::from_environment();
            let list = if source.ends_with("/changes") { listing::orthanc } else { listing::web };
            list(&client, source, add)?;
        } else if !path.exists() {
            return Err(Error::at(path, "is not there", "Name a file, a folder or an address."));
        } else if has_extension(path, "parquet") {
            let columns = Columns { id: &self.id_column, url: &self.url_column, pattern: self.url_pattern.as_deref() };
            listing::identifiers(path, &columns, add)?;
        } else if listing::is_tar(path) {
            listing::tar(path, "", add)?;
        } else {
            for film in case::films(path)? {
                add_film(path, film, add)?;
            }
        }
        Ok(())
    }
}

/// Adds a film of a folder or a ZIP archive, or those of a tar archive in the folder.
fn add_film(root: &Path, film: CaseFilm, add: Add) -> Result<()> {
    let CaseFilm { path, content } = film;
    let below = path.strip_prefix(root).ok().map(to_slash).filter(|below| !below.is_empty());
    let id = below.unwrap_or_else(|| path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let address = |path: &Path| absolute(path).ok().and_then(|path| path.into_os_string().into_string().ok());
    let nowhere = || Place::Nowhere(Reason::new(Stage::Decode, Kind::Unreadable, "the file's name is no UTF-8"));
    let film = match content {
        Content::File(path) if has_extension(&path, "tar") && listing::is_tar(&path) => {
            return Ok(listing::tar(&path, &format!("{id}/"), add)?);
        }
        Content::File(path) => IndexedFilm {
            id,
            place: address(&path).map_or_else(nowhere, Place::Whole),
            bytes: fs::metadata(&path).ok().map(|file| file.len()),
        },
        Content::ArchiveEntry(archive, entry) => {
            let bytes = Some(entry.bytes);
            let place = address(&archive).map_or_else(nowhere, |address| Place::Packed(address, entry));
            IndexedFilm { id, place, bytes }
        }
        Content::Absent(reason) => IndexedFilm { id, place: Place::Nowhere(reason), bytes: None },
        Content::Record(_) => unreachable!("only TFRecord files have records"),
    };
    Ok(add(film)?)
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}
