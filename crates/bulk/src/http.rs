//! Asking servers: again where they do not answer, and with what the system trusts.

use std::io::{self, Read};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::error::{Error, Result};
use crate::s3::Store;

/// How often a server is asked that does not answer, and how long is waited after the first time; then twice as long each.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The largest listing, in bytes.
const LISTING: usize = 256 << 20;

/// What asks servers for films and listings. Shared by all threads.
pub struct Client {
    agent: Agent,
    authorization: Option<String>,
    store: Store,
}

/// Why there are no bytes.
pub enum Unanswered {
    /// The server answers, with this status.
    Status(u16),
    /// It does not answer.
    Silent(String),
}

impl Client {
    /// A client with what the environment says: `LUNGFIELD_AUTHORIZATION` is the header `Authorization` of every request by
    /// `http` and `https`; `AWS_...` are where and as who objects are asked for.
    pub fn from_environment() -> Self {
        let certificates = rustls_native_certs::load_native_certs().certs;
        let certificates: Vec<_> =
            certificates.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&certificates))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(Duration::from_secs(120)))
            .timeout_recv_body(Some(Duration::from_secs(600)))
            .max_idle_connections(64)
            .max_idle_connections_per_host(64)
            .build();
        let authorization = std::env::var("LUNGFIELD_AUTHORIZATION").ok();
        Self { agent: config.into(), authorization, store: Store::from_environment() }
    }

    /// The objects of an `s3` URL.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The text at an address, of which the user is told under `place`.
    pub(crate) fn text(&self, address: &str, place: &str) -> Result<String> {
        let failed = |reason| Error::at(place, reason, "Check the address, the server and what it asks for to log in.");
        let bytes = self.bytes(address, LISTING).map_err(|why| failed(why.to_string()))?;
        String::from_utf8(bytes).map_err(|_| failed("is no text".into()))
    }

    /// The bytes at an `http`, `https` or `s3` address, at most one more than `most`.
    pub(crate) fn bytes(&self, address: &str, most: usize) -> std::result::Result<Vec<u8>, Unanswered> {
        let mut wait = FIRST_WAIT;
        for attempt in 1.. {
            match self.ask(address, most) {
                Err(Unanswered::Silent(_) | Unanswered::Status(429 | 500..)) if attempt < TRIES => sleep(wait),
                Err(Unanswered::Status(status @ (429 | 500..))) => {
                    return Err(Unanswered::Silent(format!("the server answers with HTTP status {status}")));
                }
                done => return done,
            }
            wait *= 2;
        }
        unreachable!("the last try returns")
    }

    fn ask(&self, address: &str, most: usize) -> std::result::Result<Vec<u8>, Unanswered> {
        let silent = |e: &dyn std::fmt::Display| Unanswered::Silent(format!("the server does not answer: {e}"));
        let signed = self.store.signed(address).map_err(|e| silent(&e))?;
        let mut request = self.agent.get(signed.as_deref().unwrap_or(address));
        if let Some(authorization) = self.authorization.as_ref().filter(|_| signed.is_none()) {
            request = request.header("Authorization", authorization);
        }
        let answer = request.call().map_err(|e| silent(&e))?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(Unanswered::Status(status));
        }
        let mut bytes = Vec::new();
        let body = answer.into_body().into_with_config().limit(u64::MAX).reader();
        let read: io::Result<usize> = body.take(most as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|e| silent(&e))?;
        Ok(bytes)
    }
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Unanswered::Status(status) => write!(f, "the server answers with HTTP status {status}"),
            Unanswered::Silent(why) => f.write_str(why),
        }
    }
}
