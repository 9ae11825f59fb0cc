//! Where the model comes from: the shipped one, which is part of the command, or a folder's.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use lungfield_reader::{Manifest, Reader};

use crate::error::{Error, Result};

/// The name of the manifest in a model's folder.
pub const MANIFEST: &str = "manifest.json";

/// Which model reads.
#[derive(Args)]
pub struct ModelDir {
    /// Folder with a manifest.json and the model file that it names; without it the shipped model reads
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
}

impl ModelDir {
    /// Loads and checks the model.
    ///
    /// # Errors
    /// When a file cannot be read, the manifest is not understood, or the model is not the one that it names.
    pub fn open(&self) -> Result<Reader> {
        match &self.model {
            Some(folder) => {
                let path = folder.join(MANIFEST);
                let manifest = manifest(&path, &read(&path)?)?;
                let model = folder.join(&manifest.file);
                reader(manifest, &model, &read(&model)?)
            }
            None => {
                let path = Path::new("the shipped model");
                let manifest = manifest(path, include_bytes!("../../../models/manifest.json"))?;
                reader(manifest, path, include_bytes!("../../../models/lungfield.onnx"))
            }
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| Error::read(path, &e))
}

fn manifest(path: &Path, json: &[u8]) -> Result<Manifest> {
    Manifest::from_json(json).map_err(|e| Error::model(path, &e))
}

fn reader(manifest: Manifest, path: &Path, onnx: &[u8]) -> Result<Reader> {
    Reader::new(manifest, onnx).map_err(|e| Error::model(path, &e))
}
