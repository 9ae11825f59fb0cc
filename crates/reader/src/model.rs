use std::sync::Arc;

use sha2::{Digest, Sha256};
use tract_onnx::prelude::*;

use crate::gradcam::grad_cam;
use crate::head::Head;
use crate::{Class, Error, Heatmap, Kind, Manifest, ModelInput, Result, Stage};

/// The network, loaded and optimised: the body runs in tract, the head (from the explained layer to the logit) runs
/// forwards and in reverse.
#[derive(Debug)]
pub struct Model {
    body: Arc<TypedRunnableModel>,
    head: Head,
    positive: Class,
}

/// The explained layer's activations for one film, and the logit that the head makes of them.
#[derive(Clone, Debug)]
pub struct Activations {
    /// f32 `[1, channels, rows, columns]`.
    features: Arc<Tensor>,
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
        let s = self.features.shape();
        [s[1], s[2], s[3]]
    }
}

impl Model {
    /// Loads an ONNX network and optimises it; a few hundred milliseconds.
    ///
    /// # Errors
    /// [`Kind::Model`] when the bytes' SHA-256 is not the manifest's, when they are no ONNX network that tract can run,
    /// or when its outputs are not as the manifest says; [`Kind::NoGradient`] when Grad-CAM cannot be computed for it.
    pub fn load(manifest: &Manifest, onnx: &[u8]) -> Result<Self> {
        let found = hex(&Sha256::digest(onnx));
        if found != manifest.sha256 {
            return Err(unusable(format!("its SHA-256 is {found}, the manifest says {}", manifest.sha256)));
        }
        let typed = parse(manifest, onnx).map_err(|e| unusable(format!("{e:#}")))?;
        let (activations, logit, gate) = (typed.outputs[0], typed.outputs[1], typed.outputs[2]);
        let shape = typed.outlet_fact(activations).ok().and_then(|fact| fact.shape.as_concrete());
        if !matches!(shape, Some([1, _, _, _])) {
            return Err(unusable(format!("{} is not [1, channels, rows, columns]", manifest.outputs.activations)));
        }
        let head = Head::new(&typed, activations, logit)?;
        let body = optimise(typed, &[activations, gate]).map_err(|e| unusable(format!("{e:#}")))?;
        let model = Self { body, head, positive: manifest.classes.positive };
        model.try_out(manifest)?;
        Ok(model)
    }

    /// Runs the network on one film.
    ///
    /// # Errors
    /// [`Kind::Engine`] when the input has not the network's shape or tract fails.
    pub fn infer(&self, input: &ModelInput) -> Result<Activations> {
        let failed = |e: TractError| Error::new(Stage::Infer, Kind::Engine, format!("tract: {e:#}"));
        let tensor = Tensor::from_shape(&input.shape(), input.values()).map_err(failed)?;
        let mut outputs = self.body.run(tvec!(tensor.into_tvalue())).map_err(failed)?;
        let gate = outputs.remove(1).try_as_plain_ram().and_then(|plain| plain.as_slice::<f32>().map(<[f32]>::to_vec));
        let gate = gate.map_err(failed)?;
        let features = outputs.remove(0).into_arc_tensor();
        let (logit, _) = self.head.forward(Arc::clone(&features))?;
        if !logit.is_finite() {
            return Err(Error::new(Stage::Infer, Kind::Engine, format!("the logit is {logit}")));
        }
        if gate.iter().any(|v| !v.is_finite()) {
            return Err(Error::new(Stage::Infer, Kind::Engine, "the gate's numbers are not finite"));
        }
        Ok(Activations { features, logit, gate })
    }

    /// Where the network looked for `class`: Grad-CAM of the logit (negated for the negative class), never of the
    /// saturated probability.
    ///
    /// # Errors
    /// [`Kind::NoGradient`] for an operator in the head that has no rule; the message names it.
    pub fn explain(&self, activations: &Activations, class: Class) -> Result<Heatmap> {
        let (_, trace) = self.head.forward(Arc::clone(&activations.features))?;
        let gradient = self.head.gradient(&trace)?;
        let [_, rows, columns] = activations.shape();
        let features = activations.features.try_as_plain_ram().and_then(|plain| plain.as_slice::<f32>());
        let features = features.map_err(|e| Error::new(Stage::Explain, Kind::Engine, format!("{e:#}")))?;
        Ok(grad_cam(features, &gradient, rows, columns, class, self.positive))
    }

    /// One run on an empty film, so that a network that cannot be run or explained is refused when it is loaded.
    fn try_out(&self, manifest: &Manifest) -> Result<()> {
        let blank = crate::Radiograph::from_luma(1, 1, vec![0]);
        let activations = self.infer(&ModelInput::prepare(&blank, &manifest.input))?;
        let (found, weights) = (activations.gate().len(), manifest.gate.views[0].weights.len());
        if found != weights {
            return Err(unusable(format!("{} has {found} numbers, the gate {weights} weights", manifest.outputs.gate)));
        }
        self.explain(&activations, self.positive).map(drop)
    }
}

/// The network as a typed graph with the outputs `[activations, logit, gate]`.
fn parse(manifest: &Manifest, onnx: &[u8]) -> TractResult<TypedModel> {
    let input = &manifest.input;
    let fact = f32::fact([1, input.channels, input.rows, input.columns]);
    let names = &manifest.outputs;
    let outputs = [names.activations.as_str(), names.logit.as_str(), names.gate.as_str()];
    tract_onnx::onnx()
        .model_for_read(&mut &*onnx)?
        .with_input_fact(0, fact.into())?
        .with_outputs_by_name(outputs)?
        .into_typed()
}

fn optimise(typed: TypedModel, outputs: &[OutletId]) -> TractResult<Arc<TypedRunnableModel>> {
    typed.with_output_outlets(outputs)?.into_optimized()?.into_runnable()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unusable(detail: String) -> Error {
    Error::new(Stage::Load, Kind::Model, format!("the model cannot be used: {detail}"))
}
