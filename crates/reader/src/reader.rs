use std::num::NonZeroU32;

use crate::decode::whole_range;
use crate::guard::guarded;
use crate::image::CloseFilm;
use crate::lungs::Shape;
use crate::model::gate;
use crate::photograph::{self, CutOut, square};
use crate::quality::{assess, blank};
use crate::{
    Activations, ByHand, Decoded, Error, FilmCopy, FilmCopySize, GateSettings, Heatmap, Kernels, Kind, Limits,
    LungField, Lungs, Manifest, Milliseconds, Model, ModelInput, Orientation, Photograph, Quality, Radiograph, Reading,
    Rectangle, ReportedGate, ReportedHeatmap, Result, Site, Stage, Warning, WarningKind,
};

/// Reads films with a model.
#[derive(Debug)]
pub struct Reader {
    manifest: Manifest,
    model: Model,
}

/// How one film is read. [`ReadOptions::default`] reads the first frame, finds corners by itself and measures no time.
#[derive(Default)]
pub struct ReadOptions<'a> {
    /// The frame to read of a file that holds several, the first one being 1; others are refused then. `None` reads the first,
    /// and the reading says so.
    pub frame: Option<NonZeroU32>,
    /// What the user has put where it is.
    pub by_hand: ByHand,
    /// Milliseconds from any fixed point.
    pub clock: Option<&'a dyn Fn() -> f64>,
    /// Called before each stage.
    pub on_stage: Option<&'a mut dyn FnMut(Stage)>,
}

/// What became of one film: its reading, and the pictures to show it with.
#[derive(Clone, Debug)]
pub struct FilmReading {
    /// What is said of it. Its heatmap explains the class that the film was found nearer to.
    pub reading: Reading,
    /// The heatmap of the other class; `None` when there is no answer.
    pub other: Option<ReportedHeatmap>,
    /// The film itself, as it is hung, for [`crate::Preview::of`]; the picture as it came when it is refused, `None` when it could
    /// not be decoded.
    pub radiograph: Option<Radiograph>,
    /// The photograph that the film was found in, as it came; `None` for a film's own file.
    pub picture: Option<Radiograph>,
    /// Which part of the file's picture the film is, where it begins and how large, if it is not all of it.
    pub(crate) place: Option<[[usize; 2]; 2]>,
}

impl FilmReading {
    /// Of a film that there is no picture of.
    pub fn without_picture(reading: Reading) -> Self {
        Self { reading, other: None, radiograph: None, picture: None, place: None }
    }
}

impl Reader {
    /// A reader of films with this model, which is the manifest's.
    pub fn new(manifest: Manifest, model: Model) -> Self {
        Self { manifest, model }
    }

    /// The same at a site's thresholds.
    ///
    /// # Errors
    /// As [`Manifest::at_site`].
    pub fn at_site(self, site: Site) -> Result<Self> {
        Ok(Self { manifest: self.manifest.at_site(site)?, model: self.model })
    }

    /// The model's contract.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The model itself, to go the way of a film stage by stage.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Milliseconds that the networks, and what lies between them, take with these kernels, on a blank film; what `clock` says
    /// before and after.
    ///
    /// # Errors
    /// As [`Model::infer`] and [`Model::explain`].
    pub fn time_kernels(&mut self, kernels: Kernels, clock: &dyn Fn() -> f64) -> Result<f64> {
        let usual = self.model.kernels();
        self.model.switch_to(kernels);
        let start = clock();
        let tried = self.model.try_out(&self.manifest.input);
        let spent = clock() - start;
        self.model.switch_to(usual);
        tried.map(|()| spent)
    }

