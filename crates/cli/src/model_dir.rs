//! Where the model comes from: the shipped one, which is part of the command, or a folder's.

use std::ffi::OsString;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use lungfield_reader::{Kernels, Manifest, Model, Reader};

use crate::error::{Error, Result};

/// The name of the manifest in a model's folder.
pub const MANIFEST: &str = "manifest.json";

/// Which model reads, and what runs it.
#[derive(Args)]
pub struct ModelDir {
    /// Folder with a manifest.json and the model file that it names; without it the shipped model reads
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,

    /// What runs the network: tiles-20x2 or tiles-6x2 (as suits the processor), strips-8 or strips-4 (as browsers do), plain
    /// (the definitions, very slow) or, where the command was built with its feature onnx, tract (another inference engine, on
    /// the ONNX file)
    #[arg(long, value_name = "NAME", default_value_t, hide_default_value = true)]
    engine: Engine,
}

/// [`Kernels`] by name.
#[derive(Clone, Copy, Default)]
struct Engine(Kernels);

impl Engine {
    /// Whether it runs the ONNX network, and not the form that ships.
    fn wants_onnx(self) -> bool {
        #[cfg(feature = "onnx")]
        return self.0 == Kernels::Tract;
        #[cfg(not(feature = "onnx"))]
        false
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(name: &str) -> std::result::Result<Self, String> {
        name.parse().map(Self)
    }
}

impl Display for Engine {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl ModelDir {
    /// The arguments that name it to another process of this command.
    pub fn arguments(&self) -> Vec<OsString> {
        let model = self.model.iter().flat_map(|folder| ["--model".into(), folder.clone().into_os_string()]);
        model.chain(["--engine".into(), self.engine.to_string().into()]).collect()
    }

    /// Loads and checks the model.
    ///
    /// # Errors
    /// When a file cannot be read, the manifest is not understood, or the model is not the one that it names.
    pub fn open(&self) -> Result<Reader> {
        let wants_onnx = self.engine.wants_onnx();
        match &self.model {
            Some(folder) => {
                let path = folder.join(MANIFEST);
                let manifest = manifest(&path, &read(&path)?)?;
                // A model from elsewhere may be ONNX alone; one that was converted loads faster.
                let network = manifest.network.as_ref().map(|network| folder.join(&network.file));
                let network = network.filter(|path| !wants_onnx && path.exists());
                let model = network.unwrap_or_else(|| folder.join(&manifest.file));
                self.reader(manifest, &model, &read(&model)?)
            }
            None => {
                let path = Path::new("the shipped model");
                let manifest = manifest(path, include_bytes!("../../../models/manifest.json"))?;
                #[cfg(feature = "onnx")]
                if wants_onnx {
                    return self.reader(manifest, path, include_bytes!("../../../models/lungfield.onnx"));
                }
                self.reader(manifest, path, include_bytes!("../../../models/lungfield.network"))
            }
        }
    }

    fn reader(&self, manifest: Manifest, path: &Path, network: &[u8]) -> Result<Reader> {
        let model = Model::load(&manifest, network, self.engine.0).map_err(|e| Error::refused(path, &e))?;
        Ok(Reader::new(manifest, model))
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| Error::read(path, &e))
}

fn manifest(path: &Path, json: &[u8]) -> Result<Manifest> {
    Manifest::from_json(json).map_err(|e| Error::refused(path, &e))
}
