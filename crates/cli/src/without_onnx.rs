//! `lungfield convert` in a command that was built without ONNX.

use std::ffi::OsString;

use clap::Args;

use crate::error::{Error, Result};
use crate::exit::Exit;

/// Make the shipped model of a training run; not part of this build
///
/// It reads ONNX networks, for which the command must be built with `cargo build --release -p lungfield-cli --features onnx`.
#[derive(Args)]
pub struct Convert {
    #[arg(hide = true, allow_hyphen_values = true, trailing_var_arg = true)]
    _arguments: Vec<OsString>,
}

impl Convert {
    /// Says how to get a command that converts.
    ///
    /// # Errors
    /// Always.
    pub fn run(&self) -> Result<Exit> {
        Err(Error::WithoutOnnx)
    }
}
