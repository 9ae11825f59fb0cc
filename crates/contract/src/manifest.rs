use serde::{Deserialize, Serialize};

use crate::{
    Class, Error, Estimate, FilmSet, Kind, Measurement, Orientation, Outcome, Probability, Result, SiteFilms, Stage,
};

/// The schema that this version understands.
const SCHEMA: &str = "lungfield.manifest/3";

/// The schemas before it, whose models read whole films.
const FORMER_SCHEMAS: [&str; 2] = ["lungfield.manifest/1", "lungfield.manifest/2"];

/// The preprocessing that the reader implements; see `docs/preprocessing.md`.
const PREPROCESSING: &str = "lung-frame/1";

/// The model's contract: the only place that knows class order, thresholds, normalisation and versions. What is learnt is in the
/// network's file; what was measured is in records of fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `lungfield.manifest/3`.
    pub schema: String,
    /// The model's name.
    pub name: String,
    /// The model's version.
    pub version: String,
    /// The model file, beside the manifest.
    pub file: String,
    /// SHA-256 of the model file, lower-case hexadecimal.
    pub sha256: String,
    /// Size of the model file in bytes.
    pub bytes: u64,
    /// The same model in the form that ships; nothing in a manifest that training wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkFile>,
    /// The frame that the classifier is fed.
    pub input: InputSettings,
    /// How the lungs are found.
    pub lungs: LungSettings,
    /// The names of the network's inputs.
    pub inputs: Inputs,
    /// The names of the network's outputs.
    pub outputs: Outputs,
    /// The names of the two classes.
    pub classes: ClassNames,
    /// From logit to probability.
    pub calibration: Calibration,
    /// From probability to outcome.
    pub thresholds: Thresholds,
    /// Points on the way from missing none to suspecting none, by name, with what was measured at each.
    pub operating_points: Vec<OperatingPoint>,
    /// What is asked of a picture before it gets an answer.
    pub gate: GateSettings,
    /// How the heatmap is made and painted.
    pub heatmap: HeatmapSettings,
    /// What was measured, on which films.
    pub measured: Vec<Measurement>,
    /// Whom the model is for.
    pub intended_population: Population,
    /// SHA-256 of models that must not be used any more, lower-case hexadecimal: the app goes back to none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<String>,
    /// The licence of the weights, an SPDX expression.
    pub licence: String,
    /// The data that the model was trained on.
    pub data: TrainingData,
}

/// The model as `lungfield.network/3`, which the reader runs without an ONNX parser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkFile {
    /// The file, beside the manifest.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Size of the file in bytes, for the progress of its download.
    pub bytes: u64,
}

/// The frame that the classifier is fed: the lungs and a little around them, brought to one square and one tone, without what lies
/// beside them. `docs/preprocessing.md` has it step by step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputSettings {
    /// The preprocessing's identifier, `lung-frame/1`.
    pub preprocessing: String,
    /// The squashed copy of the film that the lungs are found in and the frame is cut out of.
    pub film: FilmCopySize,
    /// Width and height of the frame in pixels.
    pub side: usize,
    /// Beyond the lungs' rectangle, on either side, as a part of its side.
    pub margin: f32,
    /// Pixels of the frame beyond the lungs that are shown, before they fade.
    pub reach: usize,
    /// How they fade: a standard deviation in pixels of the frame.
    pub softness: f32,
    /// Luma is within this many standard deviations of its mean over the lungs.
    pub limit: f32,
    /// A standard deviation is at least this, of luma in `[0, 1]`.
    pub least_deviation: f32,
    /// The places of the explained layer are so many pixels of the frame apart.
    pub stride: usize,
}

/// The size of a film's squashed copy, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilmCopySize {
    /// Height.
    pub rows: usize,
    /// Width.
    pub columns: usize,
}

/// How the lungs are found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LungSettings {
    /// Width and height, in pixels, of the film that the network is fed.
    pub side: usize,
    /// The mean of luma in `[0, 1]` that is taken off it.
    pub mean: f32,
    /// The standard deviation of luma in `[0, 1]` that divides it.
    pub std: f32,
    /// Lungs that take a smaller part of a film's width or height are none.
    pub least_side: f32,
}

/// The names of the network's inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The whole film, f32 `[1, 1, lungs.side, lungs.side]`, of which the outline follows.
    pub film: String,
    /// The frame, f32 `[1, 1, side, side]`.
    pub picture: String,
    /// How much each place of the explained layer counts, their mean 1: f32 `[1, 1, side / stride, side / stride]`.
    pub places: String,
}

