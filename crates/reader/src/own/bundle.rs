use std::io::Cursor;

use super::manifest::OwnManifest;
use crate::study::archive::{MODEL, films, unpack};
use crate::{Error, Kind, Limits, Result, Stage, sha256};

/// A ZIP archive with a model: what is in it, looked at no further than its manifest.
pub(super) struct Bundle {
    pub(super) manifest: OwnManifest,
    pub(super) onnx: Vec<u8>,
    /// The self-test's film.
    pub(super) film: Vec<u8>,
}

/// A model of 200 MB and a few files beside it.
fn limits() -> Limits {
    Limits { bytes: 200 << 20, entries: 32, archive_bytes: 256 << 20, ..Limits::default() }
}

impl Bundle {
    /// Unpacks an archive's files.
    ///
    /// # Errors
    /// When it is no such archive, is beyond the limits, or the ONNX file is not the one that the manifest names.
    pub(super) fn read(archive: &[u8]) -> Result<Self> {
        let mut archive = Cursor::new(archive);
        let files = films(&mut archive, &limits()).map_err(at_load)?;
        let mut file = |name: &str| {
            let entry = files.iter().find(|file| file.name == name).and_then(|file| file.place.as_ref().ok());
            let absent = || refused(Kind::Model, format!("the archive holds no {name}"));
            unpack(entry.ok_or_else(absent)?, &mut archive, &limits())
                .map_err(|error| refused(Kind::Model, format!("{name}: {}", error.detail())))
        };
        let manifest = OwnManifest::from_json(&file(MODEL)?)?;
        let onnx = file(&manifest.file)?;
        let found: String = sha256(&onnx).iter().map(|byte| format!("{byte:02x}")).collect();
        if found != manifest.sha256 {
            let detail = format!("{} has the SHA-256 {found}, and not that of its manifest", manifest.file);
            return Err(refused(Kind::Model, detail));
        }
        let film = file(&manifest.selftest.film)?;
        Ok(Self { manifest, onnx, film })
    }
}

fn refused(kind: Kind, detail: String) -> Error {
    Error::new(Stage::Load, kind, detail)
}

/// What is wrong with the archive is wrong with the model.
fn at_load(error: Error) -> Error {
    refused(Kind::Model, error.detail().to_owned())
}
