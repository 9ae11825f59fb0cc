use std::num::NonZeroU32;

use crate::photograph::square;
use crate::{
    Activations, Corners, Decoded, Error, GateSettings, Heatmap, Kernels, Kind, Limits, Manifest, Milliseconds, Model,
    ModelInput, Photograph, Presentation, Quality, Radiograph, Reading, ReportedGate, ReportedHeatmap, Result, Stage,
};

/// Reads films: a model, its manifest and the limits.
#[derive(Debug)]
pub struct Reader {
    manifest: Manifest,
    model: Model,
    limits: Limits,
    frame: Option<NonZeroU32>,
}

/// What became of one film.
#[derive(Clone, Debug)]
pub struct Film {
    /// What is said of it. Its heatmap explains the class that the film was found nearer to.
    pub reading: Reading,
    /// The heatmap of the other class; `None` when there is no answer.
    pub other: Option<ReportedHeatmap>,
    /// The film itself, put right if it lay otherwise, for [`crate::Preview::of`]; `None` when it could not be decoded.
    pub radiograph: Option<Radiograph>,
    /// The photograph that the film was found in, as it came; `None` for a film's own file.
    pub picture: Option<Radiograph>,
}

impl Reader {
    /// A reader with the default limits.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn new(manifest: Manifest, network: &[u8]) -> Result<Self> {
        Self::with_kernels(manifest, network, Kernels::default())
    }

    /// A reader whose network runs with these kernels.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn with_kernels(manifest: Manifest, network: &[u8], kernels: Kernels) -> Result<Self> {
        let model = Model::load_with(&manifest, network, kernels)?;
        Ok(Self::of(manifest, model))
    }

    /// A reader for a network whose SHA-256 the caller has somebody else compute meanwhile.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub async fn with_digest(
        manifest: Manifest,
        network: &[u8],
        sha256: impl Future<Output = Option<[u8; 32]>>,
    ) -> Result<Self> {
        let model = Model::load_with_digest(&manifest, network, sha256, Kernels::default()).await?;
        Ok(Self::of(manifest, model))
    }

    fn of(manifest: Manifest, model: Model) -> Self {
        Self { manifest, model, limits: Limits::default(), frame: None }
    }

    /// The reader that reads this frame of files that hold several, the first one being 1, and refuses others; without one
    /// the first is read, and the reading says so.
    #[must_use]
    pub fn at_frame(self, frame: Option<NonZeroU32>) -> Self {
        Self { frame, ..self }
    }

    /// The model's contract.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The model itself, to go the way of a film stage by stage.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Milliseconds that an inference takes with these kernels, on a blank film; what `clock` says before and after.
    ///
    /// # Errors
    /// As [`Model::infer`].
    pub fn try_kernels(&mut self, kernels: Kernels, clock: &dyn Fn() -> f64) -> Result<f64> {
        let usual = self.model.kernels();
        self.model.switch_to(kernels);
        let start = clock();
        let tried = self.model.infer(&ModelInput::blank(&self.manifest.input));
        let spent = clock() - start;
        self.model.switch_to(usual);
        tried.map(|_| spent)
    }

    /// Takes a made-up film through what is done to every one between decoding and the heatmap, but for the network: a
    /// browser compiles what has run before, and the first film need not wait for that.
    pub fn rehearse(&self) -> Radiograph {
        /// As large as films often are, so that what takes long then runs long now.
        const SIDE: u32 = 1400;
        let grey = (0..SIDE * SIDE).map(|i| (i % SIDE * 17 + i / SIDE * 29) as u8).collect();
        let decoded = Decoded { radiograph: Radiograph::from_grey(SIDE, SIDE, grey), header: None, chroma: 0.0 };
        let Copies { small, squashed } = self.copies(&decoded.radiograph);
        let _ = Photograph::of(&decoded, &small, None);
        let _ = ModelInput::prepare(&squashed, &self.manifest.input);
        let _ = Quality::of(&decoded.radiograph, &small);
        decoded.radiograph
    }

    /// Goes on with other kernels; see [`Model::switch_to`].
    pub fn switch_to(&mut self, kernels: Kernels) {
        self.model.switch_to(kernels);
    }

    /// Takes one film its whole way. Never fails: what goes wrong becomes a reading that says so. A photograph of a film is
    /// told as such, and the film in it squared.
    ///
    /// `clock` gives milliseconds from any fixed point; `entering` is called before each stage.
    pub fn read(&self, file: &str, bytes: &[u8], clock: &dyn Fn() -> f64, entering: &mut dyn FnMut(Stage)) -> Film {
        self.read_between(file, bytes, None, clock, entering)
    }

    /// As [`Self::read`], and the film lies between these corners of the picture, where some are given.
    pub fn read_between(
        &self,
        file: &str,
        bytes: &[u8],
        corners: Option<Corners>,
        clock: &dyn Fn() -> f64,
        entering: &mut dyn FnMut(Stage),
    ) -> Film {
        let mut way = Way { clock, entering, spent: Milliseconds::default() };
        let decoded = match way.step(Stage::Decode, || Decoded::read_frame(bytes, self.frame, &self.limits)) {
            Ok(decoded) => decoded,
            Err(error) => {
                let reading = Reading::without_answer(file, &self.manifest, &error, way.spent);
                return Film { reading, other: None, radiograph: None, picture: None };
            }
        };
        let (photograph, copies) = way.step(Stage::Prepare, || {
            let copies = self.copies(&decoded.radiograph);
            (Photograph::of(&decoded, &copies.small, corners), copies)
        });
        let Decoded { radiograph, header, .. } = decoded;
        let (radiograph, copies, picture) = match &photograph {
            Some(Photograph { corners, .. }) => {
                let squared = way.step(Stage::Prepare, || square(&radiograph, corners));
                let copies = way.step(Stage::Prepare, || self.copies(&squared));
                (squared, copies, Some(radiograph))
            }
            None => (radiograph, copies, None),
        };
        match self.answer(radiograph, copies, &mut way) {
            Ok((radiograph, answer)) => {
                let Answer { logit, heatmap, other, gate, quality } = answer;
                let reading = Reading::read(file, &self.manifest, logit, &heatmap, gate, way.spent)
                    .in_photograph(photograph)
                    .of_quality(quality)
                    .knowing(&header.unwrap_or_default());
                let other = Some(ReportedHeatmap::new(&other, &self.manifest));
                Film { reading, other, radiograph: Some(radiograph), picture }
            }
            Err((radiograph, error)) => {
                let reading =
                    Reading::without_answer(file, &self.manifest, &error, way.spent).in_photograph(photograph);
                Film { reading, other: None, radiograph: Some(radiograph), picture }
            }
        }
    }

    fn copies(&self, film: &Radiograph) -> Copies {
        let within = self.manifest.input.film_size().map(|side| side as u32);
        let [small, squashed] = film.squash_to([film.size_within(Copies::SMALL), within]);
        Copies { small, squashed }
    }

    /// The answer with the film that it was read from, put right if need be; or the film as it came, and the error.
    fn answer(
        &self,
        film: Radiograph,
        Copies { small, squashed }: Copies,
        way: &mut Way,
    ) -> std::result::Result<(Radiograph, Answer), (Radiograph, Error)> {
        let (righted, seen, gate) = match self.through_the_gate(&film, &squashed, way) {
            Ok(passed) => passed,
            Err(error) => return Err((film, error)),
        };
        let (film, small) = match righted {
            Some(righted) => (righted, small.put_right(gate.presentation)),
            None => (film, small),
        };
        let quality = way.step(Stage::Check, || Quality::of(&film, &small));
        let logit = f64::from(seen.logit());
        let class = self.manifest.class(self.manifest.probability(logit));
        match way.step(Stage::Explain, || self.model.explain(&seen, [class, class.other()])) {
            Ok([heatmap, other]) => Ok((film, Answer { logit, heatmap, other, gate, quality })),
            Err(error) => Err((film, error)),
        }
    }

    /// What the network sees in the film, of which `squashed` is the copy, and the film put right, if that had to be done.
    ///
    /// A film that lies is put right and looked at once more. It must be upright then: a picture that is no film may look
    /// like a turned one, but not like a turned one and, turned back, like an upright one.
    fn through_the_gate(
        &self,
        film: &Radiograph,
        squashed: &Radiograph,
        way: &mut Way,
    ) -> Result<(Option<Radiograph>, Activations, ReportedGate)> {
        let GateSettings { unlike_from, refused_from, .. } = self.manifest.gate;
        let mut seen = self.look(squashed, way)?;
        let mut found = way.step(Stage::Check, || self.manifest.gate.judge(seen.gate()));
        let presentation = found.presentation.ok_or_else(|| refusal("it is not one, whichever way up"))?;
        let righted = (presentation != Presentation::UPRIGHT).then(|| film.clone().put_right(presentation));
        if let Some(righted) = &righted {
            seen = self.look(righted, way)?;
            found = self.manifest.gate.judge(seen.gate());
            if found.presentation != Some(Presentation::UPRIGHT) {
                return Err(refusal("no way up makes it one"));
            }
        }
        if found.distance >= refused_from {
            let detail = format!("its distance from one is {:.2}, the limit {refused_from:.2}", found.distance);
            return Err(refusal(&detail));
        }
        let gate = ReportedGate {
            presentation,
            distance: found.distance,
            unlike_from,
            refused_from,
            adult_score: found.adult_score,
        };
        Ok((righted, seen, gate))
    }

    fn look(&self, film: &Radiograph, way: &mut Way) -> Result<Activations> {
        let input = way.step(Stage::Prepare, || ModelInput::prepare(film, &self.manifest.input));
        way.step(Stage::Infer, || self.model.infer(&input))
    }
}

