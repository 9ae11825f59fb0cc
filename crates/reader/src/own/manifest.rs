//! What comes with a model of a hospital's own: `lungfield.model/1`, `model.json` in its ZIP archive. `docs/own-model.md` has an example.

use serde::{Deserialize, Serialize};

use crate::{Error, Kind, Result, Stage};

/// A model that Lungfield has not made, as the hospital describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnManifest {
    /// Always `lungfield.model/1`.
    pub schema: String,
    /// The model's name.
    pub name: String,
    /// The model's version.
    pub version: String,
    /// Whose model it is.
    pub site: String,
    /// Its licence.
    pub licence: String,
    /// Whose films it is for.
    pub population: String,
    /// What it is not for.
    pub not_for: String,
    /// The ONNX file in the archive.
    pub file: String,
    /// The ONNX file's SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// What the network is fed.
    pub input: OwnInput,
    /// What it says.
    pub output: OwnOutput,
    /// What Grad-CAM explains; `null` for no heatmap.
    pub heatmap: Option<OwnHeatmapSettings>,
    /// What is asked of a film before it is read.
    pub gate: OwnGate,
    /// A film, and what the hospital's own program says of it.
    pub selftest: SelfTest,
}

/// How a film becomes the network's input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnInput {
    /// The ONNX input.
    pub tensor: String,
    /// The order of its axes.
    pub layout: Layout,
    /// 1, or 3 for three times the same.
    pub channels: usize,
    /// Rows of the picture.
    pub rows: usize,
    /// Columns of the picture.
    pub columns: usize,
    /// What happens to a film of another aspect ratio.
    pub fit: Fit,
    /// How it is resized.
    pub filter: Filter,
    /// What black and white are, before mean and standard deviation.
    pub range: [f32; 2],
    /// Subtracted from each channel.
    pub mean: Vec<f32>,
    /// What each channel is divided by then.
    pub std: Vec<f32>,
}

/// The order of a picture's axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Channels before rows and columns.
    Nchw,
    /// Channels after them.
    Nhwc,
}

/// How a film is brought to the input's aspect ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// Rows and columns are resized each for themselves.
    Squash,
    /// The whole film in the middle, black beside it.
    Letterbox,
    /// The largest part of the film that has the aspect ratio, from its middle.
    Crop,
}

/// How values between pixels are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Filter {
    /// Antialiased, as Pillow and torchvision resize.
    Triangle,
    /// Between the four nearest pixels, as OpenCV's `INTER_LINEAR`.
    Bilinear,
}

/// What the network says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnOutput {
    /// The ONNX output.
    pub tensor: String,
    /// What its numbers are.
    pub kind: OutputKind,
    /// What logits are divided by.
    #[serde(default = "one")]
    pub temperature: f64,
    /// One for each number, in their order; `null` for a number that means nothing.
    pub classes: Vec<Option<OwnClass>>,
}

fn one() -> f64 {
    1.0
}

/// What an output's numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputKind {
    /// Scores, each by itself.
    Logit,
    /// Sigmoids of such scores.
    Probability,
    /// One probability distribution over the classes.
    Softmax,
}

/// What one of the numbers is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnClass {
    /// The class, in the hospital's words.
    pub name: String,
    /// Its code, such as `SCT 233604007`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// From probability to outcome; without them no outcome is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<OwnThresholds>,
}

/// Two thresholds, and where they come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnThresholds {
    /// Below this the class is unlikely.
    pub unlikely_below: f64,
    /// From this on it is likely.
    pub likely_from: f64,
    /// The films that they were chosen on.
    pub films: String,
}

/// What Grad-CAM explains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnHeatmapSettings {
    /// The ONNX tensor, or the node that makes it: `[1, channels, rows, columns]`.
    pub layer: String,
    /// The value of a map that is painted at full colour.
    pub full_scale: f32,
}

/// What is asked of a film before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnGate {
    /// Lungfield's: what is no chest film is refused, one that lies is turned.
    Lungfield,
    /// Nothing.
    None,
}