/// The names of the network's outputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outputs {
    /// Where the lungs lie, f32 `[1, 4, rows, columns]`: logits of the upper left, upper right, lower left and lower right
    /// quarter of each cell.
    pub outline: String,
    /// The explained layer, f32 `[1, channels, rows, columns]`.
    pub activations: String,
    /// The score of the positive class, f32 with one element. A sigmoid at its end is skipped.
    pub logit: String,
    /// What the gate looks at, f32 `[1, numbers]`: white over children's films.
    pub gate: String,
    /// A score for each of the gate's orientations, f32 `[1, orientations]`.
    pub orientations: String,
    /// The score that tells adults' films from children's, f32 with one element; `None` of a gate that was shown none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adult: Option<String>,
}

/// The names of the two classes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassNames {
    /// The class of a negative logit.
    pub negative: Class,
    /// The class of a positive logit.
    pub positive: Class,
}

/// From logit to probability: `sigmoid(logit / temperature + bias)` (Platt 1999; Guo et al. 2017, arXiv 1706.04599).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Divides the logit; greater than 0.
    pub temperature: f64,
    /// Added after the division; 0 for plain temperature scaling, which ships.
    #[serde(default)]
    pub bias: f64,
    /// The films that it was fitted to.
    pub films: FilmSet,
}

/// From probability to outcome. All in `[0, 1]`, `unlikely_below <= operating_point <= likely_from`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Where sensitivity and specificity are stated.
    pub operating_point: f64,
    /// Below this the outcome is "unlikely".
    pub unlikely_below: f64,
    /// From this on the outcome is "likely".
    pub likely_from: f64,
    /// Of films like those that they were chosen on, at most this share with pneumonia is called unlikely, and at most
    /// this share without is called likely (class-conditional conformal prediction, Vovk 2012, arXiv 1209.2673).
    pub error_level: f64,
    /// The films that they were chosen on, and that the operating points were measured on.
    pub films: FilmSet,
    /// The films that a site has chosen them on instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteFilms>,
}

/// A threshold with a name, and what was measured there, on the films that the thresholds were chosen on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperatingPoint {
    /// `screening` (sensitivity first), `balanced`, or `rule-in` (specificity first).
    pub name: String,
    /// From this probability on a film is called pneumonia, in `[0, 1]`.
    pub probability: f64,
    /// The share of films with pneumonia that are called so.
    pub sensitivity: Estimate,
    /// The share of films without that are not called so.
    pub specificity: Estimate,
}

/// What is asked of a picture before it gets an answer: whether it is a chest film at all, how it lies, and how far it
/// is from the films that the model knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateSettings {
    /// What each of the network's scores of orientation stands for: the film lies so; `None` for a picture that is no chest
    /// film. The highest score counts.
    pub orientations: Vec<Option<Orientation>>,
    /// From this distance on a film is unlike the training films, and its answer needs care.
    pub unlike_from: f64,
    /// From this distance on a picture gets no answer.
    pub refused_from: f64,
    /// The films that the distances were chosen on.
    pub films: FilmSet,
    /// The adults' films that the score of them was fitted to. A collection is all that it knows: not age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adults: Option<FilmSet>,
}

/// How the heatmap is made and painted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeatmapSettings {
    /// Always `grad-cam`.
    pub method: String,
    /// The explained layer's name.
    pub layer: String,
    /// The Grad-CAM value that is painted at full colour.
    pub full_scale: FullScale,
}

/// The Grad-CAM value, in units of the logit, that is painted at full colour for each class. Fixed for a model, so that
/// weak evidence looks weak.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FullScale {
    /// For the positive class.
    pub pneumonia: f32,
    /// For the negative class.
    pub normal: f32,
}

impl FullScale {
    /// The value for one class.
    pub fn of(self, class: Class) -> f32 {
        match class {
            Class::Pneumonia => self.pneumonia,
            Class::Normal => self.normal,
        }
    }
}

/// Whom a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Population {
    /// How the chest was filmed.
    pub projection: Projection,
    /// The youngest patients, in years.
    pub from_years: u8,
    /// The oldest patients, in years.
    pub to_years: u8,
}

/// How a chest is filmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Projection {
    /// From the front or the back.
    Frontal,
}