    /// Takes a made-up film through what is done to every one between decoding and the answer, but for what
    /// [`Self::time_kernels`] does: a browser compiles what has run before, and the first film need not wait for that.
    pub fn warm_up(&self) -> Radiograph {
        /// As large as films often are, so that what takes long then runs long now.
        const SIDE: u32 = 1400;
        let grey = (0..SIDE * SIDE).map(|i| (i % SIDE * 17 + i / SIDE * 29) as u8).collect();
        let decoded = Decoded::of(Radiograph::from_grey(SIDE, SIDE, grey));
        let _ = photograph::cut_out(&decoded, Limits::default().least_side);
        let ResizedCopies { small, for_model } = self.copies(&decoded.radiograph);
        let _ = photograph::find(&decoded, &small, None);
        let _ = FilmCopy::of(&for_model, self.manifest.input.film);
        let lungs = Shape { cut_off: 0.0, off_centre: 0.0, smaller_side: 0.7, asymmetry: None };
        let _ = assess(&decoded.radiograph, &small, &lungs);
        decoded.radiograph
    }

    /// Goes on with other kernels; see [`Model::switch_to`].
    pub fn switch_to(&mut self, kernels: Kernels) {
        self.model.switch_to(kernels);
    }

    /// Takes one film its whole way, from the bytes of its file, which the reading calls `file`. Never fails: what goes wrong
    /// becomes a reading that says so, a panic on the way as well. A photograph of a film is told as such, and the film in it
    /// squared.
    pub fn read(&self, file: &str, bytes: &[u8], options: ReadOptions) -> FilmReading {
        guarded(|| Ok(self.read_film(file, bytes, options))).unwrap_or_else(|error| {
            let reading = Reading::without_answer(file, &self.manifest, &error, Milliseconds::default());
            FilmReading::without_picture(reading)
        })
    }

    /// The film of a file as it is hung, to be looked at closely; `None` when it cannot be decoded. Of a DICOM film whose window hides
    /// some of its values, all of them.
    pub fn look(&self, bytes: &[u8], options: ReadOptions) -> Option<CloseFilm> {
        let is_first = options.frame.is_none_or(|frame| frame.get() == 1);
        let FilmReading { reading, radiograph, picture, place, .. } = self.read("", bytes, options);
        let radiograph = radiograph?;
        let gate = reading.gate.filter(|_| picture.is_none() && is_first);
        let whole = gate.and_then(|gate| {
            let (film, [middle, apart]) = whole_range(bytes, &Limits::default())?;
            let film = place.map_or(film.clone(), |[start, size]| film.crop(start, size));
            let middle = if gate.orientation.inverted { 1.0 - middle } else { middle };
            Some((film.correct_orientation(gate.orientation), [middle, apart]))
        });
        let size = |film: &Radiograph| (film.width(), film.height());
        Some(match whole.filter(|(film, _)| size(film) == size(&radiograph)) {
            Some((film, shown)) => CloseFilm { film, shown: Some(shown) },
            None => CloseFilm { film: radiograph, shown: None },
        })
    }

