//! Where the model comes from: the shipped one, which is compiled in, or a folder's.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use lungfield_reader::{Kernels, Manifest, Model, Reader};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// A model that is not loaded yet: its manifest, and where the file lies that it names.
pub struct ModelSource {
    folder: Option<PathBuf>,
    manifest: Cow<'static, [u8]>,
}

impl ModelSource {
    /// The name of the manifest in a model's folder.
    pub const MANIFEST: &str = "manifest.json";

    /// The model of a folder; without one the shipped model.
    ///
    /// # Errors
    /// When the folder's manifest cannot be read.
    pub fn of(folder: Option<&Path>) -> Result<Self> {
        let manifest = match folder {
            Some(folder) => Cow::Owned(read(&folder.join(Self::MANIFEST))?),
            None => Cow::Borrowed(&include_bytes!("../../../models/manifest.json")[..]),
        };
        Ok(Self { folder: folder.map(Path::to_owned), manifest })
    }

    /// SHA-256 of the manifest, lower-case hexadecimal. As the manifest names the model's own, it says which model that is and
    /// what is made of its scores.
    pub fn manifest_sha256(&self) -> String {
        Sha256::digest(&self.manifest).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Loads and checks the model.
    ///
    /// # Errors
    /// When a file cannot be read, the manifest is not understood, or the model is not the one that it names.
    pub fn open(&self, kernels: Kernels) -> Result<Reader> {
        #[cfg(feature = "onnx")]
        let wants_onnx = kernels == Kernels::Tract;
        #[cfg(not(feature = "onnx"))]
        let wants_onnx = false;
        let place = self.folder.as_ref().map(|folder| folder.join(Self::MANIFEST));
        let manifest = Manifest::from_json(&self.manifest).map_err(|e| refused(place.as_deref(), &e))?;
        let (place, network) = match &self.folder {
            Some(folder) => {
                // A model from elsewhere may be ONNX alone; one that was converted loads faster.
                let network = manifest.network.as_ref().map(|network| folder.join(&network.file));
                let network = network.filter(|path| !wants_onnx && path.exists());
                let path = network.unwrap_or_else(|| folder.join(&manifest.file));
                let bytes = read(&path)?;
                (Some(path), Cow::Owned(bytes))
            }
            #[cfg(feature = "onnx")]
            None if wants_onnx => (None, Cow::Borrowed(&include_bytes!("../../../models/lungfield.onnx")[..])),
            None => (None, Cow::Borrowed(&include_bytes!("../../../models/lungfield.network")[..])),
        };
        let model = Model::load(&manifest, &network, kernels).map_err(|e| refused(place.as_deref(), &e))?;
        Ok(Reader::new(manifest, model))
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| Error::read(path, &e))
}

/// A file of the model that the reader refuses; of the shipped one, where there is none.
fn refused(path: Option<&Path>, error: &lungfield_reader::Error) -> Error {
    Error::at(path.unwrap_or(Path::new("the shipped model")).display(), error.detail(), error.kind().advice())
}
