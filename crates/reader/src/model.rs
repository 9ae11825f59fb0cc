use sha2::{Digest, Sha256};

use crate::gradcam::grad_cam;
use crate::network::{Body, Graph, Head, Kernels, Tensor, Trace, file};
use crate::{Class, Error, Heatmap, Kind, Manifest, ModelInput, Result, Stage};

/// The network, ready to run: the body makes the explained layer's activations, the head (from there to the logit) runs
/// forwards and in reverse.
#[derive(Debug)]
pub struct Model {
    body: Body,
    head: Head,
    positive: Class,
}

/// The explained layer's activations for one film, and the logit that the head makes of them.
#[derive(Clone, Debug)]
pub struct Activations {
    /// The head's values, the first of which are these activations, `[1, channels, rows, columns]`.
    trace: Trace,
    logit: f32,
    gate: Vec<f32>,
}

impl Activations {
    /// The score of pneumonia; above 0 for the positive class before calibration.
    pub fn logit(&self) -> f32 {
        self.logit
    }

    /// What the gate looks at.
    pub fn gate(&self) -> &[f32] {
        &self.gate
    }

    /// Channels, rows, columns of the explained layer.
    pub fn shape(&self) -> [usize; 3] {
        let shape = &self.trace.input().shape;
        [shape[1], shape[2], shape[3]]
    }
}

impl Model {
    /// Makes a network ready: one in the shipped form in milliseconds, or with the feature `onnx` an ONNX file.
    ///
    /// # Errors
    /// [`Kind::Model`] when the bytes' SHA-256 is not one of the manifest's, when they are no network that can be run, or
    /// when its outputs are not as the manifest says; [`Kind::NoGradient`] when Grad-CAM cannot be computed for it.
    pub fn load(manifest: &Manifest, bytes: &[u8]) -> Result<Self> {
        Self::load_with(manifest, bytes, Kernels::default())
    }

    /// As [`Model::load`], with these kernels.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn load_with(manifest: &Manifest, bytes: &[u8], kernels: Kernels) -> Result<Self> {
        Self::load_known(manifest, bytes, &Sha256::digest(bytes).into(), kernels)
    }

    /// As [`Model::load_with`], for bytes whose SHA-256 the caller has computed.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn load_known(manifest: &Manifest, bytes: &[u8], sha256: &[u8; 32], kernels: Kernels) -> Result<Self> {
        check_digest(manifest, sha256)?;
        Self::of(manifest, bytes, kernels)
    }

    /// As [`Model::load_with`], while somebody else computes the bytes' SHA-256: browsers do that many times faster. Where there
    /// is none in the end, it is computed here.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub async fn load_with_digest(
        manifest: &Manifest,
        bytes: &[u8],
        sha256: impl Future<Output = Option<[u8; 32]>>,
        kernels: Kernels,
    ) -> Result<Self> {
        let model = Self::of(manifest, bytes, kernels);
        check_digest(manifest, &sha256.await.unwrap_or_else(|| Sha256::digest(bytes).into()))?;
        model
    }

    fn of(manifest: &Manifest, bytes: &[u8], kernels: Kernels) -> Result<Self> {
        let graph = parse(manifest, bytes).map_err(unusable)?;
        let head = Head::new(&graph)?;
        let body = body(manifest, bytes, graph, kernels).map_err(unusable)?;
        let model = Self { body, head, positive: manifest.classes.positive };
        // What ships was tried out when it was converted.
        if !file::is_network(bytes) {
            model.try_out(manifest)?;
        }
        let (found, weights) = (model.body.gate_numbers(), manifest.gate.views[0].weights.len());
        if found != weights {
            return Err(unusable(format!("{} has {found} numbers, the gate {weights} weights", manifest.outputs.gate)));
        }
        Ok(model)
    }

    /// What it runs with.
    pub fn kernels(&self) -> Kernels {
        self.body.kernels()
    }

    /// Goes on with other kernels of [`Kernels::FAST`]; to and from others there is no way but to load again.
    pub fn switch_to(&mut self, kernels: Kernels) {
        self.body.switch_to(kernels);
    }

    /// Runs the network on one film.
    ///
    /// # Errors
    /// [`Kind::Engine`] when the input has not the network's shape or what comes out are no numbers.
    pub fn infer(&self, input: &ModelInput) -> Result<Activations> {
        let failed = |detail: String| Error::new(Stage::Infer, Kind::Engine, detail);
        let film = Tensor::new(input.shape(), input.values().to_vec());
        let expected = self.body.input_shape();
        if film.shape != expected {
            return Err(failed(format!("the input is {:?}, the network takes {expected:?}", film.shape)));
        }
        let (features, gate) = self.body.run(&film).map_err(failed)?;
        let (logit, trace) = self.head.forward(features)?;
        if !logit.is_finite() {
            return Err(failed(format!("the logit is {logit}")));
        }
        if gate.values.iter().any(|value| !value.is_finite()) {
            return Err(failed("the gate's numbers are not finite".into()));
        }
        Ok(Activations { trace, logit, gate: gate.values })
    }

    /// Where the network looked for each of `classes`: Grad-CAM of the logit (negated for the negative class), never of the
    /// saturated probability.
    ///
    /// # Errors
    /// [`Kind::NoGradient`] for an operator in the head that has no rule; the message names it.
    pub fn explain<const N: usize>(&self, activations: &Activations, classes: [Class; N]) -> Result<[Heatmap; N]> {
        let gradient = self.head.gradient(&activations.trace)?;
        let [_, rows, columns] = activations.shape();
        Ok(grad_cam(&activations.trace.input().values, &gradient, [rows, columns], classes, self.positive))
    }

    /// One run on an empty film, so that a network that cannot be run or explained is refused when it is loaded.
    fn try_out(&self, manifest: &Manifest) -> Result<()> {
        let activations = self.infer(&ModelInput::blank(&manifest.input))?;
        self.explain(&activations, [self.positive]).map(drop)
    }
}