    fn read_film(&self, file: &str, bytes: &[u8], options: ReadOptions) -> FilmReading {
        let ReadOptions { frame, by_hand: ByHand { corners, lungs: rectangle }, clock, on_stage } = options;
        let mut timer = StageTimer { clock, on_stage, spent: Milliseconds::default() };
        let mut decoded = match timer.run(Stage::Decode, || Decoded::read_frame(bytes, frame, &Limits::default())) {
            Ok(decoded) => decoded,
            Err(error) => {
                return FilmReading::without_picture(Reading::without_answer(
                    file,
                    &self.manifest,
                    &error,
                    timer.spent,
                ));
            }
        };
        // Corners are given in the picture as it is.
        let cut = match corners {
            Some(_) => Ok(None),
            None => timer.run(Stage::Prepare, || photograph::cut_out(&decoded, Limits::default().least_side)),
        };
        let mut place = None;
        let as_it_came = match cut {
            Ok(cut) => cut.map(|CutOut { film, place: found, how }| {
                place = found;
                if !decoded.warnings.iter().any(|warning| warning.kind == WarningKind::MarginCut) {
                    decoded.warnings.push(Warning::new(WarningKind::MarginCut, how));
                }
                std::mem::replace(&mut decoded.radiograph, film)
            }),
            Err(error) => {
                let error = blank(&self.copies(&decoded.radiograph).small).unwrap_or(error);
                let reading = Reading::without_answer(file, &self.manifest, &error, timer.spent);
                let radiograph = Some(decoded.radiograph);
                return FilmReading { radiograph, ..FilmReading::without_picture(reading) };
            }
        };
        let (photograph, copies) = timer.run(Stage::Prepare, || {
            let copies = self.copies(&decoded.radiograph);
            (photograph::find(&decoded, &copies.small, corners), copies)
        });
        let is_as_it_came = photograph.is_none() && as_it_came.is_none();
        let refused_for_colour = if is_as_it_came { photograph::refused_for_colour(&decoded) } else { None };
        let Decoded { radiograph, header, warnings, .. } = decoded;
        let header = header.unwrap_or_default();
        let (radiograph, copies, picture) = match &photograph {
            Some(Photograph { corners, .. }) => {
                let squared = timer.run(Stage::Prepare, || square(&radiograph, corners));
                let copies = timer.run(Stage::Prepare, || self.copies(&squared));
                (squared, copies, Some(radiograph))
            }
            None => (radiograph, copies, None),
        };
        let answered =
            self.answer(radiograph, copies, rectangle, &mut timer).and_then(
                |(film, answer)| match refused_for_colour {
                    Some(error) => Err((film, error)),
                    None => Ok((film, answer)),
                },
            );
        match answered {
            Ok((radiograph, answer)) => {
                let Answer { logit, heatmap, other, gate, lungs, quality } = answer;
                let reading = Reading::read(file, &self.manifest, logit, &heatmap, gate, timer.spent)
                    .with_photograph(photograph)
                    .with_lungs(lungs)
                    .with_quality(quality)
                    .with_header(&header)
                    .with_warnings(warnings);
                let other = Some(ReportedHeatmap::new(&other, &self.manifest));
                FilmReading { reading, other, radiograph: Some(radiograph), picture, place }
            }
            Err((radiograph, error)) => {
                // What was not looked at, or shown otherwise, may be why it is no film.
                let warnings: Vec<Warning> = header.frame_warning().into_iter().chain(warnings).collect();
                let why = warnings.iter().filter(|warning| warning.kind != WarningKind::MarginCut);
                let error = why.fold(error, |error, warning| error.and(&warning.message));
                let reading = Reading::without_answer(file, &self.manifest, &error, timer.spent)
                    .with_photograph(photograph)
                    .with_warnings(warnings);
                // What is no film was not cut out of anything.
                let radiograph = as_it_came.filter(|_| picture.is_none()).unwrap_or(radiograph);
                FilmReading { reading, other: None, radiograph: Some(radiograph), picture, place: None }
            }
        }
    }

    fn copies(&self, film: &Radiograph) -> ResizedCopies {
        let FilmCopySize { rows, columns } = self.manifest.input.film;
        let for_model = [columns as u32, rows as u32];
        let [small, for_model] = film.resize_to([film.size_within(ResizedCopies::SMALL), for_model]);
        ResizedCopies { small, for_model }
    }

    /// The answer with the film that it was read from, as it is hung; or the film as it came, and the error.
    fn answer(
        &self,
        film: Radiograph,
        ResizedCopies { small, for_model }: ResizedCopies,
        rectangle: Option<Rectangle>,
        timer: &mut StageTimer,
    ) -> std::result::Result<(Radiograph, Answer), (Radiograph, Error)> {
        let Seen { corrected, activations, gate, field } = match self.apply_gate(&film, &for_model, rectangle, timer) {
            Ok(seen) => seen,
            Err(error) => return Err((film, blank(&small).unwrap_or(error))),
        };
        let (film, small) = match corrected {
            Some(corrected) => (corrected, small.correct_orientation(gate.orientation)),
            None => (film, small),
        };
        let quality = timer.run(Stage::Check, || assess(&film, &small, &field.shape));
        let lungs = field.lungs().clone();
        let logit = f64::from(activations.logit());
        let class = self.manifest.class(self.manifest.probability(logit));
        match timer.run(Stage::Explain, || self.model.explain(&activations, [class, class.other()])) {
            Ok([heatmap, other]) => Ok((film, Answer { logit, heatmap, other, gate, lungs, quality })),
            Err(error) => Err((film, error)),
        }
    }