/// The data that a model was trained on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingData {
    /// Authors, title, place: as it is to be cited in any language.
    pub citation: String,
    /// Its digital object identifier.
    pub doi: String,
    /// Its licence, an SPDX expression, which asks for the citation.
    pub licence: String,
    /// How many films of it.
    pub films: u64,
    /// How many patients they are of.
    pub patients: u64,
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// [`Kind::Manifest`] when it is not JSON of this schema, or when a value is outside its range: the message names it.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        #[derive(Deserialize)]
        struct Versioned {
            schema: String,
        }
        let schema = serde_json::from_slice::<Versioned>(json).map(|versioned| versioned.schema);
        if let Some(former) = schema.ok().filter(|schema| FORMER_SCHEMAS.contains(&schema.as_str())) {
            return Err(refused(format!(
                "the manifest is {former}, and this version reads {SCHEMA}, whose network finds the lungs first. Use a version of \
                 Lungfield as old as the model, or train and convert the model again"
            )));
        }
        let manifest: Manifest = serde_json::from_slice(json).map_err(|e| refused(format!("the manifest: {e}")))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The calibrated probability of pneumonia for a logit.
    pub fn probability(&self, logit: f64) -> Probability {
        Probability::from_calibrated_logit(logit / self.calibration.temperature + self.calibration.bias)
    }

    /// Which of the three answers a probability is.
    pub fn outcome(&self, probability: Probability) -> Outcome {
        if probability.value() >= self.thresholds.likely_from {
            Outcome::Likely
        } else if probability.value() < self.thresholds.unlikely_below {
            Outcome::Unlikely
        } else {
            Outcome::Uncertain
        }
    }

    /// The class on whose side of the operating point a probability lies: the one that the heatmap explains.
    pub fn class(&self, probability: Probability) -> Class {
        if probability.value() >= self.thresholds.operating_point {
            self.classes.positive
        } else {
            self.classes.negative
        }
    }

    fn check(&self) -> Result<()> {
        let t = &self.thresholds;
        let (i, l) = (&self.input, &self.lungs);
        let side = |side: usize| (1..=4096).contains(&side);
        let positive = |x: f32| x.is_finite() && x > 0.0;
        let probability = |x: f64| (0.0..=1.0).contains(&x);
        let rules = [
            (self.schema == SCHEMA, "schema: this version reads lungfield.manifest/3"),
            (i.preprocessing == PREPROCESSING, "input.preprocessing: this version has lung-frame/1"),
            (side(i.film.rows) && side(i.film.columns) && side(i.side), "input.film and side: 1 to 4096 pixels"),
            (i.stride > 0 && i.side.is_multiple_of(i.stride), "input.stride: a divisor of input.side"),
            ((0.0..=1.0).contains(&i.margin), "input.margin: 0 to 1"),
            (i.reach <= i.side && (0.0..=i.side as f32).contains(&i.softness), "input.reach and softness: 0 to side"),
            (positive(i.limit) && positive(i.least_deviation), "input.limit and least_deviation: above 0"),
            (side(l.side) && l.mean.is_finite() && positive(l.std), "lungs: side 1 to 4096, mean finite, std above 0"),
            (0.0 < l.least_side && l.least_side <= 1.0, "lungs.least_side: above 0, at most 1"),
            (self.classes.negative != self.classes.positive, "classes: two different names"),
            (
                self.calibration.temperature.is_finite() && self.calibration.temperature > 0.0,
                "calibration.temperature: above 0",
            ),
            (self.calibration.bias.is_finite(), "calibration.bias: finite"),
            (
                probability(t.unlikely_below) && probability(t.operating_point) && probability(t.likely_from),
                "thresholds: 0 to 1",
            ),
            (
                t.unlikely_below <= t.operating_point && t.operating_point <= t.likely_from,
                "thresholds: unlikely_below <= operating_point <= likely_from",
            ),
            (
                !self.operating_points.is_empty() && self.operating_points.iter().all(|p| probability(p.probability)),
                "operating_points: at least one, each probability 0 to 1",
            ),
            (
                0.0 < self.gate.unlike_from && self.gate.unlike_from <= self.gate.refused_from,
                "gate: 0 < unlike_from <= refused_from",
            ),
            (
                self.gate.tells_films_apart(),
                "gate.orientations: upright and no film (null) among them, each at most once; quarter_turns 0 to 3",
            ),
            (self.gate.adults.is_some() == self.outputs.adult.is_some(), "gate.adults: there as outputs.adult is"),
            (self.heatmap.method == "grad-cam", "heatmap.method: grad-cam"),
            (
                positive(self.heatmap.full_scale.pneumonia) && positive(self.heatmap.full_scale.normal),
                "heatmap.full_scale: above 0",
            ),
        ];
        match rules.iter().find(|(holds, _)| !holds) {
            Some((_, rule)) => Err(refused(format!("the manifest breaks a rule: {rule}"))),
            None => Ok(()),
        }
    }
}

impl GateSettings {
    fn tells_films_apart(&self) -> bool {
        let all = &self.orientations;
        let sound = |film: &Option<Orientation>| film.is_none_or(|film| film.quarter_turns < 4);
        let once = all.iter().enumerate().all(|(nth, film)| !all[..nth].contains(film));
        once && all.iter().all(sound) && all.contains(&None) && all.contains(&Some(Orientation::UPRIGHT))
    }
}

fn refused(detail: String) -> Error {
    Error::new(Stage::Load, Kind::Manifest, detail)
}