/// An ONNX network in the form in which it ships: `lungfield.network/1`, which loads without a parser.
///
/// # Errors
/// [`Kind::Model`] when it is no ONNX network, or holds an operator that has no kernel; the message names it.
#[cfg(feature = "onnx")]
pub fn shipped_form(manifest: &Manifest, onnx: &[u8]) -> Result<Vec<u8>> {
    crate::network::onnx::read(manifest, onnx).map(|graph| file::write(&graph)).map_err(unusable)
}

fn parse(manifest: &Manifest, bytes: &[u8]) -> std::result::Result<Graph, String> {
    if file::is_network(bytes) {
        return file::read(bytes);
    }
    #[cfg(feature = "onnx")]
    let graph = crate::network::onnx::read(manifest, bytes);
    #[cfg(not(feature = "onnx"))]
    let graph = Err(format!("{} is not in the form that ships; `lungfield convert` makes it", manifest.file));
    graph
}

#[cfg(feature = "onnx")]
fn body(manifest: &Manifest, bytes: &[u8], graph: Graph, kernels: Kernels) -> std::result::Result<Body, String> {
    match kernels {
        Kernels::Tract if file::is_network(bytes) => Err("tract reads ONNX networks alone".into()),
        Kernels::Tract => Ok(Body::in_tract(graph, crate::network::onnx::in_tract(manifest, bytes)?)),
        kernels => Body::new(graph, kernels),
    }
}

#[cfg(not(feature = "onnx"))]
fn body(_: &Manifest, _: &[u8], graph: Graph, kernels: Kernels) -> std::result::Result<Body, String> {
    Body::new(graph, kernels)
}

/// # Errors
/// [`Kind::Model`] when the SHA-256 is not one of the manifest's.
fn check_digest(manifest: &Manifest, sha256: &[u8; 32]) -> Result<()> {
    let found = hex(sha256);
    let network = manifest.network.as_ref().map(|network| &network.sha256);
    if found != manifest.sha256 && Some(&found) != network {
        let expected = network.unwrap_or(&manifest.sha256);
        return Err(unusable(format!("its SHA-256 is {found}, the manifest says {expected}")));
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unusable(detail: String) -> Error {
    Error::new(Stage::Load, Kind::Model, format!("the model cannot be used: {detail}"))
}

#[cfg(test)]
mod tests {
    use std::future::{Future, ready};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn a_digest_that_comes_later_counts_as_one_that_was_there() {
        let file = |name: &str| std::fs::read(format!("{}/../../models/{name}", env!("CARGO_MANIFEST_DIR")));
        let manifest = Manifest::from_json(&file("manifest.json").expect("models/")).expect("a manifest");
        let network = file(&manifest.network.as_ref().expect("what ships").file).expect("models/");
        let load = |bytes: &[u8], digest| {
            let load = pin!(Model::load_with_digest(&manifest, bytes, ready(digest), Kernels::default()));
            match load.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(loaded) => loaded.map(drop),
                Poll::Pending => panic!("nothing to wait for"),
            }
        };
        assert_eq!(load(&network, None), Ok(()));
        assert_eq!(load(&network, Some(Sha256::digest(&network).into())), Ok(()));
        // That it is not the file is said even if it cannot be read either.
        for refused in [load(&network, Some([0; 32])), load(&network[..9], Some([0; 32])), load(&network[..9], None)] {
            let refused = refused.expect_err("another file");
            assert_eq!(refused.kind(), Kind::Model);
            assert!(refused.detail().contains("its SHA-256 is"), "{refused}");
        }
    }
}
