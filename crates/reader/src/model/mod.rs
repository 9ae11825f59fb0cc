//! The model: a network with its contract, what it is fed, what it says and where it looked.

pub(crate) mod gate;
mod grad_cam;
mod input;

use sha2::{Digest, Sha256};

pub use input::{FilmCopy, ModelInput};

use crate::lungs::LungField;
use crate::network::{Head, Kernels, Network, Part, Tensor, Trace};
use crate::{
    Class, Error, FilmCopySize, Heatmap, InputSettings, Kind, LungSettings, Manifest, Radiograph, Rectangle, Result,
    Stage,
};
use grad_cam::grad_cam;

/// The network, ready to run: one part finds the lungs, one sees how a film lies, the backbone makes the explained layer's
/// activations of the lungs, and the head (from there to the logit) runs forwards and in reverse.
#[derive(Debug)]
pub struct Model {
    lungs: Part,
    orientations: Part,
    backbone: Part,
    head: Head,
    positive: Class,
    film: FilmCopySize,
    lung_settings: LungSettings,
}

/// The explained layer's activations for one film, and the logit that the head makes of them.
#[derive(Clone, Debug)]
pub struct Activations {
    /// The head's values, the first of which are these activations, `[1, channels, rows, columns]`.
    trace: Trace,
    logit: f32,
    gate: GateOutputs,
    /// What of the film they cover.
    frame: Rectangle,
}

/// What the network says of the lungs to the gate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GateOutputs {
    /// White over children's films: mean 0, covariance 1.
    pub(crate) numbers: Vec<f32>,
    /// From 0 on the picture is more like the adults' films that the gate was shown; `None` of a gate that was shown none.
    pub(crate) adult: Option<f32>,
}

impl Activations {
    /// The score of pneumonia; above 0 for the positive class before calibration.
    pub fn logit(&self) -> f32 {
        self.logit
    }

    /// What the gate looks at.
    pub(crate) fn gate(&self) -> &GateOutputs {
        &self.gate
    }

    /// Channels, rows, columns of the explained layer.
    pub fn shape(&self) -> [usize; 3] {
        let shape = &self.trace.input().shape;
        [shape[1], shape[2], shape[3]]
    }
}

/// A network that is ready, of bytes whose SHA-256 nobody has compared yet: a browser computes one many times faster than
/// this crate, and meanwhile the network is made ready here.
#[derive(Debug)]
pub struct UnverifiedModel(Result<Model>);

impl UnverifiedModel {
    /// Makes a network ready to run with these kernels. What is wrong with it, [`Self::verify`] says: that it is another file
    /// comes first.
    pub fn prepare(manifest: &Manifest, bytes: &[u8], kernels: Kernels) -> Self {
        Self(Model::prepare(manifest, bytes, kernels))
    }

    /// The model, if the SHA-256 of its bytes is one of the manifest's.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn verify(self, manifest: &Manifest, sha256: &[u8; 32]) -> Result<Model> {
        check_digest(manifest, sha256)?;
        self.0
    }
}

impl Model {
    /// Makes a network ready: one in the shipped form in milliseconds, or with the feature `onnx` an ONNX file.
    ///
    /// # Errors
    /// [`Kind::Model`] when the bytes' SHA-256 is not one of the manifest's, when they are no network that can be run, or
    /// when its outputs are not as the manifest says; [`Kind::NoGradient`] when Grad-CAM cannot be computed for it.
    pub fn load(manifest: &Manifest, bytes: &[u8], kernels: Kernels) -> Result<Self> {
        check_digest(manifest, &sha256(bytes))?;
        Self::prepare(manifest, bytes, kernels)
    }

