//! `lungfield convert`: what training made becomes what ships.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use lungfield_bulk::ModelSource;
use lungfield_reader::own::{Engine, engine_for};
use lungfield_reader::{Decoded, FilmCopy, Kernels, Limits, Manifest, Model, ModelInput, NetworkFile, to_network_file};
use prost::Message;
use serde_json::Value;
use tract_onnx::pb::ModelProto;

use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::files;
use crate::half_weights::store_weights_as_f16;
use crate::layout;
use crate::ordered;
use crate::sha256::sha256;

/// The model as ONNX, for other programs.
const MODEL: &str = "lungfield.onnx";

/// The same model as the app and the command run it.
const NETWORK: &str = "lungfield.network";

/// The largest difference of a logit that storing the weights in half precision may make.
const TOLERANCE: f64 = 0.05;

/// Make the shipped model of a training run, or say what runs an ONNX file
///
/// Of an ONNX file it says which engine runs it, and why.
///
/// Takes RUN_DIR/model.onnx and RUN_DIR/manifest.json, stores the weights in half precision, checks that the reader can
/// run and explain the network and that the answers stay the same, and writes lungfield.onnx, the same network as
/// lungfield.network (which needs no parser; this is what ships) and manifest.json.
#[derive(Args)]
pub struct Convert {
    /// Folder of a training run, or an ONNX file
    #[arg(value_name = "RUN_DIR")]
    run: PathBuf,

    /// Where the model is written
    #[arg(long, value_name = "DIR", default_value = "models")]
    out: PathBuf,

    /// Films, or a folder of films, whose answers are compared before and after
    #[arg(long, value_name = "PATH", default_value = "www/films")]
    films: PathBuf,
}

/// A network and the manifest that names it.
struct Candidate {
    manifest: Manifest,
    onnx: Vec<u8>,
    network: Vec<u8>,
    model: Model,
}

impl Convert {
    /// Converts the model.
    ///
    /// # Errors
    /// When a file cannot be read or written, the network or the manifest is refused, or an answer changes too much.
    pub fn run(&self) -> Result<Exit> {
        if self.run.is_file() {
            return self.say_engine();
        }
        let path = self.run.join("model.onnx");
        let trained = fs::read(&path).map_err(|e| Error::read(&path, &e))?;
        let exact = self.exact_outputs()?;
        let shipped = ModelProto::decode(trained.as_slice())
            .map_err(|e| e.to_string())
            .and_then(|network| store_weights_as_f16(network, &exact))
            .map_err(|reason| Error::at(&path, reason, "Export the network again."))?
            .encode_to_vec();
        let before = self.candidate(trained)?;
        let after = self.candidate(shipped)?;
        let (films, difference) = self.compare(&before, &after)?;
        if difference > TOLERANCE {
            let reason = format!("weights in half precision change a logit by {difference:.4}, above {TOLERANCE}");
            return Err(Error::at(&path, reason, "Train again with weight decay, which keeps weights small."));
        }
        self.write(&after)?;
        writeln!(
            io::stdout(),
            "{}: {} bytes instead of {}; largest difference of a logit on {films} films: {difference:.4}",
            self.out.join(NETWORK).display(),
            after.network.len(),
            before.onnx.len()
        )?;
        Ok(Exit::AllRead)
    }

    /// Says which engine runs the ONNX file, and why.
    fn say_engine(&self) -> Result<Exit> {
        let onnx = fs::read(&self.run).map_err(|e| Error::read(&self.run, &e))?;
        let engine = engine_for(&onnx).map_err(|e| Error::at(&self.run, e.detail(), "No engine here runs it."))?;
        let says = match engine {
            Engine::Own => "Lungfield's own kernels run it, and so does tract".to_owned(),
            Engine::Tract(lacking) => format!("tract runs it; Lungfield's own kernels do not: {lacking}"),
        };
        writeln!(io::stdout(), "{}: {says}", self.run.display())?;
        Ok(Exit::AllRead)
    }

