//! Models that Lungfield has not made: a hospital's own ONNX network, in a ZIP archive with what is to be known of it.
//!
//! Such a model is refused unless it says of a film that comes with it what the hospital's own program says of that film. All that it
//! says is told as the hospital's, and never as measured here.

mod bundle;
mod engine;
mod explain;
mod input;
mod manifest;
mod network;
mod reading;

pub use engine::{Engine, engine_for};
pub use lungfield_contract::{OwnFinding as Finding, OwnHeatmap, OwnModelName, OwnReading};
pub use manifest::*;

use bundle::Bundle;
use explain::grad_cam;
use network::{Answer, OwnNetwork};

use crate::guard::guarded;
use crate::{
    Decoded, Error, FilmReading, Kind, Limits, Milliseconds, Outcome, OwnFacts, Radiograph, ReadOptions, Reader,
    Rectangle, Result, Stage, Status, sha256,
};

/// A hospital's own model, which has reproduced its self-test.
#[derive(Debug)]
pub struct OwnModel {
    manifest: OwnManifest,
    network: OwnNetwork,
}

impl OwnModel {
    /// Opens a model in a ZIP archive: `model.json`, the ONNX file and the film of its self-test.
    ///
    /// # Errors
    /// [`Kind::Manifest`] for a manifest that is not understood or that lies about the film; [`Kind::Model`] for a network that cannot
    /// be run or does not reproduce its self-test; what is wrong with the archive.
    pub fn open(archive: &[u8]) -> Result<Self> {
        let Bundle { manifest, onnx, film } = Bundle::read(archive)?;
        let open = || {
            let network = OwnNetwork::load(&onnx, &manifest).map_err(unusable)?;
            let mut model = Self { manifest, network };
            model.reproduce(&film)?;
            Ok(model)
        };
        guarded(open).map_err(|error| match error.kind() {
            Kind::Engine => unusable("tract stopped at something in the ONNX file that it does not expect".into()),
            _ => error,
        })
    }

    /// What the hospital says of it.
    pub fn manifest(&self) -> &OwnManifest {
        &self.manifest
    }

