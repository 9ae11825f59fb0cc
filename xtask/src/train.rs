//! From films to what ships: prepare, train, convert, golden values, model card.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::{
    paths,
    process::{self, announce},
    python,
};

/// What a training run is made from.
#[derive(Args)]
pub struct Films {
    /// Folders that hold NORMAL/ and PNEUMONIA/
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Two TFRecord files in step: the films' bytes and their paths
    #[arg(long, num_args = 2, value_names = ["IMAGES", "PATHS"])]
    tfrecord: Vec<PathBuf>,
    /// Two TFRecord files with some of the same films from another source
    #[arg(long, num_args = 2, value_names = ["IMAGES", "PATHS"])]
    variants: Vec<PathBuf>,
    /// A folder with the films' machines (films.csv) and the outlines of their lungs (lungs224.npz)
    #[arg(long, value_name = "FOLDER")]
    outlines: PathBuf,
    /// Folders of pictures that are no chest films, each kind in a folder of its own
    #[arg(long, value_name = "FOLDER")]
    not_chest: Vec<PathBuf>,
    /// Folders of adults' chest films, each kind in a folder of its own
    #[arg(long, value_name = "FOLDER")]
    adults: Vec<PathBuf>,
    /// ImageNet weights of MobileNetV2 (.npz)
    #[arg(long)]
    weights: PathBuf,
    /// The run's name: checkpoints are kept in training/runs/NAME, and the same command goes on from there
    #[arg(long, default_value = "latest")]
    name: String,
    /// Passes over the films, for each network
    #[arg(long)]
    epochs: Option<u32>,
    /// Networks that calibrate the one that ships
    #[arg(long)]
    cross_validation: Option<u32>,
}

impl Films {
    /// The source of the films as `lungfield evaluate` takes it, where there is but one.
    fn only_source(&self) -> Option<Vec<&OsStr>> {
        match (self.folders.as_slice(), self.tfrecord.as_slice()) {
            ([folder], []) => Some(vec![folder.as_os_str()]),
            ([], [images, paths]) => Some(vec!["--tfrecord".as_ref(), images.as_os_str(), paths.as_os_str()]),
            _ => None,
        }
    }
}

/// Trains a model and writes `models/` and `tests/golden/`. Interrupted, it goes on from the last checkpoint.
///
/// # Errors
/// Whatever stops a step: a film that cannot be read, a damaged record, an unknown label, weights of another network.
pub fn train(films: &Films) -> Result<()> {
    ensure!(
        !films.folders.is_empty() || !films.tfrecord.is_empty(),
        "name a FOLDER of films, or --tfrecord IMAGES PATHS"
    );
    let run = paths::root().join("training").join("runs").join(&films.name);
    let python = python::interpreter()?;

    announce("Compiling the command, with its reader of ONNX networks, about 5 minutes the first time");
    let build = ["build", "--release", "--package=lungfield-cli", "--features=onnx"];
    process::run(Command::new("cargo").current_dir(paths::root()).args(build))?;

    let prepared = run.join("films");
    prepare(&prepared, |command| sources(command, &films.folders, &films.tfrecord))?;
    announce("Training the network that outlines the lungs, twenty minutes");
    let lungs = run.join("lungs");
    let outlined = |command: &str| {
        let mut module = module(&python, command);
        module.arg("--films").arg(&prepared).arg("--outlines").arg(&films.outlines);
        module
    };
    process::run(outlined("lungs").arg("--out").arg(&lungs))?;
    let mut training = outlined("train");
    training.arg("--lungs").arg(lungs.join("lungs.onnx")).arg("--weights").arg(&films.weights).arg("--out").arg(&run);
    if !films.variants.is_empty() {
        let prepared = run.join("variants");
        prepare(&prepared, |command| sources(command, &[], &films.variants))?;
        training.arg("--variants").arg(&prepared);
    }
    for (name, folders) in [("not-chest", &films.not_chest), ("adults", &films.adults)] {
        if !folders.is_empty() {
            let prepared = run.join(name);
            prepare(&prepared, |command| {
                for folder in folders {
                    command.arg("--other").arg(folder);
                }
            })?;
            training.arg(format!("--{name}")).arg(&prepared);
        }
    }
    let counts = [("--epochs", films.epochs), ("--cross-validation", films.cross_validation)];
    for (name, count) in counts {
        if let Some(count) = count {
            training.arg(name).arg(count.to_string());
        }
    }
    announce("Training, examining and calibrating the classifiers, hours on two cores");
    process::run(&mut training)?;

    announce("Converting to models/, and writing the golden values of the new model");
    process::run(lungfield().arg("convert").arg(&run).arg("--out").arg(paths::root().join("models")))?;
    process::run(&mut module(&python, "goldens"))?;

    announce("Filling the model card");
    if let Some(source) = films.only_source() {
        let list = run.join("held-out.txt");
        let plots = paths::root().join("models").join("card");
        // The command was compiled with the model before.
        let mut evaluate = lungfield();
        evaluate.arg("evaluate").args(source).arg("--model").arg(paths::root().join("models"));
        process::run(evaluate.arg("--only").arg(list).arg("--plots").arg(plots))?;
    }
    process::run(module(&python, "card").arg("--run").arg(&run))
}

/// Prepares films, unless an earlier start of the same run has come to the end of it.
fn prepare(out: &Path, sources: impl FnOnce(&mut Command)) -> Result<()> {
    if out.exists() {
        announce(&format!("{} is prepared already", out.display()));
        return Ok(());
    }
    let mut prepare = lungfield();
    prepare.arg("prepare");
    sources(&mut prepare);
    let unfinished = out.with_extension("unfinished");
    process::run(prepare.arg("--out").arg(&unfinished))?;
    fs::rename(&unfinished, out).with_context(|| format!("cannot move the prepared films to {}", out.display()))
}

fn sources(command: &mut Command, folders: &[PathBuf], tfrecord: &[PathBuf]) {
    command.args(folders);
    if !tfrecord.is_empty() {
        command.arg("--tfrecord").args(tfrecord);
    }
}

fn lungfield() -> Command {
    Command::new(paths::root().join("target").join("release").join("lungfield"))
}

/// A command of the Python package, from the repository's root.
fn module(python: &Path, command: &str) -> Command {
    // By itself, glibc gives the memory of each step back and takes it anew, in small pages: a step takes a fifth longer.
    const KEEP: &str = "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=100000000000:glibc.malloc.hugetlb=1";
    let mut module = Command::new(python);
    module.current_dir(paths::root()).env("PYTHONPATH", "training").env("GLIBC_TUNABLES", KEEP);
    module.args(["-m", "lungfield_training", command]);
    module
}
