use tract_onnx::prelude::*;

use super::network::{check, said};
use super::unusable;
use crate::guard::guarded;
use crate::network::{Kernels, Network};

/// What runs a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Lungfield's own kernels.
    Own,
    /// tract: this is what the kernels lack.
    Tract(String),
}

/// Which engine runs an ONNX network.
///
/// # Errors
/// [`Kind::Model`](crate::Kind::Model) when none does; the text says why.
pub fn engine_for(onnx: &[u8]) -> crate::Result<Engine> {
    let own = || {
        let network = Network::read(onnx)?;
        network.part(&network.inputs(), &network.outputs(), Kernels::default()).map(drop)
    };
    let tract = || {
        let proto =
            tract_onnx::onnx().proto_model_for_read(&mut &*onnx).map_err(|e| format!("it is no ONNX file: {e}"))?;
        check(proto.graph.as_ref().ok_or("the ONNX file holds no network")?)?;
        let model = tract_onnx::onnx().model_for_proto_model(&proto).map_err(said)?;
        model.into_optimized().and_then(|model| model.into_runnable()).map(drop).map_err(said)
    };
    guarded(|| tract().map_err(unusable))?;
    let lacking = guarded(|| own().map_err(unusable)).err();
    Ok(lacking.map_or(Engine::Own, |error| Engine::Tract(error.detail().to_owned())))
}