    /// What is to be known of it; `archive` is what it was opened from.
    pub fn facts(&self, archive: &[u8]) -> OwnFacts {
        let manifest = &self.manifest;
        OwnFacts {
            model: manifest.model_name(),
            population: manifest.population.clone(),
            not_for: manifest.not_for.clone(),
            licence: manifest.licence.clone(),
            classes: manifest.output.classes.iter().flatten().map(|class| class.name.clone()).collect(),
            through_gate: manifest.gate == OwnGate::Lungfield,
            without_heatmap: self.without_heatmap().map(str::to_owned),
            archive_sha256: sha256(archive).iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// Why it has no heatmap; `None` where it has one.
    pub fn without_heatmap(&self) -> Option<&str> {
        self.network.explainer.as_ref().err().map(String::as_str)
    }

    /// The reading of a film whose bytes cannot be had.
    pub fn unread(&self, file: &str, error: &Error) -> OwnReading {
        self.manifest.unanswered(file).without_answer(error)
    }

    /// Reads the film that comes with the model, and compares.
    fn reproduce(&mut self, film: &[u8]) -> Result<()> {
        let SelfTest { film: name, outputs, tolerance } = &self.manifest.selftest;
        let decoded = Decoded::read(film, &Limits::default()).map_err(|error| {
            Error::new(Stage::Load, Kind::Manifest, format!("selftest.film {name}: {}", error.detail()))
        })?;
        let (input, _) = input::prepare(&decoded.radiograph, &self.manifest.input);
        let Answer { outputs: found, logits, layer } = self.network.run(&input).map_err(unusable)?;
        if found.len() != outputs.len() {
            return Err(unusable(format!("its output has {} numbers, the manifest {}", found.len(), outputs.len())));
        }
        let off =
            found.iter().zip(outputs).position(|(&found, expected)| (f64::from(found) - expected).abs() > *tolerance);
        if let Some(nth) = off {
            let (found, expected) = (found[nth], outputs[nth]);
            return Err(unusable(format!(
                "it does not reproduce its self-test: number {nth} of {name} is {found:.4} here and {expected:.4} there; see to \
                 the manifest's input"
            )));
        }
        if let (Ok(explainer), Some(logits), Some(layer)) = (&self.network.explainer, logits, layer)
            && let Err(reason) = explainer.check(&layer, &logits)
        {
            self.network.explainer = Err(reason);
        }
        Ok(())
    }

    /// Takes one film its whole way. Where the model wants Lungfield's gate, `gate` is the reader whose it is; a model without it gets
    /// a photograph as it is, and not what lies between its corners. Never fails: what goes wrong becomes a reading that says so.
    pub fn read(&self, file: &str, bytes: &[u8], gate: &Reader, options: ReadOptions) -> OwnReading {
        let reading = self.manifest.unanswered(file);
        let ReadOptions { frame, clock, .. } = options;
        match self.manifest.gate {
            OwnGate::Lungfield => self.read_through(gate, reading, bytes, options),
            OwnGate::None => {
                let now = || clock.map_or(0.0, |clock| clock());
                let start = now();
                let decoded = Decoded::read_frame(bytes, frame, &Limits::default());
                let decode = now() - start;
                let reading =
                    OwnReading { milliseconds: Milliseconds { decode, ..Milliseconds::default() }, ..reading };
                match decoded {
                    Ok(decoded) => {
                        let warnings =
                            decoded.header.unwrap_or_default().warnings().into_iter().chain(decoded.warnings);
                        let reading = OwnReading { warnings: warnings.collect(), ..reading };
                        self.answer(&decoded.radiograph, reading, &now)
                    }
                    Err(error) => reading.without_answer(&error),
                }
            }
        }
    }

    /// What Lungfield's reader refuses, is refused; what it turns, is turned.
    fn read_through(&self, gate: &Reader, reading: OwnReading, bytes: &[u8], options: ReadOptions) -> OwnReading {
        let clock = options.clock;
        let FilmReading { reading: own, radiograph, .. } = gate.read(&reading.file, bytes, options);
        let reading = OwnReading { gate: own.gate, warnings: own.warnings, milliseconds: own.milliseconds, ..reading };
        match radiograph.filter(|_| own.status == Status::Read) {
            Some(film) => self.answer(&film, reading, &|| clock.map_or(0.0, |clock| clock())),
            None => OwnReading { status: own.status, reason: own.reason, ..reading },
        }
    }

    fn answer(&self, film: &Radiograph, reading: OwnReading, now: &dyn Fn() -> f64) -> OwnReading {
        let start = now();
        let (input, frame) = input::prepare(film, &self.manifest.input);
        let prepared = now();
        let answer = match guarded(|| self.network.run(&input).map_err(failed)) {
            Ok(answer) => answer,
            Err(error) => return reading.without_answer(&error),
        };
        let inferred = now();
        let findings = match guarded(|| self.findings(&answer, frame).map_err(failed)) {
            Ok(findings) => findings,
            Err(error) => return reading.without_answer(&error),
        };
        let mut milliseconds = reading.milliseconds;
        milliseconds.prepare += prepared - start;
        milliseconds.infer += inferred - prepared;
        milliseconds.explain += now() - inferred;
        OwnReading { status: Status::Read, findings, milliseconds, ..reading }
    }

    fn findings(&self, answer: &Answer, frame: Rectangle) -> std::result::Result<Vec<Finding>, String> {
        let OwnOutput { kind, temperature, classes, .. } = &self.manifest.output;
        let wanted: Vec<bool> = classes.iter().map(Option::is_some).collect();
        let explained = match (&self.network.explainer, &answer.layer, &self.manifest.heatmap) {
            (Ok(explainer), Some(layer), Some(settings)) => {
                Some((explainer.weights(layer, &wanted)?, layer, settings, explainer.way()))
            }
            _ => None,
        };
        let finding = |nth: usize, class: &OwnClass| {
            let output = f64::from(answer.outputs[nth]);
            let probability = match kind {
                OutputKind::Logit => 1.0 / (1.0 + (-output / temperature).exp()),
                OutputKind::Probability | OutputKind::Softmax => output,
            };
            let outcome = class.thresholds.as_ref().map(|thresholds| match probability {
                p if p < thresholds.unlikely_below => Outcome::Unlikely,
                p if p >= thresholds.likely_from => Outcome::Likely,
                _ => Outcome::Uncertain,
            });
            let heatmap = explained.as_ref().map(|(weights, layer, settings, way)| OwnHeatmap {
                rows: layer.shape[2],
                columns: layer.shape[3],
                values: grad_cam(layer, weights, nth),
                frame,
                full_scale: settings.full_scale,
                method: format!("grad-cam, {way}"),
                layer: settings.layer.clone(),
            });
            Finding {
                class: class.name.clone(),
                code: class.code.clone(),
                output,
                logit: answer.logits.as_ref().map(|logits| f64::from(logits[nth])),
                probability,
                outcome,
                heatmap,
            }
        };
        Ok(classes.iter().enumerate().filter_map(|(nth, class)| Some(finding(nth, class.as_ref()?))).collect())
    }
}

fn unusable(detail: String) -> Error {
    Error::new(Stage::Load, Kind::Model, detail)
}

fn failed(detail: String) -> Error {
    Error::new(Stage::Infer, Kind::Engine, detail)
}