    fn prepare(manifest: &Manifest, bytes: &[u8], kernels: Kernels) -> Result<Self> {
        let network = Network::read(bytes).map_err(unusable)?;
        let (given, made) = (&manifest.inputs, &manifest.outputs);
        let part = |inputs: &[&str], outputs: &[&str]| network.part(inputs, outputs, kernels).map_err(unusable);
        let lungs = part(&[&given.film], &[&made.outline])?;
        let orientations = part(&[&given.picture], &[&made.orientations])?;
        let of_lungs = [&made.activations, &made.gate].into_iter().chain(&made.adult);
        let outputs: Vec<&str> = of_lungs.map(String::as_str).collect();
        let backbone = part(&[&given.picture, &given.places], &outputs)?;
        if !matches!(lungs.outputs()[0][..], [1, 4, _, _]) {
            return Err(unusable(format!("{} is not [1, 4, rows, columns]", made.outline)));
        }
        if !matches!(backbone.outputs()[0][..], [1, _, _, _]) {
            return Err(unusable(format!("{} is not [1, channels, rows, columns]", made.activations)));
        }
        let numbers = |part: &Part, output: usize| part.outputs()[output].iter().product::<usize>();
        let (found, named) = (numbers(&orientations, 0), manifest.gate.orientations.len());
        if found != named {
            let output = &made.orientations;
            return Err(unusable(format!("{output} has {found} numbers, the manifest's gate {named} orientations")));
        }
        if let Some(output) = made.adult.as_ref().filter(|_| numbers(&backbone, 2) != 1) {
            return Err(unusable(format!("{output} is not one number")));
        }
        let head = network.head(&made.activations, &made.logit)?;
        let (film, lung_settings) = (manifest.input.film, manifest.lungs.clone());
        let positive = manifest.classes.positive;
        let model = Self { lungs, orientations, backbone, head, positive, film, lung_settings };
        // What ships was tried out when it was converted.
        if !network.has_shipped() {
            model.try_out(&manifest.input)?;
        }
        Ok(model)
    }

    /// What it runs with.
    pub fn kernels(&self) -> Kernels {
        self.backbone.kernels()
    }

    /// Goes on with other kernels of [`Kernels::FAST`]; to and from others there is no way but to load again.
    pub fn switch_to(&mut self, kernels: Kernels) {
        for part in [&mut self.lungs, &mut self.orientations, &mut self.backbone] {
            part.switch_to(kernels);
        }
    }

    /// Finds the lungs in a film.
    ///
    /// # Errors
    /// [`Kind::NoLungs`] when there are none that could be read; [`Kind::Engine`] as [`Self::infer`].
    pub fn find_lungs(&self, film: &FilmCopy) -> Result<LungField> {
        let [outline] = run(&self.lungs, &[&film.for_lungs(&self.lung_settings)])?;
        LungField::of(&outline, self.film, self.lung_settings.least_side)
    }

    /// Finds the lungs within a rectangle that somebody has set.
    ///
    /// # Errors
    /// [`Kind::NoLungs`] when there are none in it, or it is none on the film; [`Kind::Engine`] as [`Self::infer`].
    pub fn find_lungs_within(&self, film: &FilmCopy, rectangle: Rectangle) -> Result<LungField> {
        // As much around the lungs as films have.
        const AROUND: f32 = 0.15;
        let part = rectangle.with_margin(AROUND);
        let [outline] = run(&self.lungs, &[&film.part(part).for_lungs(&self.lung_settings)])?;
        LungField::within(rectangle, part, &outline, self.film, self.lung_settings.least_side)
    }

    /// A score for each of the manifest's orientations, of a [`ModelInput::whole`] film.
    ///
    /// # Errors
    /// [`Kind::Engine`] as [`Self::infer`].
    pub(crate) fn score_orientations(&self, whole: &ModelInput) -> Result<Vec<f32>> {
        run(&self.orientations, &[whole.picture()]).map(|[scores]| scores.values)
    }

    /// Runs the classifier on the lungs of one film.
    ///
    /// # Errors
    /// [`Kind::Engine`] when the input has not the network's shape or what comes out are no numbers.
    pub fn infer(&self, input: &ModelInput) -> Result<Activations> {
        let fed = [input.picture(), input.places()];
        let (activations, gate, adult) = if self.backbone.outputs().len() == 3 {
            let [activations, gate, adult] = run(&self.backbone, &fed)?;
            (activations, gate, Some(adult.values[0]))
        } else {
            let [activations, gate] = run(&self.backbone, &fed)?;
            (activations, gate, None)
        };
        let (logit, trace) = self.head.forward(activations)?;
        if !logit.is_finite() {
            return Err(failed(format!("the logit is {logit}")));
        }
        Ok(Activations { trace, logit, gate: GateOutputs { numbers: gate.values, adult }, frame: input.frame() })
    }

