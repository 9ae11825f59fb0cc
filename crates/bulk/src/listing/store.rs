use lungfield_reader::listing::is_hidden;

use crate::error::{Error, Result};
use crate::http::Client;
use crate::index::{IndexedFilm, Place};
use crate::listing::Add;
use crate::s3::{self, Store};

/// The objects of an S3 store whose keys begin as `address`, `s3://bucket/prefix`, does. An identifier is the key.
///
/// # Errors
/// When the store does not answer, or with something else.
pub fn store(client: &Client, address: &str, add: Add) -> Result<()> {
    let failed =
        |why: String| Error::at(address, why, "Check bucket and prefix, AWS_ENDPOINT_URL and the credentials.");
    let (bucket, prefix) = s3::split(address).ok_or_else(|| failed("is no s3:// address".into()))?;
    let mut from = None;
    loop {
        let page = client.store().page_address(bucket, prefix, from.as_deref()).map_err(failed)?;
        let page = Store::page(&client.text(&page, address)?).map_err(failed)?;
        for (key, bytes) in page.objects {
            // Folders that a browser of buckets made have names that end so.
            if !key.ends_with('/') && !is_hidden(&key) {
                let place = Place::Whole(format!("s3://{bucket}/{key}"));
                add(IndexedFilm { id: key, place, bytes })?;
            }
        }
        if page.next.is_none() {
            return Ok(());
        }
        from = page.next;
    }
}
