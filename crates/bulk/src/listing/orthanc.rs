use serde::Deserialize;

use crate::error::{Error, Result};
use crate::http::Client;
use crate::index::{IndexedFilm, Place};
use crate::listing::Add;

/// How many changes are asked for at a time.
const PAGE: u32 = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Changes {
    changes: Vec<Change>,
    done: bool,
    last: u64,
}

#[derive(Deserialize)]
struct Change {
    #[serde(rename = "ChangeType")]
    kind: String,
    #[serde(rename = "ID")]
    id: String,
}

/// The instances that an Orthanc's log of changes names, as they came in. `address` ends in `/changes`. An identifier is
/// Orthanc's own, which tells nothing of the patient.
///
/// # Errors
/// When the server does not answer, or is no Orthanc.
pub fn orthanc(client: &Client, address: &str, add: Add) -> Result<()> {
    let server = address.trim_end_matches("/changes");
    let mut since = 0;
    loop {
        let text = client.text(&format!("{server}/changes?since={since}&limit={PAGE}"), address)?;
        let page: Changes = serde_json::from_str(&text).map_err(|e| {
            Error::at(address, format!("is no list of changes: {e}"), "Name the address of an Orthanc, and /changes.")
        })?;
        for change in page.changes.into_iter().filter(|change| change.kind == "NewInstance") {
            let url = format!("{server}/instances/{}/file", change.id);
            add(IndexedFilm { id: change.id, place: Place::Whole(url), bytes: None })?;
        }
        if page.done || page.last <= since {
            return Ok(());
        }
        since = page.last;
    }
}
