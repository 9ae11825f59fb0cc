//! Objects of an S3 store: signed addresses, and a bucket's list.

use std::env;
use std::time::Duration;

use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};

/// How long a signed address holds.
const HOLDS: Duration = Duration::from_secs(3600);

/// The store that the environment names: `AWS_ENDPOINT_URL` (without it Amazon's), `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
/// `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` (without them, what anybody may see).
pub struct Store {
    endpoint: Option<String>,
    region: String,
    credentials: Option<Credentials>,
}

/// A page of a bucket's list.
pub struct Page {
    /// Keys and sizes.
    pub objects: Vec<(String, Option<u64>)>,
    /// What to ask for the next page with; `None` after the last.
    pub next: Option<String>,
}

impl Store {
    pub fn from_environment() -> Self {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            endpoint: variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL")),
            region: variable("AWS_REGION")
                .or_else(|| variable("AWS_DEFAULT_REGION"))
                .unwrap_or_else(|| "us-east-1".into()),
            credentials: Credentials::from_env(),
        }
    }

    /// The address that an `s3://bucket/key` is fetched from; `None` of any other.
    pub fn signed(&self, address: &str) -> Result<Option<String>, String> {
        let Some((bucket, key)) = split(address) else { return Ok(None) };
        let bucket = self.bucket(bucket)?;
        Ok(Some(bucket.get_object(self.credentials.as_ref(), key).sign(HOLDS).into()))
    }

    /// The address of a page of a bucket's list.
    pub fn page_address(&self, bucket: &str, prefix: &str, from: Option<&str>) -> Result<String, String> {
        let bucket = self.bucket(bucket)?;
        let mut list = bucket.list_objects_v2(self.credentials.as_ref());
        list.with_prefix(prefix);
        if let Some(from) = from {
            list.with_continuation_token(from);
        }
        Ok(list.sign(HOLDS).into())
    }

    /// What a page says.
    pub fn page(text: &str) -> Result<Page, String> {
        let page = ListObjectsV2::parse_response(text).map_err(|e| format!("is no list of objects: {e}"))?;
        Ok(Page {
            objects: page.contents.into_iter().map(|object| (object.key, object.size)).collect(),
            next: page.next_continuation_token,
        })
    }

    fn bucket(&self, name: &str) -> Result<Bucket, String> {
        let (endpoint, style) = match &self.endpoint {
            Some(endpoint) => (endpoint.clone(), UrlStyle::Path),
            None => (format!("https://s3.{}.amazonaws.com", self.region), UrlStyle::VirtualHost),
        };
        let endpoint = endpoint.parse::<url::Url>().map_err(|e| format!("{endpoint} is no address: {e}"))?;
        Bucket::new(endpoint, style, name.to_owned(), self.region.clone()).map_err(|e| e.to_string())
    }
}

/// Bucket and key of an `s3` URL.
pub fn split(address: &str) -> Option<(&str, &str)> {
    let rest = address.strip_prefix("s3://")?;
    Some(rest.split_once('/').unwrap_or((rest, "")))
}
