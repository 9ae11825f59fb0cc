//! Which model the arguments name, and what runs it.

use std::ffi::OsString;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use lungfield_bulk::ModelSource;
use lungfield_reader::{Kernels, Reader};

use crate::error::{Error, Result};

/// Which model reads, and what runs it.
#[derive(Args)]
pub struct ModelDir {
    /// Folder with a manifest.json and the model file that it names; without it the shipped model reads. For `read` also the ZIP
    /// archive of a model of your own (docs/own-model.md)
    #[arg(long, value_name = "PATH")]
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

    /// The archive of a model of the user's own.
    pub fn own(&self) -> Option<&Path> {
        self.model.as_deref().filter(|path| path.is_file())
    }

    /// Loads and checks the model.
    ///
    /// # Errors
    /// When a file cannot be read, the manifest is not understood, or the model is not the one that it names.
    pub fn open(&self) -> Result<Reader> {
        if let Some(archive) = self.own() {
            let advice = "Run `lungfield read --model` with films, or name a model's folder.";
            return Err(Error::at(archive, "is a model of your own, which only `read` takes", advice));
        }
        Ok(ModelSource::of(self.model.as_deref())?.open(self.engine.0)?)
    }

    /// The shipped model, on our own kernels.
    #[cfg(feature = "onnx")]
    pub fn shipped() -> Result<Reader> {
        Self { model: None, engine: Engine::default() }.open()
    }
}
