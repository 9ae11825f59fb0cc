use serde::{Deserialize, Serialize};

use crate::Head;

const SCHEMA: &str = "lungfield.history/1";

/// What it takes to open a history beside the PIN, and where its log ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    /// Always `lungfield.history/1`.
    schema: String,
    /// What the key is derived with, beside the PIN: by PBKDF2 with HMAC-SHA-256, for AES-GCM with 256 bits.
    #[serde(with = "bytes")]
    pub salt: Vec<u8>,
    /// How often.
    pub iterations: u32,
    /// Something sealed: what opens it is the key.
    #[serde(with = "bytes")]
    pub check: Vec<u8>,
    /// The end of the log.
    pub head: Head,
}

impl Vault {
    /// With another end of the log.
    #[must_use]
    pub fn ending_at(&self, head: &Head) -> Self {
        Self { head: head.clone(), ..self.clone() }
    }

    /// Of a history without an entry.
    pub fn new(salt: Vec<u8>, iterations: u32, check: Vec<u8>) -> Self {
        Self { schema: SCHEMA.into(), salt, iterations, check, head: Head::default() }
    }
}

/// A case as it is kept: both parts sealed, each for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedCase {
    /// Its number.
    pub case: u64,
    /// Its [`Brief`](crate::Brief).
    #[serde(with = "bytes")]
    pub brief: Vec<u8>,
    /// The [`Case`](crate::Case).
    #[serde(with = "bytes")]
    pub body: Vec<u8>,
}

impl SealedCase {
    /// By what the log knows it.
    pub fn digest(&self) -> String {
        crate::digest(&[&self.brief, &self.body])
    }
}

/// A history in a file, sealed as it is on the device: one JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryFile {
    /// How it is opened.
    pub vault: Vault,
    /// The sealed entries of the log, in their order.
    pub log: Vec<Sealed>,
    /// The cases.
    pub cases: Vec<SealedCase>,
}

/// Sealed bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(#[serde(with = "bytes")] pub Vec<u8>);

/// A file holds no history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAHistory(pub String);

impl HistoryFile {
    /// Reads one.
    ///
    /// # Errors
    /// When it is none of this schema, or asks for more work than a history of this program does.
    pub fn from_json(json: &[u8]) -> Result<Self, NotAHistory> {
        let file: Self = serde_json::from_slice(json).map_err(|error| NotAHistory(error.to_string()))?;
        if file.vault.schema != SCHEMA {
            return Err(NotAHistory(format!("it is {:?}, and not {SCHEMA}", file.vault.schema)));
        }
        if !(1..=MOST_ITERATIONS).contains(&file.vault.iterations) {
            return Err(NotAHistory(format!("{} iterations", file.vault.iterations)));
        }
        Ok(file)
    }
}

/// A file that asks for more would keep the device busy for minutes.
const MOST_ITERATIONS: u32 = 10_000_000;

/// Bytes as base64, for `#[serde(with = ...)]`.
pub mod bytes {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes them.
    ///
    /// # Errors
    /// As the serializer.
    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    /// Reads them.
    ///
    /// # Errors
    /// When it is no base64.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_as_it_was_and_another_is_refused() {
        let vault = Vault::new(vec![1; 16], 600_000, vec![2; 40]);
        let cases = vec![SealedCase { case: 1, brief: vec![0, 255], body: vec![3] }];
        let file = HistoryFile { vault, log: vec![Sealed(vec![4, 5])], cases };
        let json = serde_json::to_string(&file).expect("writes");
        assert_eq!(HistoryFile::from_json(json.as_bytes()), Ok(file));
        for (from, to) in
            [("history/1", "history/2"), ("600000", "4000000000"), ("600000", "0"), ("AP8=", "?"), ("}", "")]
        {
            let other = json.replacen(from, to, 1);
            assert_ne!(other, json);
            assert!(HistoryFile::from_json(other.as_bytes()).is_err(), "{from} -> {to}");
        }
    }
}