/// A film, and what the hospital's own program says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfTest {
    /// The film's file in the archive.
    pub film: String,
    /// The numbers of the ONNX output.
    pub outputs: Vec<f64>,
    /// By how much each may differ, at most 0.05.
    pub tolerance: f64,
}

/// What an input may have at most, rows and columns alike.
const MOST_SIDE: usize = 4096;
/// What a self-test may differ by at most.
const MOST_TOLERANCE: f64 = 0.05;

impl OwnManifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// [`Kind::Manifest`]; the text names the field.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        let manifest: Self = serde_json::from_slice(json).map_err(|cause| refused(cause.to_string()))?;
        manifest.check().map_err(refused)?;
        Ok(manifest)
    }

    fn check(&self) -> std::result::Result<(), String> {
        let Self { input, output, selftest, .. } = self;
        let holds = |is_so: bool, what: &str| if is_so { Ok(()) } else { Err(what.to_owned()) };
        holds(self.schema == "lungfield.model/1", "schema is not lungfield.model/1")?;
        for (field, text) in [
            ("name", &self.name),
            ("version", &self.version),
            ("site", &self.site),
            ("licence", &self.licence),
            ("population", &self.population),
            ("not_for", &self.not_for),
        ] {
            holds(
                !text.trim().is_empty() && text.len() <= 500,
                &format!("{field} is empty, or longer than 500 bytes"),
            )?;
        }
        let is_hex =
            self.sha256.len() == 64 && self.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        holds(is_hex, "sha256 is no SHA-256 in lower-case hexadecimal")?;
        holds([1, 3].contains(&input.channels), "input.channels is neither 1 nor 3")?;
        let sides = [input.rows, input.columns];
        holds(sides.iter().all(|side| (8..=MOST_SIDE).contains(side)), "input.rows and columns must be 8 to 4096")?;
        let finite = |values: &[f32]| values.iter().all(|value| value.is_finite());
        holds(finite(&input.range) && input.range[0] != input.range[1], "input.range is no range")?;
        let fits = |values: &[f32]| values.len() == input.channels && finite(values);
        holds(fits(&input.mean), "input.mean must have a number for each channel")?;
        let is_positive = input.std.iter().all(|&std| std > 0.0);
        holds(fits(&input.std) && is_positive, "input.std must have a number above 0 for each channel")?;
        holds((0.01..=100.0).contains(&output.temperature), "output.temperature must be 0.01 to 100")?;
        holds(output.kind == OutputKind::Logit || output.temperature == 1.0, "output.temperature is for logits alone")?;
        let classes = || output.classes.iter().flatten();
        holds(classes().next().is_some() && output.classes.len() <= 1000, "output.classes must be 1 to 1,000")?;
        holds(classes().all(|class| !class.name.trim().is_empty()), "a class of output.classes has no name")?;
        for OwnThresholds { unlikely_below, likely_from, films } in
            classes().filter_map(|class| class.thresholds.as_ref())
        {
            let in_order = 0.0 < *unlikely_below && unlikely_below <= likely_from && *likely_from < 1.0;
            holds(in_order, "thresholds must be probabilities, unlikely_below not above likely_from")?;
            holds(!films.trim().is_empty(), "thresholds.films does not say what they were chosen on")?;
        }
        if let Some(OwnHeatmapSettings { full_scale, .. }) = &self.heatmap {
            holds(full_scale.is_finite() && *full_scale > 0.0, "heatmap.full_scale must be above 0")?;
        }
        let has_all = selftest.outputs.len() == output.classes.len() && selftest.outputs.iter().all(|v| v.is_finite());
        holds(has_all, "selftest.outputs must have a number for each of output.classes")?;
        holds(
            selftest.tolerance > 0.0 && selftest.tolerance <= MOST_TOLERANCE,
            "selftest.tolerance must be above 0 and at most 0.05",
        )
    }
}

fn refused(detail: String) -> Error {
    Error::new(Stage::Load, Kind::Manifest, format!("model.json: {detail}"))
}