    /// Where the network looked for each of `classes`: Grad-CAM of the logit (negated for the negative class), never of the
    /// saturated probability, over what of the film it was shown.
    ///
    /// # Errors
    /// [`Kind::NoGradient`] for an operator in the head that has no rule; the message names it.
    pub fn explain<const N: usize>(&self, activations: &Activations, classes: [Class; N]) -> Result<[Heatmap; N]> {
        let gradient = self.head.gradient(&activations.trace)?;
        let [_, rows, columns] = activations.shape();
        let maps = grad_cam(&activations.trace.input().values, &gradient, [rows, columns], classes, self.positive);
        Ok(maps.map(|map| map.over(activations.frame)))
    }

    /// One run of every part and all that follows, on an empty film with made-up lungs: a network that cannot be run or explained is
    /// refused when it is loaded, and a browser compiles what has run before.
    pub(crate) fn try_out(&self, settings: &InputSettings) -> Result<()> {
        let film = FilmCopy::of(&Radiograph::from_luma(1, 1, vec![0]), self.film);
        self.score_orientations(&ModelInput::whole(&film, settings))?;
        run::<1>(&self.lungs, &[&film.for_lungs(&self.lung_settings)])?;
        let lungs = LungField::made_up(self.film)?;
        let activations = self.infer(&ModelInput::prepare(&film, &lungs, settings))?;
        self.explain(&activations, [self.positive, self.positive.other()]).map(drop)
    }
}

/// What a part makes of its inputs.
fn run<const N: usize>(part: &Part, inputs: &[&Tensor]) -> Result<[Tensor; N]> {
    let outputs = part.run(inputs).map_err(failed)?;
    if outputs.iter().flat_map(|output| &output.values).any(|value| !value.is_finite()) {
        return Err(failed("what the network says is not finite".into()));
    }
    outputs.try_into().map_err(|_| failed("an output is missing".into()))
}

fn failed(detail: String) -> Error {
    Error::new(Stage::Infer, Kind::Engine, detail)
}

/// The SHA-256 of a file's bytes, as a manifest names it.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// An ONNX network in the form in which it ships: `lungfield.network/3`, which loads without a parser.
///
/// # Errors
/// [`Kind::Model`] when it is no ONNX network, or holds an operator that has no kernel; the message names it.
#[cfg(feature = "onnx")]
pub fn to_network_file(onnx: &[u8]) -> Result<Vec<u8>> {
    Network::read(onnx).map(|network| network.to_file()).map_err(unusable)
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
    use super::*;

    /// The manifest and the network that ship.
    fn shipped() -> (Manifest, Vec<u8>) {
        let file = |name: &str| std::fs::read(format!("{}/../../models/{name}", env!("CARGO_MANIFEST_DIR")));
        let manifest = Manifest::from_json(&file("manifest.json").expect("models/")).expect("a manifest");
        let network = file(&manifest.network.as_ref().expect("what ships").file).expect("models/");
        (manifest, network)
    }

    #[test]
    fn what_ships_can_be_tried_out() {
        let (manifest, network) = shipped();
        let model = Model::load(&manifest, &network, Kernels::default()).expect("what ships");
        assert_eq!(model.try_out(&manifest.input), Ok(()));
    }

    #[test]
    fn another_file_is_named_before_what_is_wrong_with_it() {
        let (manifest, network) = shipped();
        let load = |bytes: &[u8], sha256: [u8; 32]| {
            UnverifiedModel::prepare(&manifest, bytes, Kernels::default()).verify(&manifest, &sha256).map(drop)
        };
        assert_eq!(load(&network, sha256(&network)), Ok(()));
        for refused in
            [load(&network, [0; 32]), load(&network[..9], [0; 32]), load(&network[..9], sha256(&network[..9]))]
        {
            let refused = refused.expect_err("another file");
            assert_eq!(refused.kind(), Kind::Model);
            assert!(refused.detail().contains("its SHA-256 is"), "{refused}");
        }
    }
}