    /// What the network sees in the film, of which `for_model` is the copy, within the `rectangle` that the user has set around the lungs.
    ///
    /// A film that lies is turned and looked at once more. It must be upright then: a picture that is no film may look like a
    /// turned one, but not like a turned one and, turned back, like an upright one.
    fn apply_gate(
        &self,
        film: &Radiograph,
        for_model: &Radiograph,
        rectangle: Option<Rectangle>,
        timer: &mut StageTimer,
    ) -> Result<Seen> {
        let settings = &self.manifest.gate;
        let mut copy = timer.run(Stage::Prepare, || FilmCopy::of(for_model, self.manifest.input.film));
        let lies = self.orientation(&copy, timer)?.ok_or_else(|| not_chest("it is not one, whichever way up"))?;
        let corrected = (lies != Orientation::UPRIGHT).then(|| film.clone().correct_orientation(lies));
        if let Some(corrected) = &corrected {
            copy = timer.run(Stage::Prepare, || FilmCopy::of(corrected, self.manifest.input.film));
            if self.orientation(&copy, timer)? != Some(Orientation::UPRIGHT) {
                return Err(not_chest("no way up makes it one"));
            }
        }
        let field = timer.run(Stage::Infer, || match rectangle {
            Some(rectangle) => self.model.find_lungs_within(&copy, rectangle),
            None => self.model.find_lungs(&copy),
        })?;
        let input = timer.run(Stage::Prepare, || ModelInput::prepare(&copy, &field, &self.manifest.input));
        let activations = timer.run(Stage::Infer, || self.model.infer(&input))?;
        let distance = gate::distance(activations.gate());
        let GateSettings { unlike_from, refused_from, .. } = *settings;
        if distance >= refused_from {
            let detail = format!("its distance from one is {distance:.2}, the limit {refused_from:.2}");
            return Err(not_chest(&detail));
        }
        let adult_score = activations.gate().adult.map(f64::from);
        let gate = ReportedGate { orientation: lies, distance, unlike_from, refused_from, adult_score };
        Ok(Seen { corrected, activations, gate, field })
    }

    /// How a film lies; `None` for a picture that is no chest film.
    fn orientation(&self, film: &FilmCopy, timer: &mut StageTimer) -> Result<Option<Orientation>> {
        let whole = timer.run(Stage::Prepare, || ModelInput::whole(film, &self.manifest.input));
        let scores = timer.run(Stage::Infer, || self.model.score_orientations(&whole))?;
        Ok(gate::orientation(&self.manifest.gate, &scores))
    }
}

/// What the network sees in a film.
struct Seen {
    /// The film as it is hung, if it lay otherwise.
    corrected: Option<Radiograph>,
    activations: Activations,
    gate: ReportedGate,
    field: LungField,
}

fn not_chest(detail: &str) -> Error {
    Error::new(Stage::Check, Kind::NotAChestFilm, format!("the picture is not a frontal chest film: {detail}"))
}

/// The sizes of a film that are looked at, made in one go: what takes longest is going through the whole film.
struct ResizedCopies {
    /// In proportion: what its outline and its quality are found on.
    small: Radiograph,
    /// What the networks' own copy is made of.
    for_model: Radiograph,
}

impl ResizedCopies {
    /// The longer side of the small one: a little more than the network sees, so that detail counts which it could use, and no
    /// other.
    const SMALL: u32 = 256;
}

struct Answer {
    logit: f64,
    heatmap: Heatmap,
    other: Heatmap,
    gate: ReportedGate,
    lungs: Lungs,
    quality: Quality,
}

/// Announces each stage and measures it.
struct StageTimer<'a> {
    clock: Option<&'a dyn Fn() -> f64>,
    on_stage: Option<&'a mut dyn FnMut(Stage)>,
    spent: Milliseconds,
}

impl StageTimer<'_> {
    fn run<T>(&mut self, stage: Stage, take: impl FnOnce() -> T) -> T {
        if let Some(on_stage) = &mut self.on_stage {
            on_stage(stage);
        }
        let now = || self.clock.map_or(0.0, |clock| clock());
        let start = now();
        let result = take();
        let spent = now() - start;
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
