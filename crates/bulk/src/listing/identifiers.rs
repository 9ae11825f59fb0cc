use std::path::Path;

use crate::error::{Error, Result};
use crate::index::{IndexedFilm, Place};
use crate::listing::Add;
use crate::table;

/// What is read of a table of identifiers.
pub struct Columns<'a> {
    /// The column of identifiers.
    pub id: &'a str,
    /// The column of addresses or paths; used where there is no pattern.
    pub url: &'a str,
    /// An address with `{id}` in it, where the identifier goes.
    pub pattern: Option<&'a str>,
}

/// The films of a Parquet table with a row for each, such as the export of a data warehouse. Paths are taken from the folder
/// that the command runs in.
///
/// # Errors
/// When the table cannot be read, or a row lacks its identifier or address.
pub fn identifiers(table: &Path, columns: &Columns, add: Add) -> Result<()> {
    for (number, row) in table::rows(table, Some(&[columns.id, columns.url]))?.enumerate() {
        let row = row?;
        let value =
            |column: &str| table::values(&row).find(|(name, _)| *name == column).and_then(|(_, f)| table::text(f));
        let missing = |what: &str| {
            let advice = "Name the columns with --id-column and --url-column, or an address with --url-pattern.";
            Error::at(table.display(), format!("row {number} has no {what}"), advice)
        };
        let id = value(columns.id).ok_or_else(|| missing(columns.id))?;
        let url = match columns.pattern {
            Some(pattern) => pattern.replace("{id}", &id),
            None => value(columns.url).ok_or_else(|| missing(columns.url))?,
        };
        let url = if url.contains("://") {
            url
        } else {
            let path = std::path::absolute(&url).map_err(|e| Error::read(Path::new(&url), &e))?;
            path.to_string_lossy().into_owned()
        };
        add(IndexedFilm { id, place: Place::Whole(url), bytes: None })?;
    }
    Ok(())
}
