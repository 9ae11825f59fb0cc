use crate::{
    Heatmap, Limits, Manifest, Milliseconds, Model, ModelInput, Radiograph, Reading, ReportedHeatmap, Result, Stage,
};

/// Reads films: a model, its manifest and the limits.
#[derive(Debug)]
pub struct Reader {
    manifest: Manifest,
    model: Model,
    limits: Limits,
}

/// What became of one film.
#[derive(Clone, Debug)]
pub struct Film {
    /// What is said of it. Its heatmap explains the class that the film was found nearer to.
    pub reading: Reading,
    /// The heatmap of the other class; `None` when there is no answer.
    pub other: Option<ReportedHeatmap>,
    /// The film itself, for [`crate::Preview::of`]; `None` when it could not be decoded.
    pub radiograph: Option<Radiograph>,
}

impl Reader {
    /// A reader with the default limits.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn new(manifest: Manifest, onnx: &[u8]) -> Result<Self> {
        let model = Model::load(&manifest, onnx)?;
        Ok(Self { manifest, model, limits: Limits::default() })
    }

    /// The model's contract.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The model itself, to go the way of a film stage by stage.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Takes one film its whole way. Never fails: what goes wrong becomes a reading that says so.
    ///
    /// `clock` gives milliseconds from any fixed point; `entering` is called before each stage.
    pub fn read(&self, file: &str, bytes: &[u8], clock: &dyn Fn() -> f64, entering: &mut dyn FnMut(Stage)) -> Film {
        let mut way = Way { clock, entering, spent: Milliseconds::default() };
        let radiograph = way.step(Stage::Decode, || Radiograph::decode(bytes, &self.limits));
        let answer = radiograph.as_ref().map_err(Clone::clone).and_then(|film| self.answer(film, &mut way));
        let (reading, other) = match answer {
            Ok(answer) => (
                Reading::read(file, &self.manifest, answer.logit, &answer.heatmap, way.spent),
                Some(ReportedHeatmap::new(&answer.other, &self.manifest)),
            ),
            Err(error) => (Reading::without_answer(file, &self.manifest, &error, way.spent), None),
        };
        Film { reading, other, radiograph: radiograph.ok() }
    }

    fn answer(&self, film: &Radiograph, way: &mut Way) -> Result<Answer> {
        let input = way.step(Stage::Prepare, || Ok(ModelInput::prepare(film, &self.manifest.input)))?;
        let activations = way.step(Stage::Infer, || self.model.infer(&input))?;
        let logit = f64::from(activations.logit());
        let class = self.manifest.class(self.manifest.probability(logit));
        let explain = |class| self.model.explain(&activations, class);
        let (heatmap, other) = way.step(Stage::Explain, || Ok((explain(class)?, explain(class.other())?)))?;
        Ok(Answer { logit, heatmap, other })
    }
}

struct Answer {
    logit: f64,
    heatmap: Heatmap,
    other: Heatmap,
}

/// Announces each stage and measures it.
struct Way<'a> {
    clock: &'a dyn Fn() -> f64,
    entering: &'a mut dyn FnMut(Stage),
    spent: Milliseconds,
}

impl Way<'_> {
    fn step<T>(&mut self, stage: Stage, take: impl FnOnce() -> Result<T>) -> Result<T> {
        (self.entering)(stage);
        let start = (self.clock)();
        let result = take();
        let spent = (self.clock)() - start;
        match stage {
            Stage::Load => {}
            Stage::Decode => self.spent.decode = spent,
            Stage::Prepare => self.spent.prepare = spent,
            Stage::Infer => self.spent.infer = spent,
            Stage::Explain => self.spent.explain = spent,
        }
        result
    }
}