fn refusal(detail: &str) -> Error {
    Error::new(Stage::Check, Kind::NotAChestFilm, format!("the picture is not a frontal chest film: {detail}"))
}

/// What of a film is looked at, made in one go: what takes longest is going through the whole film.
struct Copies {
    /// In proportion: what its outline and its quality are found on.
    small: Radiograph,
    /// What the network sees.
    squashed: Radiograph,
}

impl Copies {
    /// The longer side of the small one: a little more than the network sees, so that detail counts which it could use, and no
    /// other.
    const SMALL: u32 = 256;
}

struct Answer {
    logit: f64,
    heatmap: Heatmap,
    other: Heatmap,
    gate: ReportedGate,
    quality: Quality,
}

/// Announces each stage and measures it.
struct Way<'a> {
    clock: &'a dyn Fn() -> f64,
    entering: &'a mut dyn FnMut(Stage),
    spent: Milliseconds,
}

impl Way<'_> {
    fn step<T>(&mut self, stage: Stage, take: impl FnOnce() -> T) -> T {
        (self.entering)(stage);
        let start = (self.clock)();
        let result = take();
        let spent = (self.clock)() - start;
        match stage {
            Stage::Load => {}
            Stage::Decode => self.spent.decode += spent,
            Stage::Prepare => self.spent.prepare += spent,
            Stage::Infer => self.spent.infer += spent,
            Stage::Check => self.spent.check += spent,
            Stage::Explain => self.spent.explain += spent,
        }
        result
    }
}