    /// The outputs whose weights stay as they are: the gate's scores, which decide what gets an answer.
    fn exact_outputs(&self) -> Result<Vec<String>> {
        let outputs = &self.fields()?["outputs"];
        let names = ["orientations", "adult"].into_iter().filter_map(|output| outputs[output].as_str());
        Ok(names.map(str::to_owned).collect())
    }

    /// The run's manifest as it is.
    fn fields(&self) -> Result<Value> {
        let path = self.run.join(ModelSource::MANIFEST);
        let json = fs::read(&path).map_err(|e| Error::read(&path, &e))?;
        serde_json::from_slice(&json)
            .map_err(|e| Error::at(&path, e.to_string(), "Let the training run write it again."))
    }

    /// The network as the reader loads it, under the run's manifest completed for these bytes.
    fn candidate(&self, onnx: Vec<u8>) -> Result<Candidate> {
        let path = self.run.join(ModelSource::MANIFEST);
        let mut fields = self.fields()?;
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("file".into(), MODEL.into());
            fields.insert("sha256".into(), sha256(&onnx).into());
            fields.insert("bytes".into(), onnx.len().into());
        }
        let refused = |e| Error::refused(&path, &e);
        let mut manifest = Manifest::from_json(fields.to_string().as_bytes()).map_err(refused)?;
        let refused = |e| Error::refused(&self.run.join("model.onnx"), &e);
        let network = to_network_file(&onnx).map_err(refused)?;
        manifest.network =
            Some(NetworkFile { file: NETWORK.into(), sha256: sha256(&network), bytes: network.len() as u64 });
        let model = Model::load(&manifest, &network, Kernels::default()).map_err(refused)?;
        Ok(Candidate { manifest, onnx, network, model })
    }

    /// How many films both networks were run on, and the largest difference of their logits. Files that are no films
    /// (an attribution beside them) are passed over.
    fn compare(&self, before: &Candidate, after: &Candidate) -> Result<(usize, f64)> {
        let (mut films, mut largest) = (0, 0.0_f64);
        ordered::each(
            files::files(&self.films)?.into_iter(),
            |path| difference(&path, before, after),
            |difference| -> Result<()> {
                if let Some(difference) = difference? {
                    films += 1;
                    largest = largest.max(difference);
                }
                Ok(())
            },
        )?;
        if films == 0 {
            return Err(Error::at(&self.films, "holds no film that can be read", "Name films with --films."));
        }
        Ok((films, largest))
    }

    fn write(&self, shipped: &Candidate) -> Result<()> {
        fs::create_dir_all(&self.out).map_err(|e| Error::write(&self.out, &e))?;
        let manifest = layout::joined(&serde_json::to_string_pretty(&shipped.manifest).map_err(io::Error::from)?);
        let files =
            [(MODEL, &shipped.onnx[..]), (NETWORK, &shipped.network), (ModelSource::MANIFEST, manifest.as_bytes())];
        for (name, bytes) in files {
            let path = self.out.join(name);
            fs::write(&path, bytes).map_err(|e| Error::write(&path, &e))?;
        }
        Ok(())
    }
}

/// How far apart the two networks' logits are on a film; `None` when it is none.
fn difference(film: &Path, before: &Candidate, after: &Candidate) -> Result<Option<f64>> {
    let limits = Limits::default();
    let bytes = files::bytes(film, limits.bytes).map_err(|e| Error::read(film, &e))?;
    let Ok(radiograph) = Decoded::read(&bytes, &limits).map(|decoded| decoded.radiograph) else { return Ok(None) };
    let logit = |candidate: &Candidate| -> Result<f64> {
        let Candidate { manifest, model, .. } = candidate;
        let copy = FilmCopy::of(&radiograph, manifest.input.film);
        let activations = model
            .find_lungs(&copy)
            .and_then(|lungs| model.infer(&ModelInput::prepare(&copy, &lungs, &manifest.input)))
            .map_err(|e| Error::refused(film, &e))?;
        Ok(f64::from(activations.logit()))
    };
    Ok(Some((logit(before)? - logit(after)?).abs()))
}
